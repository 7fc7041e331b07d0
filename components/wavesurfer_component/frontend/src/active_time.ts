/**
 * How long somebody worked: from one sign of life to the next, where less than a minute lies between them. What comes after
 * the last one is idle, so a minute of nothing counts as none.
 */

/** So long after the last sign of life somebody has stopped working (ms). */
export const IDLE_MS = 60_000;
/** Longer than this (s) nothing was measured: the machine slept. */
const LONGEST_GAP = 5;

export class ActiveTime {
  /** Nothing has happened for a minute. */
  stopped = false;
  /** Seconds that nobody has asked for. */
  private active = 0;
  private idle = 0;
  /** Seconds since the last sign of life: work, if another one comes soon enough. */
  private open = 0;
  private lastSign: number;
  private lastTime: number;

  /** Times are milliseconds of one clock. */
  constructor(now: number) {
    this.lastSign = this.lastTime = now;
  }

  /** Time has passed; called about every second. `focused`: the page has had the keyboard meanwhile. */
  pass(now: number, focused: boolean): void {
    const passed = Math.min(LONGEST_GAP, (now - this.lastTime) / 1000);
    this.lastTime = now;
    if (!focused || this.stopped) this.idle += passed;
    else this.open += passed;
    if (!this.stopped && now - this.lastSign >= IDLE_MS) {
      this.stopped = true;
      this.close();
    }
  }

  /** Somebody typed, pointed, scrolled or listened. */
  sign(now: number, focused: boolean): void {
    this.pass(now, focused);
    this.active += this.open;
    this.open = 0;
    this.lastSign = now;
    this.stopped = false;
  }

  /** Nothing more comes: what has passed since the last sign of life was no work. */
  close(): void {
    this.idle += this.open;
    this.open = 0;
  }

  /** Seconds of both since it was asked the last time. */
  take(): { active: number; idle: number } {
    const { active, idle } = this;
    this.active = this.idle = 0;
    return { active, idle };
  }
}
