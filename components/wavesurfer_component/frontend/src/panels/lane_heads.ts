/** The heads of the lanes: color, name, key and count; and what can be done to a lane: lock it, hide it, hear it alone. */
import type { Label } from "../api/answers";
import { el, icon, kbd } from "../dom";
import type { LaneState } from "../editing/lane_states";
import { plural, t } from "../i18n";
import { tellingParts } from "./telling_names";

export interface LaneHead {
  label: Label;
  caption: string;
}

/** A head with its name in two parts, of which the second one always has room. */
interface NamedHead extends LaneHead {
  parts: [string, string];
}

export interface LaneHeadPorts {
  /** The key that picks the label; null when it has none. */
  keyOf(label: Label): string | null;
  is(state: LaneState, lane: string): boolean;
  toggle(state: LaneState, lane: string): void;
  /** What can be done to a lane. */
  offers(lane: string): readonly LaneState[];
  /** Give the keyboard back to the editor. */
  leave(): void;
}

/** Lower ones have no room for a second line. */
const TWO_LINES = 40;
const ICONS = { locked: "lock", hidden: "hide", solo: "solo" } as const;

export class LaneHeads {
  readonly root = el("div", { class: "lane-heads", role: "toolbar", "aria-orientation": "vertical", "aria-label": t("Lanes") });
  private heads: Head[] = [];
  /** The one that Tab leads to. */
  private current = { lane: 0, tool: 0 };

  constructor(private readonly ports: LaneHeadPorts | null) {
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.root.addEventListener("focusin", (event) => this.focused(event.target));
    this.root.addEventListener("click", (event) => this.unfold((event.target as HTMLElement).closest(".lane-more")));
  }

  /** For fingers, the buttons of one lane lie beside its head, large enough; none after a press on the same button again. */
  private unfold(more: Element | null): void {
    document.removeEventListener("pointerdown", this.elsewhere, true);
    for (const head of this.heads) {
      const unfolded = head.more !== null && head.more === more && !head.root.classList.contains("unfolded");
      head.root.classList.toggle("unfolded", unfolded);
      head.more?.setAttribute("aria-expanded", String(unfolded));
      if (unfolded) document.addEventListener("pointerdown", this.elsewhere, true);
    }
  }

  /** Wherever else a finger goes, what was unfolded for it folds again. */
  private readonly elsewhere = (event: Event): void => {
    if (!this.root.isConnected || !event.composedPath().includes(this.root)) this.unfold(null);
  };

  /** Show these lanes; what has the focus keeps it, as long as its lane is there. */
  set(lanes: readonly LaneHead[]): void {
    const had = this.heads.findIndex((head) => head.tools.some((tool) => tool.matches(":focus")));
    const lane = had < 0 ? null : this.heads[had]!.lane;
    const before = new Map(this.heads.map((head) => [head.state, head]));
    const parts = tellingParts(lanes.map(({ label }) => label.name));
    this.heads = lanes.map((given, place) => {
      const one: NamedHead = { ...given, parts: parts[place]! };
      const known = before.get(stateOf(one, this.ports));
      known?.count(one.caption);
      return known ?? makeHead(one, this.ports);
    });
    this.root.replaceChildren(...this.heads.map((head) => head.root));
    const again = this.heads.findIndex((head) => head.lane === lane);
    this.point(Math.max(0, again < 0 ? this.current.lane : again), this.current.tool, had >= 0);
  }

  setCount(lane: number, count: number): void {
    this.heads[lane]?.count(count ? String(count) : "");
  }

  setHeight(lane: number, pixels: number): void {
    const head = this.heads[lane]?.root;
    if (!head) return;
    head.style.height = `${pixels}px`;
    head.classList.toggle("low", pixels < TWO_LINES);
  }

  focus(): void {
    this.point(this.current.lane, this.current.tool, true);
  }

  private focused(target: EventTarget | null): void {
    this.heads.forEach((head, lane) => {
      const tool = head.tools.findIndex((one) => one === target);
      if (tool >= 0) this.point(lane, tool, false);
    });
  }

