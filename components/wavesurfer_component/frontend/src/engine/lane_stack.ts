/** The lanes of the stage: their heads, how high they are, and what lies under the pointer. */
import type { Label } from "../api/answers";
import { el } from "../dom";
import type { DrawnChange } from "../editing/drawn_list";
import { t } from "../i18n";
import { changeInLane, type Drawn, enterLane, foldedHeight, laneIndexes, type LaneView, leaveLane, type Marquee } from "../layers/regions";
import type { Box } from "../layers/boxes";
import { type LaneHeadPorts, LaneHeads } from "../panels/lane_heads";
import type { Viewport } from "./viewport";
import { FINGER, isTouched } from "./touched";

export interface LaneRow {
  label: Label;
  caption: string;
  drawn: readonly Drawn[];
  folded?: boolean;
  locked?: boolean;
}

export interface Hit {
  lane: number;
  time: number;
  drawn: Drawn | null;
  edge: "start" | "end" | null;
}

const EDGE_PIXELS = 7;
const TOUCH_PIXELS = 16;
const LOWEST_ROW = 26;
/** For fingers. */
const HIGHEST_ROW = 40;
/** Where somebody makes the lanes higher. */
const HIGHEST_CHOSEN_ROW = 120;
const LOWEST_STACK = 40;

export class LaneStack {
  readonly canvas = el("canvas", { class: "lanes-canvas", role: "img", "aria-label": t("Regions by label") });
  readonly root: HTMLElement;
  lanes: LaneView[] = [];
  /** Another number after every change. */
  version = 0;
  /** Pixels of all lanes together. */
  height = 120;
  /** Pixels of it that somebody wants to see; null for as many as there is room for. */
  chosenHeight: number | null = null;
  readonly heads: LaneHeads;
  private readonly hint = el("div", { class: "lane-hint", "aria-hidden": true });

  constructor(
    private readonly view: Viewport,
    ports: LaneHeadPorts | null,
  ) {
    this.heads = new LaneHeads(ports);
    const body = el("div", { class: "lane-body" }, this.heads.root, el("div", { class: "cell" }, this.canvas, this.hint));
    this.root = el("div", { class: "lanes-scroll" }, body);
  }

  /** What to do on the first lane while there is nothing. */
  setHint(hint: string): void {
    if (this.hint.textContent !== hint) this.hint.textContent = hint;
  }

  /** Show these lanes; they are to be laid out then. */
  set(rows: readonly LaneRow[]): void {
    this.lanes = rows.map((row) => ({ label: row.label, ...laneIndexes(row.drawn), top: 0, height: 0, row: LOWEST_ROW, folded: row.folded ?? false, locked: row.locked ?? false }));
    this.version++;
    this.heads.set(rows);
  }

  /** Change single regions of the lanes that are shown; false when one of them has no lane here. */
  change(changes: readonly DrawnChange[]): boolean {
    const lanes = new Map(this.lanes.map((lane) => [lane.label.id, lane]));
    const laneOf = (one: Drawn): LaneView | undefined => lanes.get(one.lane ?? one.label);
    if (changes.some(({ before, after }) => (before && !laneOf(before)) || (after && !laneOf(after)))) return false;
    for (const { before, after } of changes) {
      const [left, entered] = [before && laneOf(before)!, after && laneOf(after)!];
      if (left && left === entered) changeInLane(left, before!, after!);
      else {
        if (left) leaveLane(left, before!);
        if (entered) enterLane(entered, after!);
      }
    }
    this.version++;
    this.lanes.forEach(({ index }, number) => this.heads.setCount(number, index.size));
    return true;
  }

  /** Pixels that the lanes would like to have. */
  get wanted(): number {
    return this.rows * HIGHEST_ROW + this.around;
  }

