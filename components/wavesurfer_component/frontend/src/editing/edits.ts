/** The edits of regions that an annotator makes: each is one step of undo, and says aloud what it did. */
import { clock, rounded } from "../engine/time";
import { type Change, newRegionId, type Origin, type Region } from "./document";
import type { Store } from "./store";

export interface EditPorts {
  /** The stretch that regions must lie in (s). */
  first: number;
  last: number;
  playhead(): number;
  say(text: string): void;
}

const HUMAN: Origin = { kind: "human" };
/** Shortest region (s). */
export const SHORTEST = 0.001;

export class Edits {
  constructor(
    private readonly store: Store,
    private readonly ports: EditPorts,
  ) {}

  /** The region behind an id, of the document or suggested. */
  grabbed(id: string | null): Region | null {
    return id === null ? null : (this.store.region(id) ?? this.store.suggestion(id)?.region ?? null);
  }

  get selected(): Region | null {
    return this.grabbed(this.store.selected);
  }

  create(label: string, from: number, to: number): void {
    const start = rounded(this.clamp(Math.min(from, to)));
    const end = rounded(this.clamp(Math.max(from, to)));
    if (!label || end - start < SHORTEST) return;
    const region: Region = { id: newRegionId(), start, end, label, origin: HUMAN };
    this.store.selected = region.id;
    this.store.edit([this.store.put("regions", region.id, region)]);
    this.ports.say(`${this.store.label(label).name}, ${clock(start)} to ${clock(end)}`);
  }

  /** Change a region; a suggestion becomes part of the document, marked as edited. */
  change(before: Region, changes: Partial<Region>, key: string | null = null): void {
    this.store.edit([this.changed(before, changes)], key);
  }

  relabel(region: Region, label: string): void {
    if (region.label === label) return;
    this.change(region, { label });
    this.ports.say(`Now ${this.store.label(label).name}`);
  }

  /** Move an edge by some seconds, never past the other one. */
  nudgeEdge(edge: "start" | "end", by: number): void {
    const region = this.selected;
    if (region) this.setEdge(region, edge, region[edge] + by, `nudge-${edge}:${region.id}`);
  }

  edgeToPlayhead(edge: "start" | "end"): void {
    const region = this.selected;
    if (region) this.setEdge(region, edge, this.ports.playhead(), null);
  }

  /** Move the whole region by some seconds, keeping its length. */
  nudgeRegion(by: number): void {
    const region = this.selected;
    if (!region) return;
    const start = Math.min(Math.max(region.start + by, this.ports.first), this.ports.last - (region.end - region.start));
    this.change(region, { start: rounded(start), end: rounded(start + region.end - region.start) }, `move:${region.id}`);
    this.ports.say(`From ${clock(start)}`);
  }

  split(region: Region): void {
    const at = rounded(this.ports.playhead());
    if (at <= region.start || at >= region.end) return this.ports.say("Put the playhead inside the region to split it");
    const second: Region = { ...region, id: newRegionId(), start: at, origin: region.origin.kind === "model" ? HUMAN : region.origin };
    this.store.edit([this.changed(region, { end: at }), this.store.put("regions", second.id, second)]);
    this.ports.say("Split");
  }

  /** Join the region with the next one of its label. */
  merge(region: Region): void {
    const next = this.store
      .collection<Region>("regions")
      .filter((one) => one.label === region.label && one.id !== region.id && one.start >= region.start)
      .sort((one, other) => one.start - other.start)[0];
    if (!next) return this.ports.say(`There is no later region with the label ${this.store.label(region.label).name}`);
    const text = [region.text, next.text].filter(Boolean).join(" ") || null;
    const end = Math.max(region.end, next.end);
    this.store.edit([this.changed(region, { end, text }), this.store.put("regions", next.id, null)]);
    this.ports.say(`Joined, until ${clock(end)}`);
  }

  remove(region: Region): void {
    this.store.selected = null;
    this.store.edit([this.store.put("regions", region.id, null)]);
    this.ports.say("Region deleted; Ctrl+Z brings it back");
  }

  accept(id: string): void {
    const found = this.store.suggestion(id);
    if (!found) return;
    this.store.edit([this.store.put("regions", id, found.region)]);
    this.ports.say(`${this.store.label(found.region.label).name} accepted`);
  }

  acceptAll(): void {
    const chosen = this.store.suggestions().filter(({ region }) => (region.origin.score ?? 0) >= this.store.threshold);
    this.store.edit(chosen.map(({ region }) => this.store.put("regions", region.id, region)));
    this.ports.say(`${chosen.length} suggestions accepted`);
  }

  /** Reject an item of a prediction: a region by its id, `tag:<label>` or `caption`. */
  rejectItem(prediction: string, item: string): void {
    this.store.edit([this.store.rejection(prediction, item)]);
    this.ports.say("Suggestion rejected; Ctrl+Z brings it back");
  }

  acceptTag(prediction: string, label: string): void {
    const found = this.store.suggestedTags().find((one) => one.prediction.id === prediction && one.tag.label === label);
    if (found) this.store.edit([this.store.put("tags", label, found.tag)]);
  }

  acceptCaption(): void {
    const found = this.store.suggestedCaption();
    if (found) this.store.edit([this.store.put("caption", "caption", found.caption)]);
  }

  private setEdge(region: Region, edge: "start" | "end", to: number, key: string | null): void {
    const at = this.clamp(to);
    const seconds = rounded(edge === "start" ? Math.min(at, region.end - SHORTEST) : Math.max(at, region.start + SHORTEST));
    this.change(region, { [edge]: seconds }, key);
    this.ports.say(`${edge === "start" ? "Start" : "End"} ${clock(seconds)}`);
  }

  private changed(before: Region, changes: Partial<Region>): Change {
    const shape = changes.start !== undefined || changes.end !== undefined || changes.label !== undefined;
    const origin = before.origin.kind === "model" && shape ? { ...before.origin, edited: true } : before.origin;
    const after: Region = { ...before, ...changes, origin };
    return this.store.region(before.id) ? this.store.put("regions", before.id, after) : { collection: "regions", id: before.id, before: null, after };
  }

  private clamp(seconds: number): number {
    return Math.min(Math.max(seconds, this.ports.first), this.ports.last);
  }
}
