/** What the pointer does on lanes, waveform and spectrogram: mark regions and boxes, move them, pull edges, select, seek. */
import { pinching } from "../engine/pinch";
import type { Hit } from "../engine/lane_stack";
import type { Stage } from "../engine/stage";
import type { SelectedSpan } from "../engine/stage_ports";
import type { Scope } from "../scope";
import { type BoxPart, partAt } from "./box_edges";
import { boxesUnder, nextUnder, point } from "./box_pointing";
import { besideEdge, type Drag, type DragKind, DRAG_PIXELS, type DragParts, placedBy } from "./drag";
import { hold } from "./early_pointer";
import type { Band, Edits } from "./edits";
import type { Snapping } from "./snapping";

export interface GesturePorts {
  editable(): boolean;
  /** Whether nothing in a lane can be changed. */
  locked(lane: string): boolean;
  isSelected(id: string): boolean;
  /** The selected region as it is drawn. */
  span(): SelectedSpan | null;
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
  /** Whether taps add to the selection. */
  several(): boolean;
  selectAll(ids: readonly string[]): void;
  pressed(): void;
  playRegion(): void;
}

const CURSORS: Record<BoxPart, string> = { start: "ew-resize", end: "ew-resize", low: "ns-resize", high: "ns-resize", move: "grab" };
/** A finger that rests on a region for so long adds it to the selection (ms). */
const LONG_PRESS_MS = 500;

export class Gestures {
  private drag: Drag | null = null;
  private resting = 0;
  private readonly parts: DragParts;

  constructor(
    private readonly stage: Stage,
    private readonly edits: Edits,
    private readonly snapping: Snapping,
    private readonly ports: GesturePorts,
    scope: Scope,
  ) {
    this.parts = { stage, edits, snapping, boxMode: () => ports.boxMode() };
    const { lanesCanvas, waveCanvas, spectrogramCanvas } = stage;
    scope.on(lanesCanvas, "pointerdown", (event) => this.press(event, stage.stack.hit(event)));
    for (const canvas of [waveCanvas, spectrogramCanvas]) scope.on(canvas, "pointerdown", (event) => this.pressSound(event));
    scope.on(spectrogramCanvas, "pointerleave", () => point(stage, null));
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
    // A finger on a handle of the waveform pulls it; elsewhere it scrolls the page up and down.
    const pulled = (event: TouchEvent): void => {
      if (this.drag && this.drag.canvas === waveCanvas && this.drag.kind !== "create") event.preventDefault();
    };
    scope.on(waveCanvas, "touchstart", pulled, { passive: false });
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
    const id = hit.drawn?.id ?? null;
    if (!this.begin(event, this.kindOf(event, hit), id, hit.lane) || event.pointerType !== "touch" || id === null) return;
    window.clearTimeout(this.resting);
    this.resting = window.setTimeout(() => {
      if (this.drag?.id !== id || this.drag.moved) return;
      this.cancel(); // lifting the finger does nothing more
      this.ports.toggle(id);
    }, LONG_PRESS_MS);
  }

  /** On waveform and spectrogram: what is selected is pulled, elsewhere something new is marked. */
  private pressSound(event: PointerEvent): void {
    const part = this.partAt(event);
    const id = part && (this.edits.selected?.id ?? null);
    const active = this.stage.lanes.findIndex((one) => one.label.id === this.ports.activeLane());
    this.begin(event, part ?? "create", id, id === null ? active : this.stage.laneOfSelected(id));
  }

  private begin(event: PointerEvent, kind: DragKind, id: string | null, lane: number): boolean {
    if (event.button !== 0 || !event.isPrimary) return false;
    this.ports.pressed();
    const canvas = event.currentTarget as HTMLElement;
    hold(canvas, event.pointerId);
    const drag = { kind, id, lane, from: this.timeOf(event), fromY: event.offsetY, moved: false, canvas };
    this.drag = { ...drag, beside: besideEdge(this.parts, drag) };
    return true;
  }

  private kindOf(event: PointerEvent, hit: Hit): DragKind {
    if (event.altKey || !this.ports.editable()) return "create";
    if (event.shiftKey) return "marquee";
    if (hit.drawn === null || !this.ports.isSelected(hit.drawn.id)) return "create";
    return hit.edge ?? "move";
  }

  private partAt(event: PointerEvent): BoxPart | null {
    return event.altKey ? null : partAt(this.stage, this.ports.span(), event);
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
      const placed = this.ports.editable() && drag.lane >= 0 && !locked ? placedBy(this.parts, drag, time, this.target(drag, event), event) : null;
      const color = this.ports.colorOf(drag.kind === "create" ? null : drag.id);
      const ghost = placed && { lane: this.target(drag, event), start: placed.start, end: placed.end, low: placed.low ?? null, high: placed.high ?? null };
      this.stage.ghost = ghost && (color ? { ...ghost, color } : ghost);
    }
    this.stage.mark();
  }

  private release(event: PointerEvent): void {
    const drag = this.drag;
    const placed = drag?.moved && this.ports.editable() && drag.lane >= 0 && drag.kind !== "marquee" ? placedBy(this.parts, drag, this.timeOf(event), this.target(drag, event), event) : null;
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
      this.edits.moves.lastEdge = drag.kind as "start" | "end";
      this.edits.change(region, { start, end });
    }
  }

  private click(drag: Drag, event: PointerEvent): void {
    const time = this.timeOf(event);
    const adds = event.ctrlKey || event.metaKey || event.shiftKey;
    if (drag.canvas !== this.stage.lanesCanvas) return this.clickSound(event, time, adds || this.ports.several());
    if (drag.id !== null && adds) return this.ports.toggle(drag.id);
    this.ports.select(drag.id);
    if (drag.id === null) this.stage.playback.seek(time);
  }

  /** Boxes are selected; elsewhere, and in the only box there when it is selected, the playhead goes there and the selection stays, for example to be split. */
  private clickSound(event: PointerEvent, time: number, adds: boolean): void {
    const boxes = boxesUnder(this.stage, event);
    const next = nextUnder(boxes, this.edits.selected?.id ?? null);
    if (boxes[0] && adds) return this.ports.toggle(boxes[0].id);
    if (!next || (boxes.length === 1 && this.ports.isSelected(next.id))) return this.stage.playback.seek(time);
    this.ports.select(next.id);
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
    const { stage } = this;
    const canvas = event.currentTarget as HTMLElement;
    if (canvas !== stage.lanesCanvas) {
      const part = this.partAt(event);
      const next = nextUnder(boxesUnder(stage, event), this.edits.selected?.id ?? null);
      point(stage, next?.id ?? null);
      canvas.style.cursor = part ? CURSORS[part] : next ? "pointer" : "crosshair";
      return;
    }
    const hit = stage.stack.hit(event);
    const locked = this.ports.locked(this.idOf(hit.lane));
    const own = hit.drawn && this.ports.isSelected(hit.drawn.id) && this.ports.editable() && !locked;
    canvas.style.cursor = own ? (hit.edge ? "ew-resize" : "grab") : hit.drawn ? "pointer" : locked ? "not-allowed" : "crosshair";
  }
}
