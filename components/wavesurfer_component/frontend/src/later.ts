/** What somebody asks of a part of the editor that is not here yet: noted, and done in the same order as soon as it is. */
export class Later<Part> {
  /** The part; null until it is here. */
  here: Part | null = null;
  private noted: { run: (part: Part) => void; moment: number }[] = [];
  private made: number | null = null;

  constructor(
    /** The time (s) that what is asked means, for example where the playhead is. */
    private readonly clock: () => number,
    /** Somebody waits for the part. */
    private readonly hurry: () => void,
  ) {}

  /** The time that what is being done means: when it was asked for. */
  get moment(): number {
    return this.made ?? this.clock();
  }

  do(run: (part: Part) => void): void {
    if (this.here) return run(this.here);
    this.noted.push({ run, moment: this.clock() });
    this.hurry();
  }

  /** Do what was noted; the part is here now. */
  catchUp(part: Part): void {
    for (const { run, moment } of this.noted.splice(0)) {
      this.made = moment;
      try {
        run(part);
      } finally {
        this.made = null;
      }
    }
  }
}
