/** The regions of a verify grid: which is looked at, what was decided of each, and the way back. No page and no server. */

export type Verdict = "approve" | "reject" | "skip";

interface Step {
  at: number;
  before: Verdict | null;
  after: Verdict | null;
}

export class Batch<Item> {
  /** The place of the one that is looked at. */
  at = 0;
  private readonly verdicts: (Verdict | null)[];
  private readonly past: Step[] = [];
  private future: Step[] = [];

  constructor(readonly items: readonly Item[]) {
    this.verdicts = items.map(() => null);
  }

  get current(): Item | null {
    return this.items[this.at] ?? null;
  }

  of(place: number): Verdict | null {
    return this.verdicts[place] ?? null;
  }

  count(verdict: Verdict | null): number {
    return this.verdicts.filter((one) => one === verdict).length;
  }

  /** Decide on the one that is looked at and go on to the next that is open; returns its place, or null where there is none. */
  decide(verdict: Verdict): number | null {
    if (!this.current) return null;
    const { at } = this;
    this.past.push({ at, before: this.of(at), after: verdict });
    this.future = [];
    this.verdicts[at] = verdict;
    this.at = this.nextOpen(at);
    return at;
  }

  /** Take back the last decision, and look at what it was about; returns its place. */
  undo(): number | null {
    const step = this.past.pop();
    if (!step) return null;
    this.future.push(step);
    this.verdicts[step.at] = step.before;
    return (this.at = step.at);
  }

  redo(): number | null {
    const step = this.future.pop();
    if (!step) return null;
    this.past.push(step);
    this.verdicts[step.at] = step.after;
    return (this.at = step.at);
  }

  /** Look at one that lies so many places on, as far as there are any. */
  step(by: number): void {
    this.at = Math.min(Math.max(0, this.at + by), Math.max(0, this.items.length - 1));
  }

  /** What the server did not take is open again. */
  reopen(place: number): void {
    this.verdicts[place] = null;
  }

  private nextOpen(from: number): number {
    for (let ahead = 1; ahead < this.items.length; ahead++) {
      const place = (from + ahead) % this.items.length;
      if (this.verdicts[place] === null) return place;
    }
    return from;
  }
}
