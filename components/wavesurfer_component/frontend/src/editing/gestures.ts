/** What the pointer does on lanes, waveform and spectrogram: mark regions and boxes, move them, pull edges, select, seek. */
import { pinching } from "../engine/pinch";
import type { Hit } from "../engine/lane_stack";
import type { Stage } from "../engine/stage";
import { rounded } from "../engine/time";
import type { Scope } from "../scope";
import { boxEdgeAt, bandOf } from "./box_edges";
import type { Region } from "./document";
import type { Band, Edits } from "./edits";
import { SHORTEST } from "./overlap";
import type { Snapping } from "./snapping";

export interface GesturePorts {
  editable(): boolean;
  /** Whether nothing in a lane can be changed. */
  locked(lane: string): boolean;
  isSelected(id: string): boolean;
  /** The lane of new regions, by its id. */
  activeLane(): string;
  /** Mark a region in a lane. */
  create(lane: string, start: number, end: number, band: Partial<Band>): void;
  /** Move what is selected by some seconds, and as far up or down as from one lane to the other. */
  move(from: string, to: string, by: number): void;
  /** Whether what is dragged may lie in a lane. */
  mayGoTo(lane: string): boolean;
  /** The color of a new region, or of the dragged one, where it is not that of the lane. */
  colorOf(id: string | null): string | undefined;
  /** Whether drags on the spectrogram mark boxes that are bounded in frequency. */
  boxMode(): boolean;
  select(id: string | null): void;
  toggle(id: string): void;
  selectAll(ids: readonly string[]): void;
  pressed(): void;
  playRegion(): void;
}

type Kind = "create" | "move" | "start" | "end" | "low" | "high" | "marquee";

interface Drag {
  kind: Kind;
  id: string | null;
  lane: number;
  from: number;
  /** Pixels from the top of the canvas. */
  fromY: number;
  moved: boolean;
  canvas: HTMLElement;
}

interface Placed extends Partial<Band> {
  start: number;
  end: number;
}

const DRAG_PIXELS = 4;
/** A finger that rests on a region for so long adds it to the selection (ms). */
const LONG_PRESS_MS = 500;

export class Gestures {
  private drag: Drag | null = null;
  private resting = 0;

  constructor(
    private readonly stage: Stage,
    private readonly edits: Edits,
    private readonly snapping: Snapping,
    private readonly ports: GesturePorts,
    scope: Scope,
  ) {
    const { lanesCanvas, waveCanvas, spectrogramCanvas } = stage;
    scope.on(lanesCanvas, "pointerdown", (event) => this.press(event, stage.stack.hit(event)));
    for (const canvas of [waveCanvas, spectrogramCanvas]) {
      scope.on(canvas, "pointerdown", (event) => {
        const lane = stage.lanes.findIndex((one) => one.label.id === ports.activeLane());
        this.press(event, { lane, time: stage.view.time(event.offsetX), drawn: null, edge: null });
      });
    }
    for (const canvas of [lanesCanvas, waveCanvas, spectrogramCanvas]) {
      scope.on(canvas, "pointermove", (event) => this.move(event));
      scope.on(canvas, "pointerup", (event) => this.release(event));
      scope.on(canvas, "pointercancel", () => this.cancel());
    }
    // What is selected is moved by a finger, also up and down; elsewhere a finger scrolls the lanes.
    const held = (event: TouchEvent): void => {
      const [finger, ...more] = event.touches;
      if (!finger || more.length || !ports.editable()) return;
      const { drawn } = stage.stack.hit({ clientX: finger.clientX, clientY: finger.clientY, pointerType: "touch" });
      if (drawn && ports.isSelected(drawn.id)) event.preventDefault();
    };
    scope.on(lanesCanvas, "touchstart", held, { passive: false });
    scope.add(() => window.clearTimeout(this.resting));
    const pinched = { began: () => this.cancel(), moved: () => stage.mark() };
    pinching([lanesCanvas, waveCanvas, spectrogramCanvas], stage.view, pinched, scope);
    scope.on(lanesCanvas, "dblclick", () => ports.playRegion());
  }

  get active(): boolean {
    return this.drag !== null;
  }

