/** Messages that are neither about saving nor about the state of the annotation. */
import { el } from "../dom";
import type { Scope } from "../scope";
import { outOfWindow } from "./window_part";

/** A line that tells about something for a while, then hides again. */
export class Notice {
  readonly root = el("div", { class: "notice", role: "alert", hidden: true });
  private timer = 0;
  private shown = 0;

  constructor(scope: Scope) {
    scope.add(() => window.clearTimeout(this.timer));
    scope.onWindow("scroll", () => this.place(), true);
  }

  /** Returns what hides this very message again. */
  show(text: string, milliseconds = 12_000): () => void {
    window.clearTimeout(this.timer);
    this.root.textContent = text;
    this.root.hidden = false;
    this.place();
    const number = ++this.shown;
    const hide = (): void => {
      if (number === this.shown) this.root.hidden = true;
    };
    this.timer = window.setTimeout(hide, milliseconds);
    return hide;
  }

  /** At the lower edge of what is seen of the editor, which may be higher than the window. */
  private place(): void {
    this.root.style.bottom = `${14 + outOfWindow(this.root.parentElement!).below}px`;
  }
}
