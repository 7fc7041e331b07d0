/** What is visible: the only truth that every layer is drawn from. */

const MIN_SECONDS_PER_PIXEL = 1 / (192_000 * 8);

export class Viewport {
  start: number;
  secondsPerPixel: number;
  width = 1;

  /** Everything between `first` and `last` (seconds) can be shown. */
  constructor(
    readonly first: number,
    readonly last: number,
  ) {
    this.start = first;
    this.secondsPerPixel = Math.max(MIN_SECONDS_PER_PIXEL, last - first); // everything, in one pixel until there are more
  }

  get stop(): number {
    return this.start + this.width * this.secondsPerPixel;
  }

  x(seconds: number): number {
    return (seconds - this.start) / this.secondsPerPixel;
  }

  time(x: number): number {
    return this.start + x * this.secondsPerPixel;
  }

  resize(width: number): void {
    const all = this.showsEverything;
    this.width = Math.max(1, width);
    if (all) this.fit();
    this.clamp();
  }

  get showsEverything(): boolean {
    return this.secondsPerPixel * this.width >= (this.last - this.first) * 0.999;
  }

  /** Show what was shown before. */
  restore(start: number, secondsPerPixel: number): void {
    this.start = start;
    this.secondsPerPixel = Math.max(MIN_SECONDS_PER_PIXEL, secondsPerPixel);
    this.clamp();
  }

  fit(): void {
    this.start = this.first;
    this.secondsPerPixel = Math.max(MIN_SECONDS_PER_PIXEL, (this.last - this.first) / this.width);
  }

  /** Zoom by a factor (above 1 is closer) with the time under `x` staying where it is. */
  zoom(factor: number, x: number): void {
    const under = this.time(x);
    const widest = (this.last - this.first) / this.width;
    this.secondsPerPixel = Math.min(Math.max(this.secondsPerPixel / factor, MIN_SECONDS_PER_PIXEL), Math.max(widest, MIN_SECONDS_PER_PIXEL));
    this.start = under - x * this.secondsPerPixel;
    this.clamp();
  }

  scrollBy(seconds: number): void {
    this.start += seconds;
    this.clamp();
  }

  /** Show a stretch with some room around it. */
  show(start: number, end: number, room = 0.2): void {
    const length = Math.max(end - start, 20 * MIN_SECONDS_PER_PIXEL);
    this.secondsPerPixel = Math.min((length * (1 + 2 * room)) / this.width, (this.last - this.first) / this.width);
    this.start = start - length * room;
    this.clamp();
  }

  /** Scroll so that a time is visible, changing nothing when it is. */
  reveal(seconds: number): boolean {
    if (seconds >= this.start && seconds <= this.stop) return false;
    this.start = seconds - 0.1 * this.width * this.secondsPerPixel;
    this.clamp();
    return true;
  }

  private clamp(): void {
    const latest = Math.max(this.first, this.last - this.width * this.secondsPerPixel);
    this.start = Math.min(Math.max(this.start, this.first), latest);
  }
}
