/** What a reviewer has decided and not sent yet; it survives a reload of the tab. */
import type { Annotation, RegionDecision } from "../api/answers";
import { forgetInTab, keepInTab, keptInTab } from "../editing/storage";
import { plural, t } from "../i18n";

export class Decisions {
  /** On the annotation as a whole. */
  feedback = "";
  /** Reasons of the project's list that hold for it. */
  readonly reasons = new Set<string>();
  private readonly byRegion = new Map<string, RegionDecision>();
  private readonly keptAs: string;

  /** `verdicts` are what the reviewer said of regions in the verify grid: the beginning, where nothing else was kept. */
  constructor(annotation: Annotation, verdicts: readonly RegionDecision[] = []) {
    this.keptAs = `labelbuddy:review:${annotation.id}:${annotation.revision}`;
    const kept = keptInTab<{ feedback: string; reasons?: string[]; regions: RegionDecision[] }>(this.keptAs);
    this.feedback = kept?.feedback ?? "";
    for (const reason of kept?.reasons ?? []) this.reasons.add(reason);
    for (const one of kept?.regions ?? verdicts) this.byRegion.set(one.id, one);
  }

  of(region: string): RegionDecision | undefined {
    return this.byRegion.get(region);
  }

  get all(): RegionDecision[] {
    return [...this.byRegion.values()];
  }

  /** Decide on a region; the same decision again takes it back. */
  toggle(id: string, decision: "approve" | "reject"): void {
    const present = this.byRegion.get(id);
    if (present?.decision === decision) this.byRegion.delete(id);
    else this.byRegion.set(id, { id, decision, feedback: decision === "reject" ? (present?.feedback ?? "") : "" });
    this.keep();
  }

  /** Choose a reason, or take it back. */
  toggleReason(reason: string): void {
    if (!this.reasons.delete(reason)) this.reasons.add(reason);
    this.keep();
  }

  /** Say what is wrong with a region. */
  complain(id: string, feedback: string): void {
    this.byRegion.set(id, { id, decision: "reject", feedback });
    this.keep();
  }

  /** Why it cannot be sent like this; null when it can. */
  objection(decision: "approve" | "reject"): string | null {
    const rejected = this.all.filter((one) => one.decision === "reject");
    if (decision === "approve" && rejected.length) {
      const marks = plural(rejected.length, "{count} region is marked as wrong.", "{count} regions are marked as wrong.");
      return `${marks} ${t("Send the annotation back, or clear those marks.")}`;
    }
    const said = this.reasons.size || this.feedback.trim() || rejected.some((one) => one.feedback.trim());
    return decision === "reject" && !said ? t("Say what should be changed: overall, or on a region.") : null;
  }

  keep(): void {
    keepInTab(this.keptAs, { feedback: this.feedback, reasons: [...this.reasons], regions: this.all });
  }

  forget(): void {
    forgetInTab(this.keptAs);
  }
}
