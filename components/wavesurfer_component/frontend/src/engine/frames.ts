/** When something is drawn: in the next frame after a change, and in every one while it plays. While nothing moves there are no frames. */
import type { Scope } from "../scope";

export class Frames {
  /** Whether what is on the screen is not how it should be. */
  dirty = true;
  private frame = 0;

  constructor(
    private readonly tick: () => void,
    private readonly playing: () => boolean,
    private readonly scope: Scope,
  ) {
    scope.add(() => cancelAnimationFrame(this.frame));
  }

  /** Draw again in the next frame. */
  mark(): void {
    this.dirty = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.frame || this.scope.ended) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.tick();
      if (this.playing()) this.schedule();
    });
  }
}
