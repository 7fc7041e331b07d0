/** Tags of the whole clip: given, and suggested by models. */
import type { Project } from "../api";
import { el, icon } from "../dom";
import type { Store } from "../editing/store";
import { percent, t } from "../i18n";
import { button } from "../playback/transport";
import { type PanelPorts, section } from "./ports";

export function tagPanel(project: Project, store: Store, ports: PanelPorts) {
  const chips = el("div", { class: "chips" });
  const choice = el("select", { "aria-label": t("Add a tag for the whole clip") });
  const root = section(t("Tags of the clip"), chips, choice);
  choice.addEventListener("change", () => {
    const label = choice.value;
    if (label) store.edit([store.put("tags", label, { label, origin: { kind: "human" } })]);
  });
  const refresh = (): void => {
    const editable = ports.editable();
    const present = store.tags;
    const suggested = store.suggestedTags();
    chips.replaceChildren(
      ...present.map((tag) => {
        const name = store.label(tag.label).name;
        const remove = button(t("Remove the tag {label}", { label: name }), () => store.edit([store.put("tags", tag.label, null)]), icon("cross"));
        return el("span", { class: "chip" }, name, editable ? remove : null);
      }),
      ...suggested.map(({ prediction, tag }) => {
        const name = store.label(tag.label).name;
        return el(
          "span",
          { class: "chip suggested", title: `${prediction.model_name} ${prediction.version}` },
          `${name} ${percent(tag.score ?? 0)}`,
          editable ? button(t("Accept the tag {label}", { label: name }), () => ports.acceptTag(prediction.id, tag.label), icon("check")) : null,
          editable ? button(t("Reject the tag {label}", { label: name }), () => ports.rejectItem(prediction.id, `tag:${tag.label}`), icon("cross")) : null,
        );
      }),
    );
    if (!present.length && !suggested.length) chips.append(el("span", { class: "muted" }, t("None yet.")));
    const free = project.labels.filter((label) => !present.some((tag) => tag.label === label.id));
    choice.replaceChildren(el("option", { value: "" }, t("Add a tag…")), ...free.map((label) => el("option", { value: label.id }, label.name)));
    choice.disabled = !editable || !free.length;
  };
  return { root, refresh };
}
