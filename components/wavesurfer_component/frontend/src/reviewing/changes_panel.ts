/** The panel of a second review: what changed since the annotation was sent back, and whether only that is shown. */
import { el } from "../dom";
import { plural, t } from "../i18n";
import { capOf } from "../panels/key_hints";
import type { Changes } from "./changes";

export class ChangesPanel {
  readonly root: HTMLElement;
  private readonly box = el("input", { type: "checkbox" });

  /** `since` is the revision that was sent back; null where none was. */
  constructor(
    readonly changes: Changes | null,
    since: number | null,
    private readonly toggled: () => void,
  ) {
    const keptFocus = el("label", { class: "check" }, this.box, el("span", {}, t("Show only that")), capOf("all-or-changes"));
    this.box.checked = this.some;
    this.box.disabled = !this.some;
    this.box.addEventListener("change", () => this.toggled());
    const title = el("h3", {}, t("Changed since revision {revision} was sent back", { revision: since ?? "" }));
    this.root = el("section", { class: "panel", hidden: !changes }, title, el("p", {}, changes ? counted(changes) : ""), keptFocus);
  }

  /** What alone is shown; null for everything. */
  get shown(): Changes | null {
    return this.box.checked ? this.changes : null;
  }

  toggle(): void {
    if (this.box.disabled) return;
    this.box.checked = !this.box.checked;
    this.toggled();
  }

  private get some(): boolean {
    return Boolean(this.changes && (this.changes.present.size || this.changes.removed.length));
  }
}

function counted({ present, removed }: Changes): string {
  const count = (change: string): number => [...present.values()].filter((one) => one === change).length;
  const parts = [
    [count("added"), plural(count("added"), "{count} region added", "{count} regions added")],
    [count("moved"), plural(count("moved"), "{count} moved", "{count} moved")],
    [count("relabeled"), plural(count("relabeled"), "{count} relabeled", "{count} relabeled")],
    [count("changed"), plural(count("changed"), "{count} with another text or answer", "{count} with another text or answer")],
    [removed.length, plural(removed.length, "{count} removed", "{count} removed")],
  ] as const;
  return parts.filter(([number]) => number).map(([, text]) => text).join(", ") || t("No region was changed.");
}
