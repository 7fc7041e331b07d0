/** What two sides changed at the same time, one below the other, to choose from: beside the stage, all with the keyboard. */
import type { Label } from "../api/answers";
import { el, kbd } from "../dom";
import { chosen, type Conflict, type Side, spanOf } from "../editing/conflicts";
import { differences, titleOf } from "../editing/differences";
import type { Items, Region } from "../editing/document";
import { clock } from "../engine/time";
import { plural, t } from "../i18n";
import type { Modal } from "../keyboard";
import { keepInside } from "./dialog";

export interface ConflictViewPorts {
  conflicts: readonly Conflict[];
  /** Who the other side is. */
  who: string;
  present(): Items;
  label(id: string): Label;
  /** Whether this person sees no scores of models. */
  hidesScores(): boolean;
  editable(): boolean;
  take(conflicts: readonly Conflict[], side: Side): void;
  undo(): void;
  redo(): void;
  /** Show it on the stage. */
  go(conflict: Conflict): void;
  play(conflict: Conflict): void;
  close(): void;
}

export function conflictView(ports: ConflictViewPorts): Modal {
  const { conflicts, who } = ports;
  const rows = conflicts.map((conflict) => new Row(conflict, ports, () => refresh()));
  const list = el("div", { class: "conflicts" }, ...rows.map((row) => row.root));
  let at = 0;
  const go = (to: number): void => {
    at = Math.min(Math.max(to, 0), rows.length - 1);
    rows.forEach((row, number) => row.current(number === at));
    rows[at]!.root.focus();
    ports.go(conflicts[at]!);
  };
  const all = (side: Side): void => {
    ports.take(conflicts, side);
    refresh();
  };
  const refresh = (): void => rows.forEach((row) => row.refresh());
  rows.forEach((row, number) => row.root.addEventListener("click", (event) => {
    if (!(event.target as HTMLElement).closest("button")) go(number);
  }));
  const ours = el("button", { type: "button", onclick: () => all("ours") }, t("Keep all mine"), kbd("⇧M"));
  const theirs = el("button", { type: "button", onclick: () => all("theirs") }, t("Take all theirs"), kbd("⇧T"));
  const close = el("button", { type: "button", onclick: () => ports.close() }, t("Close"), kbd(t("key|Esc")));
  ours.disabled = theirs.disabled = !ports.editable();
  const title = plural(conflicts.length, "{count} item that both changed", "{count} items that both changed");
  const panel = el(
    "div",
    { class: "overlay-panel conflict-panel", role: "dialog", "aria-modal": true, "aria-label": t("Compare with {who}", { who }), tabindex: -1 },
    el("div", { class: "overlay-head" }, el("h3", {}, title), close),
    el("p", { class: "muted small" }, t("Yours is saved unless you take theirs; Ctrl+Z takes a choice back. Arrow keys move, Space plays, Enter goes there.")),
    list,
    el("div", { class: "overlay-foot" }, ours, theirs),
  );
  const root = el("div", { class: "overlay beside" }, panel);
  root.addEventListener("click", (event) => {
    if (event.target === root) ports.close();
  });
  const choose = (side: Side, every: boolean): void => {
    if (!ports.editable()) return;
    if (every) all(side);
    else rows[at]!.take(side);
  };
  const act = (event: KeyboardEvent): boolean => {
    const onButton = event.composedPath()[0] instanceof HTMLButtonElement;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) {
      if (key !== "z" || !ports.editable()) return false;
      if (event.shiftKey) ports.redo();
      else ports.undo();
      refresh();
      return true;
    }
    if (key === "Escape") ports.close();
    else if (key === "ArrowDown") go(at + 1);
    else if (key === "ArrowUp") go(at - 1);
    else if (key === "Home") go(0);
    else if (key === "End") go(rows.length - 1);
    else if (key === "m") choose("ours", event.shiftKey);
    else if (key === "t") choose("theirs", event.shiftKey);
    else if (onButton) return false; // Space and Enter press it
    else if (key === " ") ports.play(conflicts[at]!);
    else if (key === "Enter") {
      ports.go(conflicts[at]!);
      ports.close();
    } else return false;
    return true;
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Tab") keepInside(panel, event);
    else if (act(event)) event.preventDefault();
  };
  return { root, focus: () => go(0), press };
}

/** One conflict: what it is, what each side did, and which of them the document has. */
class Row {
  readonly root: HTMLElement;
  private readonly state = el("span", { class: "conflict-now" });
  private readonly theirs: HTMLButtonElement;
  private readonly ours: HTMLButtonElement;
  private readonly about: string;

  constructor(
    private readonly conflict: Conflict,
    private readonly ports: ConflictViewPorts,
    private readonly changed: () => void,
  ) {
    const { label, who } = ports;
    const title = titleOf(conflict, label);
    const span = spanOf(conflict, true);
    const time = span ? (span.end > span.start ? `${clock(span.start)} – ${clock(span.end)}` : clock(span.start)) : "";
    const by = (side: Side): string => differences(conflict, side, label, ports.hidesScores()).join(", ");
    const [byThem, byUs] = [by("theirs"), by("ours")];
    this.about = t("{title} {time}. {who}: {theirs}. You: {ours}.", { title, time, who, theirs: byThem, ours: byUs });
    this.theirs = this.choice("theirs", t("Take theirs"), "T");
    this.ours = this.choice("ours", t("Keep mine"), "M");
    const swatch = el("i", { class: "swatch" });
    swatch.style.background = colorOf(conflict, label);
    this.root = el(
      "div",
      { class: "conflict", role: "group", tabindex: -1 },
      el("div", { class: "conflict-head" }, swatch, el("b", {}, title), el("span", { class: "number muted" }, time), this.state),
      el("div", { class: "conflict-side" }, el("span", { class: "muted" }, who), el("span", {}, byThem), this.theirs),
      el("div", { class: "conflict-side" }, el("span", { class: "muted" }, t("You")), el("span", {}, byUs), this.ours),
    );
    this.refresh();
  }

  /** The one that the arrow keys have reached. */
  current(is: boolean): void {
    this.root.tabIndex = is ? 0 : -1;
    this.root.classList.toggle("current", is);
  }

  take(side: Side): void {
    this.ports.take([this.conflict], side);
    this.changed();
  }

  refresh(): void {
    const side = chosen(this.conflict, this.ports.present());
    this.state.textContent = side === "ours" ? t("Now: yours") : side === "theirs" ? t("Now: theirs") : t("Now: something else");
    this.root.setAttribute("aria-label", `${this.about} ${this.state.textContent}`);
    for (const [button, of] of [[this.theirs, "theirs"], [this.ours, "ours"]] as const) {
      button.setAttribute("aria-pressed", String(side === of));
      button.classList.toggle("chosen", side === of);
      button.disabled = !this.ports.editable();
    }
  }

  private choice(side: Side, text: string, key: string): HTMLButtonElement {
    return el("button", { type: "button", onclick: () => this.take(side) }, text, kbd(key));
  }
}

function colorOf({ items }: Conflict, label: (id: string) => Label): string {
  const { collection, id, ours, theirs, base } = items[0]!;
  const name = collection === "tags" ? id : ((base ?? ours ?? theirs) as Region).label;
  return name ? label(name).color : "transparent";
}
