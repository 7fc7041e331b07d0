/** What the browser's player plays: the recording, a copy when the browser refuses it as it is, and again after the connection broke. */
import type { Api } from "../api/api";
import { percent, t } from "../i18n";
import type { Scope } from "../scope";

const ASK_AGAIN_MS = 700;
/** After a broken connection it is tried again (ms). */
const LOST_MS = [500, 1000, 2000, 4000, 8000];

export class Source {
  private copying = "";
  private asked = false;
  private losses = 0;

  constructor(
    private readonly media: HTMLMediaElement,
    private readonly api: Api,
    private readonly task: string,
    private readonly scope: Scope,
    private readonly changed: () => void,
  ) {
    media.src = api.audio(task, false);
    scope.on(media, "error", () => void (media.error?.code === MediaError.MEDIA_ERR_NETWORK ? this.lost() : this.refused()));
    scope.on(media, "timeupdate", () => (this.losses = 0));
  }

  /** What keeps the recording from being played, and what is done about it. */
  get problem(): string | null {
    if (this.copying) return this.copying;
    return this.media.error ? t("The browser cannot play this recording. Check the connection and reload the page, or try another browser.") : null;
  }

  /** The connection broke off: try again, a little later each time, and go on from there. */
  private async lost(): Promise<void> {
    const wait = LOST_MS[this.losses++];
    this.changed();
    if (wait === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (!this.scope.ended) this.load(this.media.src);
  }

  /** Go on with this from where it is. */
  private load(address: string): void {
    const { currentTime, paused } = this.media;
    this.media.src = address;
    this.media.currentTime = currentTime;
    if (!paused) void this.media.play().catch(() => this.changed());
    this.changed();
  }

  /** The browser refuses the recording as it is: have a copy made that every browser plays, and go on with that. */
  private async refused(): Promise<void> {
    const code = this.media.error?.code;
    if (this.asked || (code !== MediaError.MEDIA_ERR_DECODE && code !== MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED)) return this.changed();
    this.asked = true;
    try {
      for (;;) {
        const { ready, progress } = await this.api.compatibleAudio(this.task);
        if (this.scope.ended) return;
        if (ready) break;
        this.copying = t("This browser cannot play the recording as it is; a copy that it can play is being made ({progress}).", { progress: percent(progress) });
        this.changed();
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      }
      this.load(this.api.audio(this.task, true));
    } catch {
      // what the media element says stands
    }
    this.copying = "";
    this.changed();
  }
}