  /** Leave everything as it was before the drag. */
  cancel(): void {
    this.drag = null;
    window.clearTimeout(this.resting);
    this.snapping.release();
    this.stage.ghost = null;
    this.stage.marquee = null;
    this.stage.mark();
  }

  private press(event: PointerEvent, hit: Hit): void {
    if (event.button !== 0 || !event.isPrimary) return;
    this.ports.pressed();
    const canvas = event.currentTarget as HTMLElement;
    canvas.setPointerCapture(event.pointerId);
    this.drag = {
      kind: this.kindOf(event, hit, canvas),
      id: hit.drawn?.id ?? null,
      lane: hit.lane,
      from: hit.time,
      fromY: event.offsetY,
      moved: false,
      canvas,
    };
    const box = this.drag.kind === "low" || this.drag.kind === "high" || (canvas === this.stage.spectrogramCanvas && this.drag.kind !== "create");
    if (box) this.drag.id = this.edits.selected?.id ?? null;
    const { id } = this.drag;
    if (event.pointerType !== "touch" || canvas !== this.stage.lanesCanvas || id === null) return;
    window.clearTimeout(this.resting);
    this.resting = window.setTimeout(() => {
      if (this.drag?.id !== id || this.drag.moved) return;
      this.cancel(); // lifting the finger does nothing more
      this.ports.toggle(id);
    }, LONG_PRESS_MS);
  }

  private kindOf(event: PointerEvent, hit: Hit, canvas: HTMLElement): Kind {
    if (event.altKey || !this.ports.editable()) return "create";
    if (canvas === this.stage.lanesCanvas && event.shiftKey) return "marquee";
    if (canvas === this.stage.spectrogramCanvas) return boxEdgeAt(this.stage, this.edits.selected, event) ?? "create";
    if (hit.drawn === null || !this.ports.isSelected(hit.drawn.id)) return "create";
    return hit.edge ?? "move";
  }

  private move(event: PointerEvent): void {
    const drag = this.drag;
    if (!drag) return this.showCursor(event);
    const time = this.timeOf(event);
    const far = Math.abs(time - drag.from) >= DRAG_PIXELS * this.stage.view.secondsPerPixel || Math.abs(event.offsetY - drag.fromY) >= 2 * DRAG_PIXELS;
    if (!drag.moved && !far) return;
    drag.moved = true;
    if (drag.kind === "marquee") this.stage.marquee = { from: drag.from, to: time, top: Math.min(drag.fromY, event.offsetY), bottom: Math.max(drag.fromY, event.offsetY) };
    else {
      const locked = this.ports.locked(this.idOf(drag.lane));
      const placed = this.ports.editable() && drag.lane >= 0 && !locked ? this.placed(drag, time, event) : null;
      const color = this.ports.colorOf(drag.kind === "create" ? null : drag.id);
      const ghost = placed && { lane: this.target(drag, event), start: placed.start, end: placed.end, low: placed.low ?? null, high: placed.high ?? null };
      this.stage.ghost = ghost && (color ? { ...ghost, color } : ghost);
    }
    this.stage.mark();
  }

  private release(event: PointerEvent): void {
    const drag = this.drag;
    const placed = drag?.moved && this.ports.editable() && drag.lane >= 0 && drag.kind !== "marquee" ? this.placed(drag, this.timeOf(event), event) : null;
    const marquee = this.stage.marquee;
    const target = drag ? this.target(drag, event) : -1;
    this.cancel();
    if (!drag) return;
    if (!drag.moved) return this.click(drag, event);
    if (marquee) return this.ports.selectAll(this.stage.stack.within(marquee));
    if (!placed) return;
    const { start, end, low, high } = placed;
    const region = this.edits.grabbed(drag.id);
    if (drag.kind === "create") this.ports.create(this.idOf(drag.lane), start, end, { low: low ?? null, high: high ?? null });
    else if (!region) return;
    else if (drag.kind === "move") this.ports.move(this.idOf(drag.lane), this.idOf(target), start - region.start);
    else if (drag.kind === "low" || drag.kind === "high") this.edits.changeBand(region, { [drag.kind]: placed[drag.kind] ?? null });
    else {
      this.edits.lastEdge = drag.kind as "start" | "end";
      this.edits.change(region, { start, end });
    }
  }