  /** Make a button the one that Tab leads to, and focus it if wanted. */
  private point(lane: number, tool: number, focus: boolean): void {
    const head = this.heads[Math.min(lane, this.heads.length - 1)];
    const chosen = head?.tools[Math.min(tool, head.tools.length - 1)] ?? this.heads.find((one) => one.tools.length)?.tools[0];
    this.current = { lane, tool };
    for (const one of this.heads) for (const button of one.tools) button.tabIndex = button === chosen ? 0 : -1;
    if (focus) chosen?.focus();
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { lane, tool } = this.current;
    const last = this.heads.length - 1;
    const to = { ArrowUp: [lane - 1, tool], ArrowDown: [lane + 1, tool], ArrowLeft: [lane, tool - 1], ArrowRight: [lane, tool + 1], Home: [0, tool], End: [last, tool] }[event.key];
    if (to) this.point(clamp(to[0]!, last), clamp(to[1]!, (this.heads[clamp(to[0]!, last)]?.tools.length ?? 1) - 1), true);
    else if (event.key === "Escape") {
      this.unfold(null);
      this.ports?.leave();
    }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

interface Head {
  lane: string;
  /** All that it shows besides the count. */
  state: string;
  root: HTMLElement;
  tools: HTMLButtonElement[];
  /** Only there for fingers. */
  more: HTMLButtonElement | null;
  count(text: string): void;
}

const STATES = ["locked", "hidden", "solo"] as const;

function stateOf({ label, parts }: NamedHead, ports: LaneHeadPorts | null): string {
  const { id, name, color } = label;
  return JSON.stringify([id, name, parts[1], color, ports?.keyOf(label), ports?.offers(id), STATES.map((state) => ports?.is(state, id))]);
}

function makeHead({ label, caption, parts }: NamedHead, ports: LaneHeadPorts | null): Head {
  const swatch = el("i", { class: "swatch" });
  swatch.style.background = label.color;
  const count = el("span", { class: "count" }, caption);
  const key = ports?.keyOf(label) ?? null;
  const tools = (ports?.offers(label.id) ?? []).map((state) => makeTool(state, label, ports!));
  const moreName = t("What can be done to the lane of {label}", { label: label.name });
  const more = tools.length ? el("button", { type: "button", class: "lane-more", tabindex: -1, title: moreName, "aria-label": moreName, "aria-expanded": false }, "⋯") : null;
  const root = el(
    "div",
    { class: "lane-head", role: "group", title: label.name },
    el("div", { class: "lane-name" }, swatch, el("b", {}, el("span", {}, parts[0]), parts[1] && el("span", { class: "telling" }, parts[1]))),
    el("div", { class: "lane-tools" }, key === null ? null : kbd(key), ...tools),
    count,
    more,
  );
  root.classList.toggle("wordy", !/^\d*$/.test(caption));
  for (const state of STATES) root.classList.toggle(state, ports?.is(state, label.id) ?? false);
  const describe = (): void => root.setAttribute("aria-label", spoken(label, count.textContent ?? "", key));
  describe();
  return {
    lane: label.id,
    state: stateOf({ label, caption, parts }, ports),
    root,
    tools,
    more,
    count: (text) => {
      if (count.textContent === text) return;
      count.textContent = text;
      describe();
    },
  };
}

function makeTool(state: LaneState, { id, name }: Label, ports: LaneHeadPorts): HTMLButtonElement {
  const on = ports.is(state, id);
  const says = {
    locked: on ? t("Unlock {label}", { label: name }) : t("Lock {label}: nothing in its lane can be changed", { label: name }),
    hidden: on ? t("Show {label}", { label: name }) : t("Hide {label}: its lane becomes a thin line", { label: name }),
    solo: on ? t("Hear everything again, not only {label}", { label: name }) : t("Hear only the regions of {label}, one after the other", { label: name }),
  }[state];
  const names = { locked: t("Lock {label}", { label: name }), hidden: t("Hide {label}", { label: name }), solo: t("Hear only {label}", { label: name }) };
  return el("button", { type: "button", class: `lane-tool ${state}`, tabindex: -1, title: says, "aria-label": names[state], "aria-pressed": on, onclick: () => ports.toggle(state, id) }, icon(ICONS[state]));
}

function spoken({ name }: Label, caption: string, key: string | null): string {
  const count = /^\d*$/.test(caption) ? plural(Number(caption), "{label}: {count} region", "{label}: {count} regions", { label: name }) : `${name}: ${caption}`;
  return key === null ? count : t("{lane}, key {key}", { lane: count, key });
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}
