/** How long the annotator really worked: focused, with input or sound in the last minute; sent every quarter of a minute. */
import type { Api } from "./api";
import type { Scope } from "./scope";

const SEND_MS = 15_000;
const IDLE_MS = 60_000;

export class ActivityLog {
  private lastInput = performance.now();
  private lastTick = performance.now();
  private active = 0;
  private idle = 0;
  private paused = false;

  constructor(
    private readonly api: Api,
    private readonly task: string,
    private readonly client: string,
    private readonly playback: { takePlayed(): number; readonly playing: boolean },
    scope: Scope,
    root: HTMLElement,
    /** Told when counting pauses, and when it goes on. */
    private readonly idleChanged: (idle: boolean) => void,
  ) {
    api.activity(task, client, [{ kind: "opened", seconds: 0 }]);
    const input = (): void => {
      this.lastInput = performance.now();
      if (this.paused) this.pause(false);
    };
    for (const name of ["pointerdown", "pointermove", "keydown", "wheel"] as const) scope.on(root, name, input, { passive: true });
    scope.every(1000, () => this.tick());
    scope.every(SEND_MS, () => this.send([]));
    scope.onWindow("pagehide", () => this.send([{ kind: "closed", seconds: 0 }]));
    scope.add(() => this.send([{ kind: "closed", seconds: 0 }]));
  }

  private pause(paused: boolean): void {
    this.paused = paused;
    this.idleChanged(paused);
  }

  private tick(): void {
    const now = performance.now();
    const passed = Math.min(5, (now - this.lastTick) / 1000);
    this.lastTick = now;
    if (this.playback.playing) this.lastInput = now; // listening is work
    const idle = now - this.lastInput >= IDLE_MS;
    if (idle && !this.paused) this.pause(true);
    if (document.hasFocus() && !idle) this.active += passed;
    else this.idle += passed;
  }

  private send(more: { kind: string; seconds: number }[]): void {
    const played = this.playback.takePlayed();
    const events = [
      { kind: "active", seconds: this.active },
      { kind: "idle", seconds: this.idle },
      { kind: "played", seconds: played },
    ].filter((event) => event.seconds >= 0.05);
    this.active = this.idle = 0;
    if (events.length || more.length) {
      this.api.activity(
        this.task,
        this.client,
        [...events, ...more].map((event) => ({ ...event, seconds: Math.min(3600, Math.round(event.seconds * 1000) / 1000) })),
      );
    }
  }
}
