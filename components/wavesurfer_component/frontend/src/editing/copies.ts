/** Copying, cutting and pasting regions, also from one task into another. */
import { plural, t } from "../i18n";
import { copyRegions, pastedRegions } from "./clipboard";
import type { Decided, Region } from "./document";
import type { EditPorts, Edits } from "./edits";
import type { Store } from "./store";

const CUT: Decided = { how: "cut" };
const PASTED: Decided = { how: "paste" };

export class Copies {
  constructor(
    private readonly store: Store,
    private readonly edits: Pick<Edits, "add" | "takeAway" | "lyingOn">,
    private readonly ports: EditPorts,
  ) {}

  copy(regions: readonly Region[]): boolean {
    return this.keepCopies(regions, []);
  }

  /** Copy regions and delete them; those of the document are moved when they are pasted in this task. */
  cut(regions: readonly Region[]): void {
    const own = regions.map(({ id }) => id).filter((id) => this.store.region(id) !== null);
    if (!this.keepCopies(regions, own)) return;
    const changes = regions.map((region) => this.store.removal(region.id)).filter((change) => change !== null);
    this.edits.takeAway(changes.map((change) => (change.collection === "decisions" ? change : { ...change, by: CUT })));
  }

  /** Put copied regions at the playhead, also those of another task. */
  paste(): void {
    this.pasteAt(this.ports.playhead());
  }

  /** Put copied regions where they were, for example in another task of the recording; what is there already is left out. */
  pasteInPlace(): void {
    this.pasteAt(null);
  }

  /** What was copied from one tier lies on the chosen one; what comes from several stays on theirs. */
  private pasteAt(at: number | null): void {
    const { first, last, task, clipboard, complain, say } = this.ports;
    const into = { labels: this.store.allLabels, task, at, first, last, has: (id: string) => this.store.region(id) !== null };
    const { regions, moved, left } = pastedRegions(clipboard, into);
    if (!regions.length && !left) return say(t("Nothing is copied yet"));
    const one = new Set(regions.map(({ tier }) => tier ?? "")).size === 1;
    const lying = regions.map(({ tier, ...region }): Region => ({ ...region, ...this.edits.lyingOn((one ? this.ports.chosenTier() : null) ?? tier) }));
    const present = new Set(at === null ? this.store.ownRegions().map(placeOf) : []);
    const wanted = lying.filter((region) => !present.has(placeOf(region)));
    const there = lying.length - wanted.length;
    const added = this.edits.add(wanted, ({ id }) => (moved.has(id) ? PASTED : null));
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
}

/** What two regions have alike that say the same about the same stretch. */
const placeOf = ({ label, tier, start, end }: Region): string => `${label}|${tier ?? ""}|${start}|${end}`;
