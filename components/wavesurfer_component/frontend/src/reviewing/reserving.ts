/** Tells the server that somebody is at work on an annotation, so that no other reviewer opens it, and when they leave it. */
import type { Scope } from "../scope";

const RENEW_MS = 60_000;

export interface ReservingPorts {
  /** Reserve it, or go on; fails with a message where another reviewer has it. */
  hold(): Promise<unknown>;
  /** Give it back; best effort, also while the page goes away. */
  leave(): void;
  playing(): boolean;
  /** It could not be held: why. */
  refused(why: string): void;
}

/** Holds an annotation while signs of work come; what is decided needs no giving back. */
export class Reserving {
  private worked = false;
  private decided = false;

  constructor(
    private readonly ports: ReservingPorts,
    root: HTMLElement,
    scope: Scope,
  ) {
    for (const name of ["pointerdown", "pointermove", "keydown", "wheel"] as const) scope.on(root, name, () => (this.worked = true), { passive: true });
    scope.every(RENEW_MS, () => this.renew());
    scope.onWindow("pagehide", () => this.leave());
    scope.add(() => this.leave());
    void this.hold();
  }

  /** It was decided: the server has let go of it. */
  done(): void {
    this.decided = true;
  }

  private renew(): void {
    if (!this.worked && !this.ports.playing()) return;
    this.worked = false;
    void this.hold();
  }

  private async hold(): Promise<void> {
    if (this.decided) return;
    try {
      await this.ports.hold();
    } catch (error) {
      if (!this.decided) this.ports.refused((error as Error).message);
    }
  }

  private leave(): void {
    if (!this.decided) this.ports.leave();
  }
}
