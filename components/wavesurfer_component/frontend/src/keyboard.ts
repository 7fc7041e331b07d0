/** The keyboard of editor and review: keys reach the page never, text fields keep theirs, `?` shows them all. */
import { actionOf, type KeyPress } from "./editing/keys";
import { keyOverlay } from "./panels/overlay";
import type { Scope } from "./scope";

export interface KeyboardPorts {
  review: boolean;
  act(action: string, press: KeyPress): void;
  /** A key that means nothing by itself; true when it was taken. */
  other(press: KeyPress): boolean;
  escape(): void;
}

/** Actions that also work while a text is being typed. */
const WHILE_TYPING = new Set(["submit"]);
const OF_A_SLIDER = /^(Arrow|Home|End|Page)/;

export class Keyboard {
  private overlay: HTMLElement | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly ports: KeyboardPorts,
    scope: Scope,
  ) {
    scope.on(root, "keydown", (event) => this.press(event));
    // After a choice from a list, single keys mean the editor again.
    scope.on(root, "change", (event) => {
      if (event.target instanceof HTMLSelectElement) this.focus();
    });
    scope.add(() => this.overlay?.remove());
  }

  focus(): void {
    this.root.focus({ preventScroll: true });
  }

  /** Run something that may rebuild what has the focus; the focus stays inside. */
  keepingFocus(draw: () => void): void {
    const had = this.hasFocus;
    draw();
    if (had && !this.hasFocus) this.focus();
  }

  toggleHelp(): void {
    if (this.overlay) {
      this.overlay.remove();
      this.overlay = null;
      this.focus();
      return;
    }
    this.overlay = keyOverlay(this.ports.review, () => this.toggleHelp());
    this.root.append(this.overlay);
    this.overlay.querySelector("button")?.focus();
  }

  private get hasFocus(): boolean {
    const active = (this.root.getRootNode() as Document | ShadowRoot).activeElement;
    return active !== null && this.root.contains(active);
  }

  private press(event: KeyboardEvent): void {
    event.stopPropagation(); // Streamlit listens for bare keys on the page
    const target = event.composedPath()[0];
    const typing = isTyping(target, event);
    if (this.overlay) return this.pressInHelp(event);
    if (event.key === "Escape") {
      if (typing) this.focus();
      else this.ports.escape();
      return;
    }
    const action = actionOf(event, this.ports.review);
    if (typing && !(action !== null && WHILE_TYPING.has(action) && !this.ports.review)) return;
    if (target instanceof HTMLButtonElement && (event.key === " " || event.key === "Enter") && !event.ctrlKey && !event.metaKey) return;
    if (action === "help") this.toggleHelp();
    else if (action !== null) this.ports.act(action, event);
    else if (!this.ports.other(event)) return;
    event.preventDefault();
  }

  /** The help is modal: Escape and `?` close it, Tab stays on its only button. */
  private pressInHelp(event: KeyboardEvent): void {
    if (event.key === "Escape" || event.key === "?") this.toggleHelp();
    if (event.key === "Tab" || event.key === "Escape" || event.key === "?") event.preventDefault();
  }
}

function isTyping(target: EventTarget | undefined, event: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "range") return OF_A_SLIDER.test(event.key) && !event.ctrlKey;
  return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
