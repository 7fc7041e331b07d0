/** The keyboard of editor and review: keys reach the page never, text fields keep theirs, `?` shows them all. */
import type { KeyMap } from "./editing/key_map";
import type { KeyPress } from "./editing/key_press";
import { outOfWindow } from "./panels/window_part";
import type { Scope } from "./scope";

/** Something over the editor that takes every key while it is there. */
export interface Modal {
  root: HTMLElement;
  focus(): void;
  press(event: KeyboardEvent): void;
}

export interface KeyboardPorts {
  review: boolean;
  keys(): KeyMap;
  act(action: string, press: KeyPress): void;
  /** A key that means nothing by itself; true when it was taken. */
  other(press: KeyPress): boolean;
  released?(code: string): void;
  escape(): void;
  /** Show the overlay of keys. */
  help(): void;
}

/** Actions that also work while a text is being typed. */
const WHILE_TYPING = new Set(["submit"]);
/** Actions that a button which has the focus keeps: Space and Enter press it. */
const OF_A_BUTTON = new Set([" ", "Enter"]);
const OF_A_SLIDER = /^(Arrow|Home|End|Page)/;

export class Keyboard {
  private modal: Modal | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly ports: KeyboardPorts,
    scope: Scope,
  ) {
    scope.on(root, "keydown", (event) => this.press(event));
    scope.on(root, "keyup", (event) => this.ports.released?.(event.code));
    // After a choice from a list, single keys mean the editor again.
    scope.on(root, "change", (event) => {
      if (event.target instanceof HTMLSelectElement) this.focus();
    });
    scope.add(() => this.modal?.root.remove());
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
    if (this.modal) this.close();
    else this.ports.help();
  }

  /** Show something over the editor until it closes itself. */
  show(make: (close: () => void) => Modal): void {
    this.open(make(() => this.close()));
  }

  private open(modal: Modal): void {
    this.modal?.root.remove();
    this.modal = modal;
    const { above, below } = outOfWindow(this.root);
    modal.root.style.setProperty("--above", `${above}px`);
    modal.root.style.setProperty("--below", `${below}px`);
    this.root.append(modal.root);
    modal.focus();
  }

  private close(): void {
    this.modal?.root.remove();
    this.modal = null;
    this.focus();
  }

  /** What was just hidden or disabled loses the focus a moment later, and hears no keys. */
  private get hasFocus(): boolean {
    const active = (this.root.getRootNode() as Document | ShadowRoot).activeElement;
    return active !== null && this.root.contains(active) && !active.closest("[hidden]") && !active.matches(":disabled");
  }

  private press(event: KeyboardEvent): void {
    event.stopPropagation(); // Streamlit listens for bare keys on the page
    const target = event.composedPath()[0];
    const typing = isTyping(target, event);
    if (this.modal) return this.modal.press(event);
    if (event.defaultPrevented) return; // something inside has taken it: the grid of regions, the heads of lanes
    if (event.key === "Escape") {
      if (typing) this.focus();
      else this.ports.escape();
      return;
    }
    const action = this.ports.keys().action(event, this.ports.review);
    if (typing && !(action !== null && WHILE_TYPING.has(action) && !this.ports.review)) return;
    if (target instanceof HTMLButtonElement && OF_A_BUTTON.has(event.key) && !event.ctrlKey && !event.metaKey) return;
    if (action === "copy" && !(window.getSelection()?.isCollapsed ?? true)) return; // text that somebody marked
    if (action === "help") this.toggleHelp();
    else if (action !== null) this.ports.act(action, event);
    else if (!this.ports.other(event)) return;
    event.preventDefault();
  }
}

function isTyping(target: EventTarget | undefined, event: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "range") return OF_A_SLIDER.test(event.key) && !event.ctrlKey;
  if (target instanceof HTMLInputElement && (target.type === "checkbox" || target.type === "radio")) return event.key === " ";
  return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
