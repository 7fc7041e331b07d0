/** Tags of the whole clip: given, and suggested by models. */
import type { Label, Prediction, Project } from "../api/answers";
import { el, icon } from "../dom";
import { scoreOfTag } from "../editing/deciding";
import { type Store, unknownLabel } from "../editing/store";
import { given } from "../engine/given_labels";
import { labelCell } from "../grid/label_input";
import { percent, t } from "../i18n";
import { button } from "../playback/transport";
import { type PanelPorts, section } from "./ports";

const versionOf = ({ model_name, version }: Prediction): string => `${model_name} ${version}`;

export function tagPanel(project: Project, store: Store, ports: PanelPorts) {
  const chips = el("div", { class: "chips" });
  const add = el("button", { type: "button", class: "wide", "aria-label": t("Add a tag for the whole clip"), onclick: () => search() }, t("Add a tag…"));
  const root = section(t("Tags of the clip"), chips, add);
  const free = (): Label[] => given(project.labels).filter((label) => !store.tags.some((tag) => tag.label === label.id));
  /** A field in place of the button: a thousand labels are found by a part of their names. */
  const search = (): void => {
    const over = root.closest<HTMLElement>(".lb-editor") ?? root;
    const cell = labelCell(free(), { ...unknownLabel(""), name: "" }, over, {
      name: t("Add a tag for the whole clip"),
      take: (label) => {
        store.edit([store.put("tags", label, { label, origin: { kind: "human" } })]);
        return null;
      },
      ended: (leaving) => {
        cell.root.replaceWith(add);
        if (leaving !== "elsewhere") add.focus();
      },
      complain: ports.complain,
    });
    add.replaceWith(cell.root);
    cell.focus();
  };
  const refresh = (): void => {
    const editable = ports.editable();
    const present = store.tags;
    const suggested = store.hidesSuggestions ? [] : store.suggestedTags();
    const { rejectedTags: rejected } = store.rejectedItems();
    const models = new Set(suggested.map(({ prediction }) => versionOf(prediction)));
    const scored = (name: string, score: number): string => (store.hidesScores ? name : `${name} ${percent(score)}`);
    chips.replaceChildren(
      ...present.map((tag) => {
        const name = store.label(tag.label).name;
        const remove = button(t("Remove the tag {label}", { label: name }), () => store.edit([store.put("tags", tag.label, null)]), icon("cross"));
        return el("span", { class: "chip" }, name, editable ? remove : null);
      }),
      ...suggested.map(({ prediction, tag }) => {
        const name = store.label(tag.label).name;
        const score = scoreOfTag(tag);
        const isBelow = score < store.threshold;
        const by = versionOf(prediction);
        return el(
          "span",
          { class: isBelow ? "chip suggested below" : "chip suggested", title: isBelow ? t("{model}, below the threshold", { model: by }) : by },
          scored(name, score),
          models.size > 1 ? el("small", { class: "muted" }, by) : null,
          editable ? button(t("Accept the tag {label}", { label: name }), () => ports.acceptTag(prediction.id, tag.label), icon("check")) : null,
          editable ? button(t("Reject the tag {label}", { label: name }), () => ports.rejectItem(prediction.id, `tag:${tag.label}`), icon("cross")) : null,
        );
      }),
      ...rejected.map(({ prediction, tag }) => {
        const name = store.label(tag.label).name;
        return el(
          "span",
          { class: "chip suggested dismissed", title: t("{model}, rejected", { model: versionOf(prediction) }) },
          el("s", {}, scored(name, scoreOfTag(tag))),
          editable ? button(t("Take the rejection of the tag {label} back", { label: name }), () => ports.takeBackItem(prediction.id, `tag:${tag.label}`), icon("undo")) : null,
        );
      }),
    );
    if (!present.length && !suggested.length && !rejected.length) chips.append(el("span", { class: "muted" }, t("None yet.")));
    add.disabled = !editable || !free().length;
    add.hidden = ports.readonly;
    root.hidden = ports.readonly && !present.length && !suggested.length;
  };
  return { root, refresh };
}
