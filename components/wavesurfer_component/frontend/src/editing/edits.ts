/** The edits of regions that an annotator makes: each is one step of undo, and says aloud what it did. */
import { clock, rounded } from "../engine/time";
import { plural, t } from "../i18n";
import { copyOf } from "./clipboard";
import { Copies } from "./copies";
import { type Change, type Decided, newRegionId, type Origin, type Region } from "./document";
import type { KeyValueStore } from "./journals";
import { Moves } from "./moves";
import { shortestOf } from "./overlap";
import { Placing, tooShort } from "./placing";
import type { Store } from "./store";

export interface EditPorts {
  /** The stretch that regions must lie in (s). */
  first: number;
  last: number;
  playhead(): number;
  say(text: string): void;
  /** Tell why something was not done. */
  complain(text: string): void;
  clipboard: KeyValueStore;
  /** Which task this is, to tell what was cut here from what was cut elsewhere. */
  task: string;
  /** The tier that something with this one gets here; null where lanes are labels. */
  tierFor(tier: string | null | undefined): string | null;
  /** The tier that somebody chose for what is pasted; null when nobody did. */
  chosenTier(): string | null;
}

/** What a region may be bounded by besides its times (Hz). */
export interface Band {
  low: number | null;
  high: number | null;
}

const HUMAN: Origin = { kind: "human" };

export class Edits {
  /** Where a region was begun whose end is not marked yet (s). */
  inPoint: number | null = null;
  readonly moves: Moves;
  readonly copies: Copies;
  private readonly placing: Placing;

  constructor(
    private readonly store: Store,
    private readonly ports: EditPorts,
  ) {
    this.placing = new Placing(store, (text) => ports.complain(text));
    this.moves = new Moves(store, this, this.placing, ports);
    this.copies = new Copies(store, this, ports);
  }

  /** The region behind an id, of the document or suggested. */
  grabbed(id: string | null): Region | null {
    return id === null ? null : (this.store.region(id) ?? this.store.suggestion(id)?.region ?? null);
  }

  get selected(): Region | null {
    return this.grabbed(this.store.selected);
  }

  /** All that is selected, in order of time. */
  get chosen(): Region[] {
    return this.store.selection.ids
      .map((id) => this.grabbed(id))
      .filter((region): region is Region => region !== null)
      .sort((one, other) => one.start - other.start);
  }

  /** Mark a region; on the active tier, unless it is given. */
  create(label: string, from: number, to: number, band: Partial<Band> = {}, tier: string | null = null): void {
    const start = rounded(this.clamp(Math.min(from, to)));
    const end = rounded(this.clamp(Math.max(from, to)));
    if (!this.store.allLabels.some((one) => one.id === label)) return; // for example the lane of a model
    const lying = this.lyingOn(tier);
    const span = this.placing.one({ label, ...lying, start, end }, null);
    if (!span) return;
    const bounds = band.low == null && band.high == null ? {} : { low: band.low ?? null, high: band.high ?? null };
    const region: Region = { id: newRegionId(), ...span, ...bounds, label, ...lying, origin: HUMAN };
    const said = { label: this.store.label(label).name, start: clock(span.start), end: clock(span.end) };
    if (this.addSelected([this.store.putRegion(region)])) this.ports.say(t("{label}, {start} to {end}", said));
  }

  /** Mark an instant. */
  createInstant(label: string, time: number): void {
    if (!label) return;
    const at = rounded(this.clamp(time));
    const instant: Region = { id: newRegionId(), start: at, end: at, label, ...this.lyingOn(null), origin: HUMAN, instant: true };
    if (this.addSelected([this.store.putRegion(instant)])) this.ports.say(t("{label} at {time}", { label: this.store.label(label).name, time: clock(at) }));
  }

