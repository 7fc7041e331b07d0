/** Beats as rows of the region grid, among the regions in the order of time. */
import type { Label } from "../api/answers";
import type { Point, Region } from "../editing/document";
import { type DrawnChange, DrawnList } from "../editing/drawn_list";
import { unknownLabel } from "../editing/store";
import type { BeatGrid } from "../engine/beat_grid";
import { t } from "../i18n";
import type { Drawn, Mark } from "../layers/regions";

/** What beats have in place of a label; no label has this id. */
export const BEATS = "\u0000beats";

/** A beat as a row; the same one until the beat, its bar or its score is another. */
export class BeatRow implements Drawn {
  readonly label = BEATS;
  readonly low = null;
  readonly high = null;
  readonly feedback = false;

  constructor(
    readonly point: Point,
    /** What lies before the first downbeat is bar 0. */
    readonly bar: number,
    /** Null also when scores are hidden. */
    readonly score: number | null,
  ) {}

  get id(): string {
    return this.point.id;
  }

  get start(): number {
    return this.point.time;
  }

  get end(): number {
    return this.point.time;
  }

  get position(): number {
    return this.point.position ?? 1;
  }

  get isDownbeat(): boolean {
    return this.position === 1;
  }

  /** What it is found by, besides its label. */
  get text(): string {
    return this.isDownbeat ? t("Downbeat") : "";
  }

  get mark(): Mark {
    return this.point.origin?.kind === "model" ? "accepted" : "human";
  }

  /** As the columns of regions show it. */
  get region(): Region {
    const { id, time, origin } = this.point;
    return { id, start: time, end: time, label: BEATS, origin: origin ?? { kind: "human" }, instant: true };
  }
}

export function isBeat(one: Drawn): one is BeatRow {
  return one.label === BEATS;
}

/** What stands in for the label of beats. */
export function labelOfBeats(): Label {
  return { ...unknownLabel(BEATS), name: t("Beats"), color: "var(--primary)" };
}

export interface RowSources {
  /** Everything that lanes show, in the order of time. */
  regions(): readonly Drawn[];
  /** What changed in it since this was asked the last time; null when everything may have. */
  changes(): readonly DrawnChange[] | null;
  /** The beats in the order of time, and the grid that they make. */
  beats(): readonly Point[];
  grid(): BeatGrid;
  hidesScores(): boolean;
}

export class RowsWithBeats {
  private regions: readonly Drawn[] = [];
  private beats: readonly BeatRow[] = [];
  private byId = new Map<string, BeatRow>();
  private madeOf: readonly unknown[] = [];
  /** Whether beats are others than when all rows were asked for. */
  private moved = false;
  /** What became of regions lately. */
  private readonly latest = new Map<string, Drawn | null>();
  private readonly list = new DrawnList(
    () => [...this.regions, ...this.beats],
    (id) => this.latest.get(id) ?? null,
  );
  private readonly read = this.list.reader();
  private told: readonly DrawnChange[] | null = null;

  constructor(private readonly sources: RowSources) {}

  /** Whether there are beats. */
  get any(): boolean {
    return this.sources.beats().length > 0;
  }

  /** The row of a beat; null when there is no such beat. */
  find(id: string): BeatRow | null {
    this.makeBeats();
    return this.byId.get(id) ?? null;
  }

  /** Regions and beats in the order of time; without beats what the lanes show, and no copy of it. */
  rows(): readonly Drawn[] {
    this.regions = this.sources.regions();
    const changes = this.sources.changes();
    this.makeBeats();
    const others = this.moved;
    this.moved = false;
    if (!this.beats.length) {
      this.list.reset();
      this.told = others ? null : changes;
      return this.regions;
    }
    if (others || changes === null) this.list.reset();
    else this.take(changes);
    this.told = this.read();
    return this.list.get();
  }

  /** What changed in the rows when they were asked for, since the time before; null when everything may have. */
  changes(): readonly DrawnChange[] | null {
    return this.told;
  }

  private take(changes: readonly DrawnChange[]): void {
    for (const { before, after } of changes) this.latest.set((before ?? after)!.id, after);
    this.list.changed([...this.latest.keys()]);
    this.latest.clear();
  }

  /** Bring the rows of beats up to date. */
  private makeBeats(): void {
    const { sources } = this;
    const from = [sources.beats(), sources.grid(), sources.hidesScores()] as const;
    if (from.every((one, index) => one === this.madeOf[index])) return;
    this.madeOf = from;
    const [points, { bars }, hidesScores] = from;
    const beats = points.map((point, index) => {
      const score = hidesScores ? null : (point.origin?.score ?? null);
      const before = this.byId.get(point.id);
      return before?.point === point && before.bar === bars[index] && before.score === score ? before : new BeatRow(point, bars[index]!, score);
    });
    if (beats.length === this.beats.length && beats.every((one, index) => one === this.beats[index])) return;
    this.beats = beats;
    this.byId = new Map(beats.map((one) => [one.id, one]));
    this.moved = true;
  }
}
