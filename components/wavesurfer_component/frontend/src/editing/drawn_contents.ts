/** What of document and suggestions is drawn, and how: marks, colors, scores, in one list that is kept up item by item. */
import type { Label } from "../api/answers";
import type { Drawn, Mark } from "../layers/regions";
import type { Region } from "./document";
import { type ChangeReader, type DrawnChange, DrawnList } from "./drawn_list";
import { DrawnOnTier, DrawnRegion } from "./drawn_region";
import type { HeldDocument } from "./held_document";
import type { OpenSuggestions, Suggestion } from "./open_suggestions";

export interface DrawnPorts {
  held: HeldDocument;
  suggested: OpenSuggestions;
  label(id: string): Label;
  /** Whether the last review sent a region back. */
  sentBack(id: string): boolean;
  /** Whether lanes are tiers. */
  byTier: boolean;
}

export class DrawnContents {
  readonly list = new DrawnList(
    () => this.all(),
    (id) => this.one(id),
  );
  private readonly changes: ChangeReader = this.list.reader();
  private lowest = 0;
  private hidden = false;
  private unscored = false;
  private ghosts = false;

  constructor(private readonly ports: DrawnPorts) {}

  /** What is drawn otherwise than the last time this was asked; null when everything may be. */
  take(): DrawnChange[] | null {
    return this.changes();
  }

  /** The lowest score of suggestions that are worth a look: any while scores are hidden. */
  get threshold(): number {
    return this.unscored ? 0 : this.lowest;
  }

  /** The threshold that was set, and holds where scores are seen. */
  get setThreshold(): number {
    return this.lowest;
  }

  set threshold(score: number) {
    this.lowest = score;
    this.list.reset();
  }

  get hidesSuggestions(): boolean {
    return this.hidden;
  }

  set hidesSuggestions(hidden: boolean) {
    this.hidden = hidden;
    this.list.reset();
  }

  /** Whether rejected suggestions are drawn too, to be taken back. */
  get showsRejected(): boolean {
    return this.ghosts;
  }

  set showsRejected(shown: boolean) {
    this.ghosts = shown;
    this.list.reset();
  }

  get seesRejected(): boolean {
    return this.ghosts && !this.hidden;
  }

  /** A suggested region that was rejected, while such are shown. */
  rejected(id: string | null): Suggestion | null {
    return id === null || !this.seesRejected ? null : (this.ports.suggested.rejectedRegions.get(id) ?? null);
  }

  get hidesScores(): boolean {
    return this.unscored;
  }

  set hidesScores(hidden: boolean) {
    if (this.unscored === hidden) return;
    this.unscored = hidden;
    this.list.reset();
  }

  private all(): Drawn[] {
    const { held, suggested } = this.ports;
    const drawn: Drawn[] = [];
    for (const region of held.regions()) drawn.push(this.own(region));
    if (!this.hidden) for (const one of suggested.regions.values()) drawn.push(this.suggestion(one));
    if (this.seesRejected) for (const one of suggested.rejectedRegions.values()) drawn.push(this.dismissed(one));
    return drawn;
  }

  private one(id: string): Drawn | null {
    const { held, suggested } = this.ports;
    const region = held.region(id);
    if (region) return this.own(region);
    const found = this.hidden ? undefined : suggested.regions.get(id);
    const rejected = found ? null : this.rejected(id);
    return found ? this.suggestion(found) : rejected && this.dismissed(rejected);
  }

  private own(region: Region): Drawn {
    const sentBack = this.ports.sentBack(region.id);
    const mark = sentBack ? "rejected" : region.origin.kind === "model" ? "accepted" : "human";
    return this.as(region, mark, sentBack);
  }

  private suggestion({ prediction, region }: Suggestion): Drawn {
    const mark = (region.origin.score ?? 0) >= this.threshold ? "prediction" : "below";
    return this.as(region, mark, false, prediction.id);
  }

  private dismissed({ prediction, region }: Suggestion): Drawn {
    return this.as(region, "dismissed", false, prediction.id);
  }

  private as(region: Region, mark: Mark, feedback: boolean, prediction?: string): Drawn {
    const { name, color } = this.ports.label(region.label);
    const score = this.unscored ? null : (region.origin.score ?? null);
    return this.ports.byTier ? new DrawnOnTier(color, region, mark, name, feedback, score, prediction) : new DrawnRegion(region, mark, name, feedback, score, prediction);
  }
}
