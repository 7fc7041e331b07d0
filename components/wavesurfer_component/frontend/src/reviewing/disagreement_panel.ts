/** The panel of the selected place: what each version has there, to be heard, taken or joined; and how much may differ. */
import type { Label } from "../api/answers";
import { el, icon, kbd } from "../dom";
import type { AnnotationDocument } from "../editing/document";
import { clock } from "../engine/time";
import { plural, t } from "../i18n";
import { capOf } from "../panels/key_hints";
import type { Comparison, Measures } from "./comparison";
import type { Group } from "./disagreements";
import { kindName } from "./kinds";
import { beatsIn, isPart, type PartGroup } from "./parts";
import type { ReviewVersion } from "./versions";

export interface DisagreementPorts {
  label(id: string): Label;
  act(action: string): void;
  take(group: Group, version: ReviewVersion): void;
  measured(): void;
}

export class DisagreementPanel {
  readonly root: HTMLElement;
  private readonly place = el("div", { class: "disagreement" });
  private readonly title = el("h3", {});

  constructor(
    private readonly comparison: Comparison,
    private readonly ports: DisagreementPorts,
  ) {
    const collar = el("input", { type: "number", min: 0, max: 10, step: 0.05, value: comparison.measures.collar, "aria-label": t("Edges are the same within (s)") });
    const distance = el("input", { type: "number", min: 0, max: 9, step: 1, value: comparison.measures.labelDistance, "aria-label": t("Labels are the same within (steps in the label tree)") });
    const measure = (input: HTMLInputElement, name: keyof Measures): void => {
      input.addEventListener("change", () => {
        const value = Math.min(Math.max(Number(input.value) || 0, 0), Number(input.max));
        input.value = String(value);
        comparison.measures = { ...comparison.measures, [name]: value };
        ports.measured();
      });
    };
    measure(collar, "collar");
    measure(distance, "labelDistance");
    const measures = el(
      "details",
      { class: "measures" },
      el("summary", {}, t("What counts as different")),
      el("label", {}, el("span", {}, t("Edges, beyond (s)")), collar),
      el("label", {}, el("span", {}, t("Labels, beyond (steps)")), distance),
    );
    this.root = el("section", { class: "panel", hidden: comparison.versions.length < 2 && !comparison.truth }, this.title, this.place, comparison.versions.length > 1 ? measures : null);
  }

  show(group: Group | null): void {
    const { comparison } = this;
    const all = comparison.disagreements;
    const at = group ? all.indexOf(group) : -1;
    this.title.textContent = comparison.versions.length < 2 ? t("Ground truth") : at < 0 ? t("Disagreements") : t("Disagreement {number} of {count}", { number: at + 1, count: all.length });
    this.place.replaceChildren(...(group ? this.about(group) : this.overview(all)));
  }

  private overview(all: readonly Group[]): HTMLElement[] {
    const { comparison, ports } = this;
    if (comparison.versions.length < 2) return [el("p", { class: "muted" }, t("Correct it here: select a region, move its edges or delete it. The annotation itself stays as it is."))];
    const open = all.filter((group) => !comparison.truth?.isResolved(group.key)).length;
    const says = all.length ? t("{count} open", { count: open }) : t("The versions agree everywhere");
    const next = el("button", { type: "button", onclick: () => ports.act("next-disagreement") }, t("Next"), capOf("next-disagreement"));
    return [el("p", {}, says), ...(all.length ? [el("div", { class: "buttons tight" }, next)] : [])];
  }

  private about(group: Group): HTMLElement[] {
    const { comparison, ports } = this;
    const kinds = group.kinds.length ? group.kinds.map(kindName).join(", ") : t("all agree");
    const decided = comparison.truth?.isResolved(group.key) ? ` · ${t("decided")}` : "";
    const several = comparison.versions.length > 1;
    const versions = several ? el("div", { class: "versions" }, ...comparison.versions.map((version, number) => this.version(group, version, number))) : null;
    const buttons = [
      several && el("button", { type: "button", onclick: () => ports.act("hear-versions") }, icon("play"), t("In turn"), capOf("hear-versions")),
      several && comparison.truth && !isPart(group) && el("button", { type: "button", onclick: () => ports.act("merge-versions") }, t("Join"), capOf("merge-versions")),
      several && comparison.truth && !isPart(group) && el("button", { type: "button", title: t("Join them by how reliable each annotator is"), onclick: () => ports.act("merge-weighted") }, t("Join weighted"), capOf("merge-weighted")),
      comparison.truth && el("button", { type: "button", onclick: () => ports.act("delete") }, icon("trash"), t("Leave out")),
    ];
    return [...(several ? [el("p", { class: "muted" }, kinds + decided)] : []), ...(versions ? [versions] : []), ...(comparison.truth ? [this.truth(group)] : []), el("div", { class: "buttons tight" }, ...buttons)];
  }

  private version(group: Group, version: ReviewVersion, number: number): HTMLElement {
    const mark = group.members.get(version.id);
    const hidden = !this.comparison.compared.includes(version);
    const what = hidden ? t("hidden") : !mark ? t("nothing there") : isPart(group) ? this.part(group, version.document!) : this.what(mark);
    const take = el("button", { type: "button", class: "version", disabled: !this.comparison.truth || hidden, title: t("Take it into the ground truth"), onclick: () => this.ports.take(group, version) });
    take.append(number < 9 ? kbd(String(number + 1)) : "", el("b", {}, version.name), el("span", { class: mark ? "number" : "muted" }, what));
    return take;
  }

  private truth(group: Group): HTMLElement {
    const marks = this.comparison.truthOf(group);
    const document = this.comparison.truth?.document;
    const what = isPart(group) && document ? this.part(group, document) : marks.length ? marks.map((mark) => this.what(mark)).join("; ") : t("nothing there");
    return el("p", { class: "truth-there" }, el("b", {}, t("Ground truth")), ` ${what}`);
  }

  /** What a document has of tags, caption or beats. */
  private part(group: PartGroup, document: AnnotationDocument): string {
    if (group.part === "caption") return document.caption?.text ?? t("nothing there");
    if (group.part === "tags") return document.tags.map((one) => this.ports.label(one.label).name).join(", ") || t("nothing there");
    const beats = beatsIn(document, group).length;
    return beats ? plural(beats, "one beat", "{count} beats") : t("nothing there");
  }

  private what({ start, end, label }: { start: number; end: number; label: string }): string {
    const name = this.ports.label(label).name;
    return start === end ? `${name} ${clock(start)}` : `${name} ${clock(start)} – ${clock(end)}`;
  }
}
