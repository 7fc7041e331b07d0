/**
 * What a review shows in lanes. Where there are several versions: where they differ, then a lane for each version; where
 * there is one: its labels or tiers. Below them the ground truth.
 */
import type { Label, Project } from "../api/answers";
import { type Region } from "../editing/document";
import type { LaneStates } from "../editing/lane_states";
import { unknownLabel } from "../editing/store";
import { laneOf, tierNames } from "../editing/tier_names";
import { tierLanes } from "../engine/lane_rows";
import type { LaneRow } from "../engine/lane_stack";
import { inOrder } from "../engine/lanes";
import { t } from "../i18n";
import type { Drawn, Mark } from "../layers/regions";
import type { Changes } from "./changes";
import type { Comparison } from "./comparison";
import type { Decisions } from "./decisions";
import type { Group, Kind } from "./disagreements";
import { kindName } from "./kinds";
import { laneOfVersion, type ReviewVersion } from "./versions";

/** Projects with more labels than this show only those that are used. */
const FEW_LABELS = 6;
const GRAY = "#8b95a7";
const DISAGREE = "disagree";
const TRUTH = "ground-truth";
const REMOVED = "removed";

export class ReviewLanes {
  /** What changed since the annotation was sent back, where only that is shown. */
  changes: Changes | null = null;

  constructor(
    private readonly project: Project,
    private readonly comparison: Comparison,
    private readonly decisions: Decisions,
    private readonly states: LaneStates,
  ) {}

  label(id: string): Label {
    return this.project.labels.find((one) => one.id === id) ?? unknownLabel(id);
  }

  /** The annotation under review, in order of time. */
  drawn(): Drawn[] {
    const own = this.comparison.versions[0]!;
    const marks = this.changes ? own.marks.filter((one) => this.changes!.present.has(one.id)) : own.marks;
    return this.drawnOf(own, marks);
  }

  rows(drawn: readonly Drawn[]): LaneRow[] {
    const { versions } = this.comparison;
    const compared = versions.length > 1 ? [this.disagreements(), ...versions.map((one, number) => this.version(one, number, number ? this.drawnOf(one, one.marks) : drawn))] : this.ofOne(drawn);
    return [...compared, ...this.removed(), ...this.truth()];
  }

  private ofOne(drawn: readonly Drawn[]): LaneRow[] {
    return (this.tiered ? this.tiers(drawn) : this.used(drawn)).map((label) => {
      const regions = drawn.filter((one) => (one.lane ?? one.label) === label.id);
      return this.row(label, regions.length ? String(regions.length) : "", regions);
    });
  }

  private version(version: ReviewVersion, number: number, drawn: readonly Drawn[]): LaneRow {
    const name = number < 9 ? `${number + 1} ${version.name}` : version.name;
    return this.row(this.gray(laneOfVersion(version), name), version.caption, drawn.map((one) => this.inOneLane(one)));
  }

  private disagreements(): LaneRow {
    const { disagreements, truth } = this.comparison;
    const open = disagreements.filter((group) => !truth?.isResolved(group.key)).length;
    const count = this.comparison.compared.length;
    const drawn = disagreements.flatMap((group) => group.spans.map((span, number) => this.span(group, span, number, group.differing / Math.max(1, count - 1))));
    return this.row(this.gray(DISAGREE, t("Disagree")), t("{count} open", { count: open }), drawn);
  }

  private span(group: Group, { start, end }: { start: number; end: number }, number: number, shade: number): Drawn {
    const resolved = this.comparison.truth?.isResolved(group.key) ?? false;
    return { ...this.plain(`${DISAGREE}:${number}:${group.key}`, start, end), text: group.kinds.map((kind: Kind) => kindName(kind)).join(", "), mark: resolved ? "approved" : "human", shade: resolved ? 0 : shade };
  }

  private removed(): LaneRow[] {
    const { changes } = this;
    if (!changes?.removed.length) return [];
    const drawn = changes.removed.map((one) => ({ ...this.plain(`${REMOVED}:${one.id}`, one.start, one.end), label: one.label, text: this.label(one.label).name, mark: "below" as const, color: this.label(one.label).color }));
    return [this.row(this.gray(REMOVED, t("Removed")), String(drawn.length), drawn)];
  }

  private truth(): LaneRow[] {
    const { truth } = this.comparison;
    if (!truth) return [];
    const drawn = truth.marks.map((one) => this.inOneLane(this.drawnMark(this.comparison.idOf(null, one), one, "human")));
    const state = truth.changed ? t("changed") : truth.revision ? t("adjudicated") : t("as handed in");
    return [this.row(this.gray(TRUTH, t("Ground truth")), state, drawn.sort(inOrder))];
  }

  private row(label: Label, caption: string, drawn: readonly Drawn[]): LaneRow {
    return { label, caption, drawn, folded: this.states.is("hidden", label.id) };
  }

  private gray(id: string, name: string): Label {
    return { ...this.label(""), id, name, color: GRAY };
  }

  /** In a lane with other labels each has its own color. */
  private inOneLane(one: Drawn): Drawn {
    const { lane: _, ...rest } = one;
    return { ...rest, color: this.label(one.label).color };
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
    const { regions, points, tiers } = this.comparison.versions[0]!.document!;
    const used = [...regions, ...points].map((one) => one.tier).filter((tier) => tier != null);
    return tierLanes(tierNames(tiers ?? [], this.project.tiers, used), drawn.some((one) => one.lane === laneOf(null)));
  }

  private drawnOf(version: ReviewVersion, marks: readonly Region[]): Drawn[] {
    const own = version === this.comparison.versions[0];
    return [...marks].sort(inOrder).map((region) => {
      const decided = own ? this.decisions.of(region.id) : undefined;
      const mark = decided?.decision === "reject" ? "rejected" : decided?.decision === "approve" ? "approved" : region.origin.kind === "model" && version.document ? "accepted" : "human";
      return {
        ...this.drawnMark(this.comparison.idOf(version, region), region, mark),
        feedback: Boolean(decided?.feedback),
        ...(this.tiered && own ? { lane: laneOf(region.tier) } : {}),
        ...(this.tiered ? { color: this.label(region.label).color } : {}),
      };
    });
  }

  private drawnMark(id: string, { start, end, low, high, label, text }: Region, mark: Mark): Drawn {
    return { ...this.plain(id, start, end), low: low ?? null, high: high ?? null, label, text: text || this.label(label).name, mark };
  }

  private plain(id: string, start: number, end: number): Drawn {
    return { id, start, end, low: null, high: null, label: "", text: "", mark: "human", score: null, feedback: false };
  }
}

/** The group that a mark of the strip of disagreements stands for; null for other marks. */
export function groupCalled(id: string): string | null {
  return /^disagree:\d+:(.*)$/s.exec(id)?.[1] ?? null;
}
