/** The edits of regions that an annotator makes: each is one step of undo, and says aloud what it did. */
import { clock, rounded } from "../engine/time";
import { plural, t } from "../i18n";
import { copyOf, copyRegions, pastedRegions } from "./clipboard";
import { type Change, type Decided, newRegionId, type Origin, type Region } from "./document";
import type { KeyValueStore } from "./journals";
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

export type Edge = "start" | "end";

/** What a region may be bounded by besides its times (Hz). */
export interface Band {
  low: number | null;
  high: number | null;
}

const HUMAN: Origin = { kind: "human" };
const CUT: Decided = { how: "cut" };
const PASTED: Decided = { how: "paste" };

export class Edits {
  /** The edge that was moved last: what the snapping keys move. */
  lastEdge: Edge = "start";
  /** Where a region was begun whose end is not marked yet (s). */
  inPoint: number | null = null;
  private readonly placing: Placing;

  constructor(
    private readonly store: Store,
    private readonly ports: EditPorts,
  ) {
    this.placing = new Placing(store, (text) => ports.complain(text));
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

  /** Move an edge of the selected region by some seconds, never past the other one. */
  nudgeEdge(edge: Edge, by: number): void {
    const { selected: region, chosen } = this;
    if (chosen.length > 1) return this.nudgeEdges(chosen, edge, by);
    if (region) this.setEdge(region, edge, region[edge] + by, `nudge-${edge}:${region.id}`);
  }

  /** Put an edge of the selected region somewhere. */
  edgeTo(edge: Edge, seconds: number): void {
    const region = this.selected;
    if (region) this.setEdge(region, edge, seconds, null);
  }

  /** Move everything selected by some seconds, keeping lengths and distances. */
  nudgeChosen(by: number): void {
    const regions = this.chosen;
    if (!regions.length) return;
    if (!this.moveTogether(regions, by, `move:${regions.map((one) => one.id).join()}`)) return;
    const { start, end } = this.chosen[0]!;
    this.ports.say(t("Moved to {start}, until {end}", { start: clock(start), end: clock(end) }));
  }

  /** Move regions by the same seconds, as far as all of them stay inside; `tierOf` says on which tiers they lie then. How many were moved. */
  moveTogether(regions: readonly Region[], by: number, key: string | null = null, tierOf: (region: Region) => string | null | undefined = ({ tier }) => tier): number {
    const shift = this.sharedShift(regions, by);
    const moving = new Set(regions.map((region) => region.id));
    const changes: Change[] = [];
    for (const region of regions) {
      const tier = tierOf(region) ?? null;
      const wanted = { ...region, tier, start: rounded(region.start + shift), end: rounded(region.end + shift) };
      const span = this.placing.one(wanted, region.id, moving);
      if (!span) return 0;
      const moved = span.start !== region.start || span.end !== region.end ? span : {};
      changes.push(this.changed(region, tier === (region.tier ?? null) ? moved : { ...moved, tier }));
    }
    return this.store.edit(changes, key);
  }

  /** `by`, cut so that none of the regions leaves the task. */
  sharedShift(regions: readonly Region[], by: number): number {
    const least = this.ports.first - Math.min(...regions.map((region) => region.start));
    const most = this.ports.last - Math.max(...regions.map((region) => region.end));
    return Math.min(Math.max(by, least), most);
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

  copy(regions: readonly Region[]): boolean {
    return this.keepCopies(regions, []);
  }

  /** Copy regions and delete them; those of the document are moved when they are pasted in this task. */
  cut(regions: readonly Region[]): void {
    const own = regions.map(({ id }) => id).filter((id) => this.store.region(id) !== null);
    if (!this.keepCopies(regions, own)) return;
    const changes = regions.map((region) => this.store.removal(region.id)).filter((change) => change !== null);
    this.takeAway(changes.map((change) => (change.collection === "decisions" ? change : { ...change, by: CUT })));
  }

  /** Put copied regions at the playhead, also those of another task. */
  paste(): void {
    this.pasteAt(this.ports.playhead());
  }

  /** Put copied regions where they were, for example in another task of the recording; what is there already is left out. */
  pasteInPlace(): void {
    this.pasteAt(null);
  }

  /** Move an edge of the frequency band by a factor; a region without one gets it. */
  changeBand(region: Region, band: Partial<Band>, key: string | null = null): void {
    const low = band.low !== undefined ? band.low : (region.low ?? null);
    const high = band.high !== undefined ? band.high : (region.high ?? null);
    if (low !== null && high !== null && high <= low) return;
    this.store.edit([this.changed(region, { low, high })], key);
  }

  /** What was copied from one tier lies on the chosen one; what comes from several stays on theirs. */
  private pasteAt(at: number | null): void {
    const { first, last, task, clipboard, complain, say } = this.ports;
    const into = { labels: this.store.allLabels, task, at, first, last, has: (id: string) => this.store.region(id) !== null };
    const { regions, moved, left } = pastedRegions(clipboard, into);
    if (!regions.length && !left) return say(t("Nothing is copied yet"));
    const one = new Set(regions.map(({ tier }) => tier ?? "")).size === 1;
    const lying = regions.map(({ tier, ...region }): Region => ({ ...region, ...this.lyingOn((one ? this.ports.chosenTier() : null) ?? tier) }));
    const present = new Set(at === null ? this.store.ownRegions().map(placeOf) : []);
    const wanted = lying.filter((region) => !present.has(placeOf(region)));
    const there = lying.length - wanted.length;
    const added = this.add(wanted, moved);
    if (left) complain(plural(left, "{count} copied region did not fit: outside the task, or with a label that this project does not have.", "{count} copied regions did not fit: outside the task, or with labels that this project does not have."));
    else if (there) say(plural(there, "{count} is there already; {added} pasted", "{count} are there already; {added} pasted", { added }));
    else if (added) say(plural(added, "{count} pasted", "{count} pasted"));
  }

  private keepCopies(regions: readonly Region[], cut: readonly string[]): boolean {
    if (!regions.length) return false;
    const kept = copyRegions(this.ports.clipboard, regions, { task: this.ports.task, cut, nameOf: (label) => this.store.label(label).name });
    if (!kept) this.ports.complain(t("The browser keeps nothing, so nothing can be copied. Allow it to store site data."));
    else this.ports.say(plural(regions.length, "{count} copied; Ctrl+V puts it at the playhead, Ctrl+Shift+V where it was", "{count} copied; Ctrl+V puts them at the playhead, Ctrl+Shift+V where they were"));
    return kept;
  }

  private takeAway(changes: Change[]): number {
    const made = this.store.edit(changes);
    if (made) this.ports.say(plural(made, "Region deleted; Ctrl+Z brings it back", "{count} regions deleted; Ctrl+Z brings them back"));
    return made;
  }

  /** Make new regions, as far as the rules of their labels let them; how many. Those `moved` were cut before. */
  private add(regions: readonly Region[], moved: ReadonlySet<string> = new Set()): number {
    const inside = regions.filter((region) => region.end <= this.ports.last + 1e-6);
    const outside = regions.length - inside.length;
    if (outside) this.ports.complain(plural(outside, "{count} region was left out: it would lie outside the task.", "{count} regions were left out: they would lie outside the task."));
    const fits = this.placing.several(inside);
    const changes = fits.map((region) => ({ ...this.store.putRegion(region), ...(moved.has(region.id) ? { by: PASTED } : {}) }));
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

  /** Move the same edge of several regions by some seconds, each no further than it can. */
  private nudgeEdges(regions: readonly Region[], edge: Edge, by: number): void {
    this.lastEdge = edge;
    const moved = (region: Region): Partial<Region> => {
      const at = this.clamp(region[edge] + by);
      const least = shortestOf(this.store.label(region.label));
      return { [edge]: rounded(edge === "start" ? Math.min(at, region.end - least) : Math.max(at, region.start + least)) };
    };
    const made = this.changeAll(regions.filter((region) => !region.instant), moved, `nudge-${edge}:${regions.map((one) => one.id).join()}`);
    if (made) this.ports.say(edge === "start" ? plural(made, "Start of {count} region moved", "Starts of {count} regions moved") : plural(made, "End of {count} region moved", "Ends of {count} regions moved"));
  }

  private setEdge(region: Region, edge: Edge, to: number, key: string | null): void {
    this.lastEdge = edge;
    const at = this.clamp(to);
    if (region.instant) {
      if (this.store.edit([this.changed(region, { start: rounded(at), end: rounded(at) })], key)) this.ports.say(t("At {time}", { time: clock(at) }));
      return;
    }
    const least = shortestOf(this.store.label(region.label));
    const seconds = rounded(edge === "start" ? Math.min(at, region.end - least) : Math.max(at, region.start + least));
    if (!this.change(region, { [edge]: seconds }, key)) return;
    this.ports.say(edge === "start" ? t("Start {time}", { time: clock(seconds) }) : t("End {time}", { time: clock(seconds) }));
  }

  private changed(before: Region, changes: Partial<Region>): Change {
    const shape = changes.start !== undefined || changes.end !== undefined || changes.label !== undefined || changes.low !== undefined || changes.high !== undefined;
    const text = Boolean(before.text) && changes.text !== undefined && changes.text !== before.text;
    const origin = before.origin.kind === "model" && (shape || text) ? { ...before.origin, edited: true } : before.origin;
    const taken = this.store.region(before.id) === null ? this.lyingOn(changes.tier ?? before.tier) : {}; // a suggestion lies on none
    return this.store.putRegion({ ...before, ...changes, ...taken, origin });
  }

  private lyingOn(tier: string | null | undefined): { tier?: string } {
    const found = this.ports.tierFor(tier);
    return found === null ? {} : { tier: found };
  }

  private clamp(seconds: number): number {
    return Math.min(Math.max(seconds, this.ports.first), this.ports.last);
  }
}

/** What two regions have alike that say the same about the same stretch. */
const placeOf = ({ label, tier, start, end }: Region): string => `${label}|${tier ?? ""}|${start}|${end}`;