  /** Change a region; a suggestion becomes part of the document, marked as edited. False when a rule of its label or a lock forbids it. */
  change(before: Region, changes: Partial<Region>, key: string | null = null): boolean {
    const wanted = { ...before, ...changes };
    if (changes.start !== undefined || changes.end !== undefined || changes.label !== undefined || changes.tier !== undefined) {
      const span = this.placing.one(wanted, before.id);
      if (!span) return false;
      if (span.start !== wanted.start || span.end !== wanted.end) changes = { ...changes, ...span };
    }
    return this.store.edit([this.changed(before, changes)], key) > 0;
  }

  /** Change several regions in one step, each in its own way and by the rules of its label; how many were changed. What a rule forbids stays. */
  changeAll(regions: readonly Region[], changesOf: (region: Region) => Partial<Region>, key: string | null = null): number {
    const changes: Change[] = [];
    for (const region of regions) {
      const wanted = changesOf(region);
      const span = wanted.start === undefined && wanted.end === undefined ? {} : this.placing.one({ ...region, ...wanted }, region.id);
      if (span) changes.push(this.changed(region, { ...wanted, ...span }));
    }
    return changes.length ? this.store.edit(changes, key) : 0;
  }

  relabel(regions: readonly Region[], label: string): void {
    const others = regions.filter((region) => region.label !== label);
    if (!others.length) return;
    const before = new Map(others.map((region) => [region.id, region]));
    const fits = this.placing.several(others.map((region) => ({ ...region, label })));
    const made = this.store.edit(fits.map(({ id, start, end, attributes }) => this.changed(before.get(id)!, { label, start, end, ...(attributes ? { attributes } : {}) })));
    if (made) this.ports.say(plural(made, "Now {label}", "{count} regions are now {label}", { label: this.store.label(label).name }));
  }

  split(region: Region): void {
    const at = rounded(this.ports.playhead());
    if (at <= region.start || at >= region.end) return this.ports.say(t("Put the playhead inside the region to split it"));
    const label = this.store.label(region.label);
    if (Math.min(at - region.start, region.end - at) < shortestOf(label) - 1e-9) return this.ports.complain(tooShort(label));
    const second: Region = { ...region, id: newRegionId(), start: at, origin: region.origin.kind === "model" ? { ...region.origin, region: region.origin.region ?? region.id, edited: true } : region.origin };
    if (this.store.edit([this.changed(region, { end: at }), this.store.putRegion(second)])) this.ports.say(t("Split"));
  }

  /** Join the selected regions of one label; a single one with the next of its label. */
  merge(regions: readonly Region[]): void {
    const first = regions[0];
    if (!first) return;
    const rest = regions.length > 1 ? regions.slice(1) : this.nextOf(first);
    if (!rest.length) return this.ports.say(t("There is no later region with the label {label}", { label: this.store.label(first.label).name }));
    if (rest.some((one) => one.label !== first.label)) return this.ports.complain(t("Only regions of the same label can be joined. Give them one label first."));
    if (this.store.byTier && rest.some((one) => (one.tier ?? null) !== (first.tier ?? null))) return this.ports.complain(t("Only regions on the same tier can be joined."));
    if (first.instant || rest.some((one) => one.instant)) return this.ports.complain(t("Instants cannot be joined."));
    const all = [first, ...rest];
    const texts = all.map((one) => one.text).filter(Boolean);
    const text = (this.store.label(first.label).vocabulary === "free" ? texts.join(" ") : texts[0]) || null;
    const end = Math.max(...all.map((one) => one.end));
    const span = this.placing.one({ ...first, end }, first.id, new Set(rest.map((one) => one.id)));
    if (!span) return;
    if (span.end < end) return this.ports.complain(t("They cannot be joined: another region of {label} lies between them.", { label: this.store.label(first.label).name }));
    const made = this.store.edit([this.changed(first, { end, text }), ...rest.map((one) => this.store.removal(one.id)).filter((change) => change !== null)]);
    if (!made) return;
    this.store.selected = first.id;
    this.ports.say(t("Joined, until {end}", { end: clock(end) }));
  }

