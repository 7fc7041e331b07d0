/** Messages that are neither about saving nor about the state of the annotation. */
import { el } from "../dom";
import type { Scope } from "../scope";

/** A line that tells about something for a while, then hides again. */
export class Notice {
  readonly root = el("div", { class: "notice", role: "alert", hidden: true });
  private timer = 0;

  constructor(scope: Scope) {
    scope.add(() => window.clearTimeout(this.timer));
  }

  show(text: string, milliseconds = 12_000): void {
    window.clearTimeout(this.timer);
    this.root.textContent = text;
    this.root.hidden = false;
    this.timer = window.setTimeout(() => this.hide(), milliseconds);
  }

  hide(): void {
    this.root.hidden = true;
  }
}
