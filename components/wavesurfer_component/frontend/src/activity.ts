/** How long the annotator really worked: focused, with input or sound less than a minute apart; sent every quarter of a minute. */
import { ActiveTime } from "./active_time";
import type { Api } from "./api/api";
import type { Scope } from "./scope";

const SEND_MS = 15_000;

export class ActivityLog {
  private readonly time = new ActiveTime(performance.now());
  private paused = false;

  constructor(
    private readonly api: Pick<Api, "activity">,
    private readonly task: string,
    private readonly client: string,
    private readonly playback: { takePlayed(): number; readonly playing: boolean },
    scope: Scope,
    root: HTMLElement,
    /** Told when counting pauses, and when it goes on. */
    private readonly idleChanged: (idle: boolean) => void,
  ) {
    api.activity(task, client, [{ kind: "opened", seconds: 0 }]);
    for (const name of ["pointerdown", "pointermove", "keydown", "wheel"] as const) scope.on(root, name, () => this.sign(), { passive: true });
    scope.every(1000, () => this.tick());
    scope.every(SEND_MS, () => this.send([]));
    scope.onWindow("pagehide", () => this.end());
    scope.add(() => this.end());
  }

  private sign(): void {
    this.time.sign(performance.now(), document.hasFocus());
    this.tell();
  }

  private tick(): void {
    if (this.playback.playing) return this.sign(); // listening is work
    this.time.pass(performance.now(), document.hasFocus());
    this.tell();
  }

  private tell(): void {
    if (this.paused === this.time.stopped) return;
    this.paused = this.time.stopped;
    this.idleChanged(this.paused);
  }

  private end(): void {
    this.time.close();
    this.send([{ kind: "closed", seconds: 0 }]);
  }

  private send(more: { kind: string; seconds: number }[]): void {
    const { active, idle } = this.time.take();
    const events = [
      { kind: "active", seconds: active },
      { kind: "idle", seconds: idle },
      { kind: "played", seconds: this.playback.takePlayed() },
    ].filter((event) => event.seconds >= 0.05);
    if (events.length || more.length) {
      this.api.activity(
        this.task,
        this.client,
        [...events, ...more].map((event) => ({ ...event, seconds: Math.min(3600, Math.round(event.seconds * 1000) / 1000) })),
      );
    }
  }
}
