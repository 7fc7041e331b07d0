/** The caption of the whole clip. */
import { el, icon } from "../dom";
import type { Store } from "../editing/store";
import { t } from "../i18n";
import { delayed, isFocused, type PanelPorts, section } from "./ports";

export function captionPanel(store: Store, ports: PanelPorts) {
  const text = el("textarea", { rows: 3, placeholder: t("Describe what is heard"), "aria-label": t("Caption of the clip"), maxlength: 20000 });
  const suggestion = el("div", { class: "suggestion-box", hidden: true });
  const rejected = el("div", { hidden: !ports.people });
  const root = section(t("Caption"), text, suggestion, rejected);
  const commit = delayed(() => {
    const present = store.caption;
    if ((present?.text ?? "") === text.value) return;
    const origin = present?.origin.kind === "model" ? { ...present.origin, edited: true } : { kind: "human" as const };
    store.edit([store.put("caption", "caption", text.value.trim() ? { ...present, text: text.value, origin } : null)], "caption");
  });
  text.addEventListener("input", commit.later);
  text.addEventListener("blur", commit.now);
  /** Everybody's caption below each other. */
  const showPeople = (): void => {
    const said = store.predictions.filter(({ document }) => document.caption);
    root.hidden = said.length === 0;
    text.hidden = true;
    rejected.replaceChildren(...said.map((one) => el("div", { class: "suggestion-box" }, el("p", {}, one.document.caption!.text), el("small", { class: "muted" }, one.model_name))));
  };
  const refresh = (): void => {
    if (ports.people) return showPeople();
    text.disabled = !ports.editable();
    if (!isFocused(text)) text.value = store.caption?.text ?? "";
    const found = store.hidesSuggestions ? null : store.suggestedCaption();
    suggestion.hidden = found === null;
    text.hidden = ports.readonly;
    root.hidden = ports.readonly && found === null;
    showRejected();
    if (found) {
      suggestion.replaceChildren(
        el("p", {}, found.caption.text),
        el("small", { class: "muted" }, `${found.prediction.model_name} ${found.prediction.version}`),
        el(
          "div",
          { class: "buttons", hidden: ports.readonly },
          el("button", { type: "button", disabled: !ports.editable(), onclick: () => ports.acceptCaption() }, store.caption?.text ? t("Replace mine with it") : t("Accept")),
          el("button", { type: "button", disabled: !ports.editable(), onclick: () => ports.rejectItem(found.prediction.id, "caption") }, t("Reject")),
        ),
      );
    }
  };
  const showRejected = (): void => {
    const { rejectedCaptions: all } = store.rejectedItems();
    rejected.hidden = all.length === 0;
    rejected.replaceChildren(
      ...all.map(({ prediction, caption }) =>
        el(
          "div",
          { class: "suggestion-box" },
          el("p", {}, el("s", {}, caption.text)),
          el("div", { class: "buttons" }, el("button", { type: "button", disabled: !ports.editable(), onclick: () => ports.takeBackItem(prediction.id, "caption") }, icon("undo"), t("Take the rejection back"))),
        ),
      ),
    );
  };
  return { root, refresh, commit: commit.now };
}
