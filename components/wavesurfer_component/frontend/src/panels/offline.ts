/** The line that says why something is not saved: where the server cannot be reached, also what happens to the work meanwhile. */
import { el } from "../dom";
import type { SaveState } from "../editing/saver";
import { plural, t } from "../i18n";
import type { Scope } from "../scope";
import { StandingLine } from "./standing_line";

export interface OfflinePorts {
  /** How many items wait to be saved. */
  waiting(): number;
  /** Try to save now. */
  hurry(): void;
  dragging(): boolean;
  say(text: string): void;
}

/** A connection that comes back sooner is not worth a word (ms). */
const GRACE_MS = 1000;

export class Offline {
  readonly line: StandingLine;
  private readonly text = el("span", {});
  private readonly again: HTMLElement;
  private timer = 0;
  private why = "";
  private kept = true;
  /** The server answered, and does not take it. */
  private refused = false;

  constructor(
    private readonly ports: OfflinePorts,
    scope: Scope,
  ) {
    this.line = new StandingLine("bad-banner", ports.dragging, scope);
    this.again = el("button", { type: "button", onclick: () => ports.hurry() }, t("Try now"));
    scope.onWindow("online", () => ports.hurry());
    scope.every(1000, () => this.update());
    scope.add(() => window.clearTimeout(this.timer));
  }

  /** How saving goes. */
  told(state: SaveState, detail: string): void {
    const refused = state === "refused" || state === "closed";
    if (refused || state === "offline" || state === "unkept") {
      this.why = detail.replace(/\.$/, "");
      this.kept = state !== "unkept";
      this.refused = this.again.hidden = refused;
      if (refused) this.show();
      else this.timer ||= window.setTimeout(() => this.show(), GRACE_MS);
    } else if (state !== "saving") this.over(state === "saved");
  }

  private show(): void {
    this.text.textContent = this.says();
    this.line.show(this.text, this.again);
  }

  /** Said again only when it is something else: a screen reader reads it. */
  private update(): void {
    const says = this.says();
    if (this.line.shown && this.text.textContent !== says) this.text.textContent = says;
  }

  private says(): string {
    const why = t("Not saved: {why}.", { why: this.why });
    if (this.refused) return why;
    const count = plural(this.ports.waiting(), "{count} change waits to be saved.", "{count} changes wait to be saved.");
    const kept = this.kept
      ? t("Go on working: everything is kept in this browser and saved when the server answers.")
      : t("This browser has no room to keep it, or may not: leave this tab open until it is saved.");
    return `${why} ${count} ${kept}`;
  }

  private over(saved: boolean): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    if (!this.line.shown) return;
    this.line.hide();
    if (saved && !this.refused) this.ports.say(t("The server answers again: all changes are saved"));
  }
}
