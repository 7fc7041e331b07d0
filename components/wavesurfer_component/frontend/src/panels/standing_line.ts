/** A line above the bar that stays until what it says is over. It comes only while nothing is dragged: it moves the stage. */
import { el } from "../dom";
import type { Scope } from "../scope";

const LOOK_MS = 200;

export class StandingLine {
  readonly root: HTMLElement;
  private waiting: (() => void) | null = null;

  constructor(
    kind: "info" | "warn" | "bad-banner",
    /** Whether something is being dragged. */
    private readonly busy: () => boolean,
    scope: Scope,
  ) {
    this.root = el("div", { class: `banner standing ${kind}`, role: "status", hidden: true });
    scope.every(LOOK_MS, () => this.settle());
  }

  get shown(): boolean {
    return !this.root.hidden && this.waiting === null;
  }

  show(...children: (Node | string)[]): void {
    this.waiting = () => {
      this.root.replaceChildren(...children);
      this.root.hidden = false;
    };
    this.settle();
  }

  hide(): void {
    this.waiting = () => {
      this.root.hidden = true;
    };
    this.settle();
  }

  private settle(): void {
    if (!this.waiting || this.busy()) return;
    this.waiting();
    this.waiting = null;
  }
}