  private click(drag: Drag, event: PointerEvent): void {
    const time = this.timeOf(event);
    if (drag.canvas !== this.stage.lanesCanvas) return this.stage.playback.seek(time); // the selection stays, for example to be split there
    if (drag.id !== null && (event.ctrlKey || event.metaKey || event.shiftKey)) return this.ports.toggle(drag.id);
    this.ports.select(drag.id);
    if (drag.id === null) this.stage.playback.seek(time);
  }

  /** Where the dragged region would be; null when it has gone (deleted by key, or in another tab). */
  private placed(drag: Drag, time: number, event: PointerEvent): Placed | null {
    const suspended = event.ctrlKey || event.metaKey;
    const perPixel = this.stage.view.secondsPerPixel;
    const moving = new Set(drag.kind === "move" ? this.edits.chosen.map((one) => one.id) : drag.id === null ? [] : [drag.id]);
    const snapped = (seconds: number): number => rounded(this.snapping.snapped(seconds, perPixel, suspended, moving));
    if (drag.kind === "create") {
      const from = snapped(drag.from);
      const to = snapped(time);
      const boxed = drag.canvas === this.stage.spectrogramCanvas && this.ports.boxMode();
      return { start: Math.min(from, to), end: Math.max(from, to), ...(boxed ? bandOf(this.stage, drag.fromY, event.offsetY) : {}) };
    }
    const region: Region | null = this.edits.grabbed(drag.id);
    if (!region) return null;
    const band = { low: region.low ?? null, high: region.high ?? null };
    if (drag.kind === "low" || drag.kind === "high") return { start: region.start, end: region.end, ...band, [drag.kind]: this.stage.frequencyAt(event.offsetY) };
    if (drag.kind === "start") return { start: Math.min(snapped(time), region.end - SHORTEST), end: region.end, ...band };
    if (drag.kind === "end") return { start: region.start, end: Math.max(snapped(time), region.start + SHORTEST), ...band };
    const upright = this.target(drag, event) !== drag.lane && Math.abs(time - drag.from) < DRAG_PIXELS * perPixel;
    if (upright) return { start: region.start, end: region.end, ...band };
    let by = this.edits.sharedShift(this.edits.chosen, time - drag.from);
    by += this.snapping.shift(region.start + by, region.end + by, perPixel, suspended, moving);
    by = this.edits.sharedShift(this.edits.chosen, by);
    return { start: rounded(region.start + by), end: rounded(region.end + by), ...band };
  }

  /** The lane that what is dragged would lie in. */
  private target(drag: Drag, event: PointerEvent): number {
    if (drag.kind !== "move" || drag.canvas !== this.stage.lanesCanvas) return drag.lane;
    const { lane } = this.stage.stack.hit(event);
    const to = this.idOf(lane);
    return this.ports.mayGoTo(to) && !this.ports.locked(to) ? lane : drag.lane;
  }

  private idOf(lane: number): string {
    return this.stage.lanes[lane]?.label.id ?? "";
  }

  private timeOf(event: PointerEvent): number {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return this.stage.clamp(this.stage.view.time(event.clientX - box.left));
  }

  private showCursor(event: PointerEvent): void {
    if (event.currentTarget === this.stage.spectrogramCanvas) {
      const edge = this.ports.editable() ? boxEdgeAt(this.stage, this.edits.selected, event) : null;
      this.stage.spectrogramCanvas.style.cursor = edge === null ? "crosshair" : edge === "low" || edge === "high" ? "ns-resize" : edge === "move" ? "grab" : "ew-resize";
      return;
    }
    const hit = event.currentTarget === this.stage.lanesCanvas ? this.stage.stack.hit(event) : null;
    const locked = this.ports.locked(this.stage.lanes[hit?.lane ?? -1]?.label.id ?? "");
    const own = hit?.drawn && this.ports.isSelected(hit.drawn.id) && this.ports.editable() && !locked;
    this.stage.lanesCanvas.style.cursor = own ? (hit.edge ? "ew-resize" : "grab") : hit?.drawn ? "pointer" : locked ? "not-allowed" : "crosshair";
  }
}