  /** Give the lanes their heights: what there is, shared among them within limits. */
  layOut(): void {
    const { chosenHeight } = this;
    this.root.style.flexGrow = chosenHeight === null ? "" : "0";
    this.root.style.flexBasis = chosenHeight === null ? "" : `${chosenHeight}px`;
    this.root.style.minHeight = chosenHeight === null ? "" : "0";
    const free = this.root.clientHeight - this.around - 1;
    const lowest = isTouched() ? FINGER : LOWEST_ROW;
    const highest = Math.max(lowest, chosenHeight === null ? HIGHEST_ROW : HIGHEST_CHOSEN_ROW);
    const row = Math.min(highest, Math.max(lowest, Math.floor(free / this.rows)));
    const folded = foldedHeight();
    let top = 0;
    this.lanes.forEach((lane, number) => {
      lane.row = row;
      lane.top = top;
      lane.height = lane.folded ? folded : lane.index.rows * row + 4;
      top += lane.height;
      this.heads.setHeight(number, lane.height);
    });
    this.height = Math.max(top, LOWEST_STACK);
  }

  /** What is under a pointer. */
  hit(event: Pick<PointerEvent, "clientX" | "clientY" | "pointerType">): Hit {
    const box = this.canvas.getBoundingClientRect();
    const y = event.clientY - box.top;
    const time = this.view.time(event.clientX - box.left);
    let lane = this.lanes.findIndex((one) => y < one.top + one.height);
    if (lane < 0) lane = this.lanes.length - 1;
    const found = this.lanes[lane];
    if (!found || found.folded) return { lane: -1, time, drawn: null, edge: null };
    const slack = (event.pointerType === "touch" ? TOUCH_PIXELS : EDGE_PIXELS) * this.view.secondsPerPixel;
    const row = Math.min(found.index.rows - 1, Math.max(0, Math.floor((y - found.top - 3) / found.row)));
    const drawn = found.index.at(time, slack, row);
    if (!drawn || drawn.end === drawn.start) return { lane, time, drawn, edge: null };
    const nearStart = Math.abs(time - drawn.start) <= slack;
    const nearEnd = Math.abs(time - drawn.end) <= slack;
    const edge = nearEnd && (!nearStart || time > (drawn.start + drawn.end) / 2) ? "end" : nearStart ? "start" : null;
    return { lane, time, drawn, edge };
  }

  /** The regions that a marquee touches. */
  within({ from, to, top, bottom }: Marquee): string[] {
    return this.lanes
      .filter((lane) => !lane.folded && lane.top < bottom && lane.top + lane.height > top)
      .flatMap((lane) => [...lane.index.between(Math.min(from, to), Math.max(from, to))].map((one) => one.id));
  }

  /** The regions in view that are bounded in frequency, as they are drawn; `named` are those whose name is written anyway. */
  *boxes(nameOf: (label: string) => string, named: (id: string) => boolean): Generator<Box> {
    for (const lane of this.lanes) {
      if (lane.folded) continue;
      for (const { id, start, end, low, high, mark, color, label } of lane.boxes.between(this.view.start, this.view.stop)) {
        const dashed = mark === "prediction" || mark === "below" || mark === "dismissed";
        yield { start, end, low, high, color: color ?? lane.label.color, dashed, name: nameOf(label), named: named(id) };
      }
    }
  }

  /** The regions of a stretch that are bounded in frequency, but for those of hidden lanes. */
  *boxesBetween(start: number, stop: number): Generator<Drawn> {
    for (const lane of this.lanes) if (!lane.folded) yield* lane.boxes.between(start, stop);
  }

  /** The number of the lane that something lies in; −1 for none. */
  laneHolding(drawn: Drawn): number {
    return this.lanes.findIndex(({ index }) => index.row(drawn) !== null);
  }

  /** How many rows are drawn as such. */
  private get rows(): number {
    return this.lanes.reduce((sum, lane) => sum + (lane.folded ? 0 : lane.index.rows), 0) || 1;
  }

  /** Pixels besides the rows. */
  private get around(): number {
    const folded = foldedHeight();
    return this.lanes.reduce((sum, lane) => sum + (lane.folded ? folded : 4), 0);
  }
}
