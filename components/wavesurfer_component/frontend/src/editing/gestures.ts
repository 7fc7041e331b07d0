/** What the pointer does on lanes and waveform: draw a region, move it, pull its edges, select it, seek. */
import type { Hit, Stage } from "../engine/stage";
import { rounded } from "../engine/time";
import type { Scope } from "../scope";
import type { Region } from "./document";
import { type Edits, SHORTEST } from "./edits";

export interface GesturePorts {
  editable(): boolean;
  selectedId(): string | null;
  activeLabel(): string;
  select(id: string | null): void;
  pressed(): void;
  playRegion(): void;
}

interface Drag {
  kind: "create" | "move" | "start" | "end";
  id: string | null;
  lane: number;
  label: string;
  from: number;
  moved: boolean;
  onWave: boolean;
}

const DRAG_PIXELS = 4;

export class Gestures {
  private drag: Drag | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly edits: Edits,
    private readonly ports: GesturePorts,
    scope: Scope,
  ) {
    const lanes = stage.lanesCanvas;
    scope.on(lanes, "pointerdown", (event) => this.press(event, stage.hit(event)));
    const wave = stage.waveCanvas;
    scope.on(wave, "pointerdown", (event) => {
      const lane = stage.lanes.findIndex((one) => one.label.id === ports.activeLabel());
      this.press(event, { lane, time: stage.view.time(event.offsetX), drawn: null, edge: null });
    });
    scope.on(stage.spectrogramCanvas, "pointerdown", (event) => {
      const lane = stage.lanes.findIndex((one) => one.label.id === ports.activeLabel());
      this.press(event, { lane, time: stage.view.time(event.offsetX), drawn: null, edge: null });
    });
    for (const canvas of [lanes, wave, stage.spectrogramCanvas]) {
      scope.on(canvas, "pointermove", (event) => this.move(event));
      scope.on(canvas, "pointerup", (event) => this.release(event));
      scope.on(canvas, "pointercancel", () => this.cancel());
    }
    scope.on(lanes, "dblclick", () => ports.playRegion());
  }

  get active(): boolean {
    return this.drag !== null;
  }

  /** Leave everything as it was before the drag. */
  cancel(): void {
    this.drag = null;
    this.stage.ghost = null;
    this.stage.mark();
  }

  private press(event: PointerEvent, hit: Hit): void {
    if (event.button !== 0) return;
    this.ports.pressed();
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const grabs = hit.drawn !== null && hit.drawn.id === this.ports.selectedId() && !event.altKey && this.ports.editable();
    this.drag = {
      kind: grabs ? (hit.edge ?? "move") : "create",
      id: hit.drawn?.id ?? null,
      lane: hit.lane,
      label: this.stage.lanes[hit.lane]?.label.id ?? "",
      from: hit.time,
      moved: false,
      onWave: event.currentTarget !== this.stage.lanesCanvas,
    };
  }

  private move(event: PointerEvent): void {
    const drag = this.drag;
    if (!drag) return this.showCursor(event);
    const time = this.timeOf(event);
    if (!drag.moved && Math.abs(time - drag.from) < DRAG_PIXELS * this.stage.view.secondsPerPixel) return;
    drag.moved = true;
    const span = this.ports.editable() && drag.lane >= 0 ? this.spanOf(drag, time) : null;
    this.stage.ghost = span && { lane: drag.lane, ...span };
    this.stage.mark();
  }

  private release(event: PointerEvent): void {
    const drag = this.drag;
    this.cancel();
    if (!drag) return;
    const time = this.timeOf(event);
    if (!drag.moved) {
      if (drag.onWave) return this.stage.playback.seek(time); // the selection stays, for example to be split there
      this.ports.select(drag.id);
      if (drag.id === null) this.stage.playback.seek(time);
      return;
    }
    const span = this.ports.editable() && drag.lane >= 0 ? this.spanOf(drag, time) : null;
    if (!span) return;
    if (drag.kind === "create") this.edits.create(drag.label, span.start, span.end);
    else this.edits.change(this.edits.grabbed(drag.id)!, span);
  }

  /** Where the dragged region would be; null when it has gone (deleted by key, or in another tab). */
  private spanOf(drag: Drag, time: number): { start: number; end: number } | null {
    if (drag.kind === "create") return { start: rounded(Math.min(drag.from, time)), end: rounded(Math.max(drag.from, time)) };
    const region: Region | null = this.edits.grabbed(drag.id);
    if (!region) return null;
    if (drag.kind === "start") return { start: rounded(Math.min(time, region.end - SHORTEST)), end: region.end };
    if (drag.kind === "end") return { start: region.start, end: rounded(Math.max(time, region.start + SHORTEST)) };
    const length = region.end - region.start;
    const { first, last } = this.stage.view;
    const start = Math.min(Math.max(region.start + time - drag.from, first), last - length);
    return { start: rounded(start), end: rounded(start + length) };
  }

  private timeOf(event: PointerEvent): number {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return this.stage.clamp(this.stage.view.time(event.clientX - box.left));
  }

  private showCursor(event: PointerEvent): void {
    const hit = event.currentTarget === this.stage.lanesCanvas ? this.stage.hit(event) : null;
    const own = hit?.drawn && hit.drawn.id === this.ports.selectedId() && this.ports.editable();
    this.stage.lanesCanvas.style.cursor = own ? (hit.edge ? "ew-resize" : "grab") : hit?.drawn ? "pointer" : "crosshair";
  }
}
