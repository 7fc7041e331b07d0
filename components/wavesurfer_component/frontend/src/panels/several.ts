/** What is written into several selected regions at once: their text, and answers that all of their labels ask for. */
import type { Attribute } from "../api/answers";
import { el } from "../dom";
import type { Region } from "../editing/document";
import type { Store } from "../editing/store";
import { problemOfText } from "../engine/vocabularies";
import { t } from "../i18n";
import { attributeFields } from "./attributes";
import type { PanelPorts } from "./ports";

/** With more selected than this, what they have in common is not looked for. */
const MOST = 2000;

export interface SeveralFields {
  root: HTMLElement;
  refresh(shown: boolean): void;
}

export function severalFields(store: Store, ports: PanelPorts): SeveralFields {
  const text = el("textarea", { rows: 2, "aria-label": t("Text of all that are selected"), placeholder: t("Text of all that are selected"), maxlength: 20000 });
  const write = el("button", { type: "button" }, t("Write into all"));
  const problem = el("p", { class: "bad small", role: "alert", hidden: true });
  /** What all answered alike. */
  let given: Record<string, unknown> = {};
  const answers = attributeFields(
    (_, values) =>
      ports.changeSelected((region) => {
        const attributes = { ...region.attributes, ...values };
        for (const id of Object.keys(given)) if (!(id in values)) delete attributes[id]; // it was taken back
        return { attributes };
      }),
    () => ports.editable(),
  );
  const root = el("div", { class: "together", hidden: true }, text, problem, el("div", { class: "buttons" }, write), answers.root);
  let shownFor = "";
  const regions = (): Region[] => store.selection.some(MOST).map((id) => store.region(id) ?? store.suggestion(id)?.region).filter((region) => region !== undefined);
  write.addEventListener("click", () => {
    const wrong = regions().map((region) => problemOfText(store.label(region.label), text.value)).find((one) => one !== null) ?? null;
    problem.hidden = wrong === null;
    problem.textContent = wrong ?? "";
    if (wrong === null) ports.changeSelected((region) => (region.instant ? {} : { text: text.value || null }));
  });
  const refresh = (shown: boolean): void => {
    root.hidden = !shown;
    if (!shown) return void (shownFor = "");
    text.disabled = write.disabled = !ports.editable();
    const all = regions();
    const selected = store.selection.size > MOST ? String(store.selection.size) : store.selection.ids.join();
    if (selected !== shownFor) {
      shownFor = selected;
      text.value = common(all.filter((region) => !region.instant).map((region) => region.text ?? "")) ?? "";
      problem.hidden = true;
    }
    const first = all[0];
    const asked = sharedAttributes(all.map((region) => store.label(region.label).attributes));
    answers.root.hidden = !first || !asked.length;
    if (!first) return;
    given = Object.fromEntries(asked.map(({ id }) => [id, common(all.map((region) => region.attributes?.[id] ?? null))]).filter(([, value]) => value != null));
    answers.show({ ...first, attributes: given }, asked);
  };
  return { root, refresh };
}

function common<T>(values: readonly T[]): T | null {
  return values.length && values.every((one) => one === values[0]) ? values[0]! : null;
}

/** The questions that all of the labels ask in the same way. */
function sharedAttributes(lists: readonly (readonly Attribute[])[]): readonly Attribute[] {
  const [first, ...rest] = [...new Set(lists)];
  const asks = (list: readonly Attribute[], one: Attribute): boolean => list.some((other) => JSON.stringify(other) === JSON.stringify(one));
  return (first ?? []).filter((one) => rest.every((list) => asks(list, one)));
}
