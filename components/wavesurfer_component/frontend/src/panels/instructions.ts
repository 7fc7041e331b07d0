/**
 * What the project asks of its annotators, beside the stage while they work. Shown at somebody's first task of a project, and again
 * when the text has changed; else as it was left.
 */
import { el } from "../dom";
import type { KeyValueStore } from "../editing/journals";
import { t } from "../i18n";
import { instructionsText } from "./instructions_text";

export interface InstructionsPanel {
  /** Hidden while it is closed. */
  root: HTMLElement;
  /** Whether there are any. */
  any: boolean;
  readonly open: boolean;
  /** Open it and go there, or close it; false when there are no instructions. */
  toggle(): boolean;
}

export interface InstructionsPorts {
  /** Where this browser remembers whose panel is open, and which text was shown. */
  memory: Pick<KeyValueStore, "getItem" | "setItem">;
  key: string;
  /** Give the keyboard back to the editor. */
  leave(): void;
  /** It was opened or closed. */
  changed(): void;
}

/** What the text itself does with keys: it is scrolled. */
const SCROLLS = /^(Arrow(Up|Down)|Page(Up|Down)|Home|End)$/;

export function instructionsPanel(text: string, ports: InstructionsPorts): InstructionsPanel {
  const any = text.trim() !== "";
  const memory = new InstructionsMemory(ports.memory, ports.key, text);
  let open = any && memory.opens;
  const body = el("div", { class: "instructions", tabindex: 0, role: "region", "aria-label": t("Instructions") }, ...(any ? instructionsText(text) : []));
  const close = el("button", { type: "button", class: "plain", "aria-label": t("Close the instructions"), title: t("Close the instructions"), onclick: () => toggle() }, "×");
  const root = el("section", { class: "panel instructions-panel" }, el("div", { class: "head-line" }, el("h3", {}, t("Instructions")), close), body);
  const show = (): void => {
    root.hidden = !open;
    if (any) memory.keep(open);
  };
  const toggle = (): boolean => {
    if (!any) return false;
    open = !open;
    show();
    ports.changed();
    if (open) body.focus();
    else ports.leave();
    return true;
  };
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      ports.leave();
      event.preventDefault();
    } else if (SCROLLS.test(event.key) && event.target === body && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation(); // not the editor's here
  });
  show();
  return { root, any, toggle, get open() { return open; } };
}

/** Which text somebody was shown, and whether they left it open. */
export class InstructionsMemory {
  readonly opens: boolean;
  private readonly shown: string;

  constructor(
    private readonly store: InstructionsPorts["memory"],
    private readonly key: string,
    text: string,
  ) {
    this.shown = fingerprint(text);
    const [shown, open] = (store.getItem(key) ?? "").split(" ");
    this.opens = shown !== this.shown || open === "open";
  }

  keep(open: boolean): void {
    this.store.setItem(this.key, `${this.shown} ${open ? "open" : "closed"}`);
  }
}

/** Another text has another one, nearly always (FNV-1a with 32 bits, and the length). */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `${text.length}-${(hash >>> 0).toString(36)}`;
}
