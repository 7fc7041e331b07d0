/** What a review shows in lanes: the annotation by label or tier, then one lane for each other annotator. */
import type { Annotation, Label, Project } from "../api";
import { instantOf } from "../editing/document";
import type { LaneStates } from "../editing/lane_states";
import { unknownLabel } from "../editing/store";
import { laneOf, tierNames } from "../editing/tiers";
import { tierLanes } from "../engine/lane_rows";
import type { LaneRow } from "../engine/lane_stack";
import { inOrder } from "../engine/lanes";
import type { Drawn } from "../layers/regions";
import type { Decisions } from "./decisions";

/** Projects with more labels than this show only those that are used. */
const FEW_LABELS = 6;
const GRAY = "#8b95a7";

export class ReviewLanes {
  constructor(
    private readonly project: Project,
    private readonly annotation: Annotation,
    private readonly others: readonly Annotation[],
    private readonly decisions: Decisions,
    private readonly states: LaneStates,
  ) {}

  label(id: string): Label {
    return this.project.labels.find((one) => one.id === id) ?? unknownLabel(id);
  }

  /** The annotation under review, in order of time. */
  drawn(): Drawn[] {
    return this.drawnOf(this.annotation, "");
  }

  rows(drawn: readonly Drawn[]): LaneRow[] {
    const rows = (this.tiered ? this.tiers(drawn) : this.used(drawn)).map((label) => {
      const regions = drawn.filter((one) => (one.lane ?? one.label) === label.id);
      return { label, caption: regions.length ? String(regions.length) : "", drawn: regions, folded: this.states.is("hidden", label.id) };
    });
    const beside = this.others.map((other) => ({
      label: { ...this.label(""), id: laneOfOther(other), name: other.annotator?.name ?? other.user, color: GRAY },
      caption: other.state,
      drawn: this.drawnOf(other, `${other.id}:`),
      folded: this.states.is("hidden", laneOfOther(other)),
    }));
    return [...rows, ...beside];
  }

  private get tiered(): boolean {
    return this.project.lanes === "tiers";
  }

  private used(drawn: readonly Drawn[]): Label[] {
    const used = new Set(drawn.map((one) => one.label));
    const { labels } = this.project;
    return labels.filter((label) => used.has(label.id) || labels.length <= FEW_LABELS);
  }

  private tiers(drawn: readonly Drawn[]): Label[] {
    const { regions, points, tiers } = this.annotation.document;
    const used = [...regions, ...points].map((one) => one.tier).filter((tier) => tier != null);
    return tierLanes(tierNames(tiers ?? [], this.project.tiers, used), drawn.some((one) => one.lane === laneOf(null)));
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
        ...(this.tiered && !prefix ? { lane: laneOf(region.tier) } : {}),
        ...(this.tiered ? { color: this.label(region.label).color } : {}),
      };
    });
  }
}

/** The lane of another annotator. */
const laneOfOther = ({ id }: Annotation): string => `other:${id}`;
