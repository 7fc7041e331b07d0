/** Tiers: strands of regions that annotators lay out themselves, in projects whose lanes are not their labels. */
import { plural, t } from "../i18n";
import { type Change, keptForm, type Region, type Tier } from "./document";
import type { Store } from "./store";
import { TierList } from "./tier_list";

export interface TierPorts {
  say(text: string): void;
  /** Tell why something was not done. */
  complain(text: string): void;
  /** Ask for a line of text; null when nothing was answered. */
  ask(text: string, value: string): Promise<string | null>;
  /** Ask before something is done; `yes` is what the button says. */
  confirm(text: string, yes: string): Promise<boolean>;
  /** Why a tier must not be changed; null when it may. */
  locked(tier: string): string | null;
  /** A tier has another name, or there is a new one (null). */
  named(from: string | null, to: string): void;
  refresh(): void;
}

const MOST_LETTERS = 80;

export class Tiers extends TierList {
  /** The tier that was chosen by hand last, at its head or by a key. */
  private byHand = "";

  constructor(
    store: Store,
    initial: readonly string[] | null,
    private readonly ports: TierPorts,
  ) {
    super(store, initial);
  }

  /** The active tier where somebody chose it: what is copied from one tier is pasted there; null when nobody did, or drew on another one since. */
  get chosen(): string | null {
    return this.active === this.byHand ? this.active : null;
  }

  pick(name: string): void {
    if (!this.names.includes(name)) return;
    this.picked = this.byHand = name;
    this.ports.say(t("New regions lie on {tier}", { tier: name }));
    this.ports.refresh();
  }

  /** Something is drawn on a tier: it is the active one from then on. */
  drawnOn(name: string): void {
    if (!this.names.includes(name)) return;
    this.picked = name;
    this.ports.refresh();
  }

  /** Make the tier above or below the active one. */
  step(by: 1 | -1): void {
    if (!this.on) return this.ports.say(t("This project has no tiers"));
    const to = this.beside(this.active, by);
    if (to !== null) this.pick(to);
  }

  async add(): Promise<void> {
    const name = await this.nameFrom(t("Name of the new tier"), t("Tier {number}", { number: this.names.length + 1 }));
    if (name === null) return;
    const listed = this.listing();
    this.picked = name;
    this.ports.named(null, name);
    this.store.edit([...listed.changes, this.store.put("tiers", name, { name, position: listed.next } satisfies Tier)]);
    this.ports.say(t("{tier} added", { tier: name }));
  }

  async rename(name: string): Promise<void> {
    if (this.isLocked(name)) return;
    const to = await this.nameFrom(t("Name of the tier"), name, name);
    if (to === null || to === name) return;
    const listed = this.listing();
    const position = listed.positions.get(name) ?? listed.next;
    const regions = this.lyingOn(name).map((region) => this.store.putRegion({ ...region, tier: to }));
    const unlisted = listed.changes.filter((change) => change.id !== name);
    const gone = this.store.collection<Tier>("tiers").some((one) => one.name === name) ? [this.store.put("tiers", name, null)] : [];
    this.picked = to;
    this.ports.named(name, to);
    this.store.edit([...unlisted, ...gone, this.store.put("tiers", to, { name: to, position } satisfies Tier), ...regions]);
    this.ports.say(t("Now {tier}", { tier: to }));
  }

  /** Remove a tier with what lies on it, which is asked about first. */
  async remove(name: string): Promise<void> {
    if (this.isLocked(name)) return;
    if (this.names.length < 2) return this.ports.complain(t("One tier must stay."));
    const count = this.count(name);
    const question = plural(count, "{tier} has {count} region. It is deleted with the tier.", "{tier} has {count} regions. They are deleted with the tier.", { tier: name });
    if (count && !(await this.ports.confirm(question, t("Remove the tier")))) return;
    const listed = this.listing();
    const gone = this.store.collection<Tier>("tiers").some((one) => one.name === name) ? [this.store.put("tiers", name, null)] : [];
    const regions = this.lyingOn(name).map((region) => this.store.put(keptForm(region).collection, region.id, null));
    this.picked = this.beside(name, -1) ?? this.beside(name, 1) ?? "";
    this.store.edit([...listed.changes.filter((change) => change.id !== name), ...gone, ...regions]);
    this.ports.say(t("{tier} removed; Ctrl+Z brings it back", { tier: name }));
  }

  /** The changes that make the tiers the annotation's own, if they are still the project's; and their positions. */
  private listing(): { changes: Change[]; positions: Map<string, number>; next: number } {
    const own = this.store.collection<Tier>("tiers");
    const tiers = own.length ? own : this.initial!.map((name, position) => ({ name, position }));
    return {
      changes: own.length ? [] : tiers.map((tier) => this.store.put("tiers", tier.name, tier)),
      positions: new Map(tiers.map((tier) => [tier.name, tier.position])),
      next: Math.max(-1, ...tiers.map((tier) => tier.position)) + 1,
    };
  }

  private isLocked(name: string): boolean {
    const why = this.ports.locked(name);
    if (why !== null) this.ports.complain(why);
    return why !== null;
  }

  private lyingOn(name: string): Region[] {
    return this.store.ownRegions().filter((region) => region.tier === name);
  }

  /** A name that somebody types; null when there is none, or another tier has it. */
  private async nameFrom(text: string, value: string, present = ""): Promise<string | null> {
    const typed = await this.ports.ask(text, value);
    const name = (typed ?? "").replace(/\s+/g, " ").trim().slice(0, MOST_LETTERS).trim();
    if (!name) return null;
    if (name === present || !this.names.includes(name)) return name;
    this.ports.complain(t("There is a tier {tier} already.", { tier: name }));
    return null;
  }
}
