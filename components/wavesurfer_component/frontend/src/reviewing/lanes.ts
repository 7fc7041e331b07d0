/** What a review shows in lanes: the annotation by label, then one lane for each other annotator. */
import type { Annotation, Label } from "../api";
import { instantOf } from "../editing/document";
import { unknownLabel } from "../editing/store";
import type { LaneRow } from "../engine/lane_stack";
import { inOrder } from "../engine/lanes";
import type { Drawn } from "../layers/regions";
import type { Decisions } from "./decisions";

/** Projects with more labels than this show only those that are used. */
const FEW_LABELS = 6;
const GRAY = "#8b95a7";

export class ReviewLanes {
  constructor(
    private readonly labels: readonly Label[],
    private readonly annotation: Annotation,
    private readonly others: readonly Annotation[],
    private readonly decisions: Decisions,
  ) {}

  label(id: string): Label {
    return this.labels.find((one) => one.id === id) ?? unknownLabel(id);
  }

  /** The annotation under review, in order of time. */
  drawn(): Drawn[] {
    return this.drawnOf(this.annotation, "");
  }

  rows(drawn: readonly Drawn[]): LaneRow[] {
    const used = new Set(drawn.map((one) => one.label));
    const rows = this.labels
      .filter((label) => used.has(label.id) || this.labels.length <= FEW_LABELS)
      .map((label) => {
        const regions = drawn.filter((one) => one.label === label.id);
        return { label, caption: regions.length ? String(regions.length) : "", drawn: regions };
      });
    const beside = this.others.map((other) => ({
      label: { ...this.label(""), name: other.annotator?.name ?? other.user, color: GRAY },
      caption: other.state,
      drawn: this.drawnOf(other, `${other.id}:`),
    }));
    return [...rows, ...beside];
  }

  private drawnOf(annotation: Annotation, prefix: string): Drawn[] {
    const instants = annotation.document.points.map(instantOf).filter((one) => one !== null);
    return [...annotation.document.regions, ...instants].sort(inOrder).map((region) => {
      const decided = prefix ? undefined : this.decisions.of(region.id);
      return {
        id: prefix + region.id,
        start: region.start,
        end: region.end,
        low: region.low ?? null,
        high: region.high ?? null,
        label: region.label,
        text: region.text || this.label(region.label).name,
        mark: decided?.decision === "reject" ? "rejected" : decided?.decision === "approve" ? "approved" : region.origin.kind === "model" ? "accepted" : "human",
        score: null,
        feedback: Boolean(decided?.feedback),
      };
    });
  }
}
