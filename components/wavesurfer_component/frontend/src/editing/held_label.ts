/** A label's key that is held while the recording plays: what was heard meanwhile becomes a region of that label. */

export interface HeldPorts {
  playing(): boolean;
  playhead(): number;
  /** Seconds from hearing to pressing. */
  reaction(): number;
  pick(label: string): void;
  create(label: string, from: number, to: number): void;
}

/** Held for less (s of wall time), the key was only struck. */
const STRUCK = 0.25;

export class HeldLabel {
  private held: { label: string; code: string; from: number; at: number } | null = null;

  constructor(
    private readonly ports: HeldPorts,
    private readonly now: () => number = () => performance.now() / 1000,
  ) {}

  /** The key of a label went down. */
  down(label: string, code: string): void {
    if (this.held?.code === code) return; // it repeats itself while it is held
    if (!this.ports.playing()) {
      this.held = null;
      this.ports.pick(label);
      return;
    }
    this.held = { label, code, from: this.heard(), at: this.now() };
  }

  /** A key went up. */
  up(code: string): void {
    const held = this.held;
    if (held?.code !== code) return;
    this.held = null;
    if (this.now() - held.at < STRUCK) return this.ports.pick(held.label);
    const to = this.heard();
    if (to > held.from) this.ports.create(held.label, held.from, to); // else a loop began again: what was meant is not known
  }

  /** What would be marked if the key went up now. */
  get ghost(): { label: string; start: number; end: number } | null {
    if (!this.held || this.now() - this.held.at < STRUCK) return null;
    return { label: this.held.label, start: this.held.from, end: Math.max(this.held.from, this.heard()) };
  }

  cancel(): void {
    this.held = null;
  }

  private heard(): number {
    return this.ports.playhead() - this.ports.reaction();
  }
}