  /** Copies of the regions right behind the last of them. */
  duplicate(regions: readonly Region[]): void {
    if (!regions.length) return;
    const start = Math.min(...regions.map((region) => region.start));
    const by = Math.max(...regions.map((region) => region.end)) - start;
    this.add(regions.map((region) => copyOf({ ...region, start: rounded(region.start + by), end: rounded(region.end + by) })));
  }

  /** Delete regions of the document and reject suggestions, in one step; how many. */
  remove(regions: readonly Region[]): number {
    return this.takeAway(regions.map((region) => this.store.removal(region.id)).filter((change) => change !== null));
  }

  /** Move an edge of the frequency band by a factor; a region without one gets it. */
  changeBand(region: Region, band: Partial<Band>, key: string | null = null): void {
    const low = band.low !== undefined ? band.low : (region.low ?? null);
    const high = band.high !== undefined ? band.high : (region.high ?? null);
    if (low !== null && high !== null && high <= low) return;
    this.store.edit([this.changed(region, { low, high })], key);
  }

  /** Make these changes, which take regions away; how many. */
  takeAway(changes: Change[]): number {
    const made = this.store.edit(changes);
    if (made) this.ports.say(plural(made, "Region deleted; Ctrl+Z brings it back", "{count} regions deleted; Ctrl+Z brings them back"));
    return made;
  }

  /** Make new regions, as far as the rules of their labels let them; how many. `by` says how, where it matters. */
  add(regions: readonly Region[], by: (region: Region) => Decided | null = () => null): number {
    const inside = regions.filter((region) => region.end <= this.ports.last + 1e-6);
    const outside = regions.length - inside.length;
    if (outside) this.ports.complain(plural(outside, "{count} region was left out: it would lie outside the task.", "{count} regions were left out: they would lie outside the task."));
    const fits = this.placing.several(inside);
    const changes = fits.map((region) => ({ ...this.store.putRegion(region), ...decided(by(region)) }));
    return changes.length ? this.addSelected(changes) : 0;
  }

  /** Make new regions, which are selected then; how many, for those in locked lanes are not made. */
  private addSelected(changes: Change[]): number {
    const before = this.store.selection.ids;
    this.store.selection.all(changes.map((change) => change.id));
    const made = this.store.edit(changes);
    if (!made) this.store.selection.all(before);
    return made;
  }

  private nextOf(region: Region): Region[] {
    return this.store
      .collection<Region>("regions")
      .filter((one) => one.label === region.label && one.id !== region.id && one.start >= region.start)
      .filter((one) => !this.store.byTier || (one.tier ?? null) === (region.tier ?? null))
      .sort((one, other) => one.start - other.start)
      .slice(0, 1);
  }

  /** The change that makes a region another one; a suggestion becomes part of the document. */
  changed(before: Region, changes: Partial<Region>): Change {
    const shape = changes.start !== undefined || changes.end !== undefined || changes.label !== undefined || changes.low !== undefined || changes.high !== undefined;
    const text = Boolean(before.text) && changes.text !== undefined && changes.text !== before.text;
    const origin = before.origin.kind === "model" && (shape || text) ? { ...before.origin, edited: true } : before.origin;
    const taken = this.store.region(before.id) === null ? this.lyingOn(changes.tier ?? before.tier) : {}; // a suggestion lies on none
    return this.store.putRegion({ ...before, ...changes, ...taken, origin });
  }

  /** Where something with this tier lies here. */
  lyingOn(tier: string | null | undefined): { tier?: string } {
    const found = this.ports.tierFor(tier);
    return found === null ? {} : { tier: found };
  }

  /** The nearest time inside the task (s). */
  clamp(seconds: number): number {
    return Math.min(Math.max(seconds, this.ports.first), this.ports.last);
  }
}

const decided = (by: Decided | null): { by?: Decided } => (by ? { by } : {});
