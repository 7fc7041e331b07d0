/** Small spectrograms around regions; those of one task share its tiles. */
import type { RegionToVerify } from "../api/answers";
import type { HttpApi } from "../api/http_api";
import { SpectrogramStore } from "../engine/spectrogram";
import { keptLook, type SpectrogramLook, shownRows } from "../engine/spectrogram_look";
import { prepare } from "../layers/canvas";
import { drawLevel } from "../layers/spectrogram";

export const WIDTH = 208;
export const HEIGHT = 96;
/** What is shown around a region at least (s), and as a part of it. */
const ROOM = 0.25;
const ROOM_OF_IT = 0.35;
const MOST_STORES = 24;

export class Pictures {
  private readonly stores = new Map<string, Promise<SpectrogramStore | null>>();
  /** By task what draws each canvas again. */
  private readonly drawn = new Map<string, Map<HTMLCanvasElement, () => void>>();
  private readonly look: SpectrogramLook = { ...keptLook(), height: HEIGHT };

  constructor(
    private readonly api: HttpApi,
    private readonly ended: () => boolean,
  ) {}

  /** Draw around a region; again whenever a tile of its recording has come. */
  draw(canvas: HTMLCanvasElement, item: RegionToVerify, color: string): void {
    void this.storeOf(item.task).then((store) => {
      if (this.ended() || !store) return;
      this.waiting(item.task).set(canvas, () => paint(canvas, store, item, this.look, color));
      paint(canvas, store, item, this.look, color);
    });
  }

  private waiting(task: string): Map<HTMLCanvasElement, () => void> {
    const present = this.drawn.get(task) ?? new Map<HTMLCanvasElement, () => void>();
    this.drawn.set(task, present);
    return present;
  }

  private storeOf(task: string): Promise<SpectrogramStore | null> {
    const present = this.stores.get(task);
    if (present) return present;
    const made = this.api.spectrogram(task).then(
      (about) => new SpectrogramStore(about, (level, tile, scale) => this.api.tile(task, level, tile, scale), () => this.came(task)),
      () => null, // without a picture it can still be heard
    );
    this.stores.set(task, made);
    for (const key of this.stores.keys()) {
      if (this.stores.size <= MOST_STORES) break;
      this.stores.delete(key);
      this.drawn.delete(key);
    }
    return made;
  }

  private came(task: string): void {
    if (this.ended()) return;
    for (const [canvas, again] of this.waiting(task)) {
      if (canvas.isConnected) again();
      else this.waiting(task).delete(canvas);
    }
  }
}

/** What is seen of the recording: the region with room around it. */
export function viewOf({ region, task_start, task_stop }: Pick<RegionToVerify, "region" | "task_start" | "task_stop">): { start: number; stop: number } {
  const room = Math.max(ROOM, ROOM_OF_IT * (region.end - region.start));
  return { start: Math.max(task_start, region.start - room), stop: Math.min(task_stop, region.end + room) };
}

function paint(canvas: HTMLCanvasElement, store: SpectrogramStore, item: RegionToVerify, look: SpectrogramLook, color: string): void {
  const context = prepare(canvas, WIDTH, HEIGHT);
  const { start, stop } = viewOf(item);
  const perPixel = (stop - start) / WIDTH;
  const view = { start, stop, width: WIDTH, x: (seconds: number) => (seconds - start) / perPixel };
  const rows = shownRows(store.about.scales[look.scale], look);
  const wanted = store.level(perPixel);
  for (let level = store.about.levels.length - 1; level >= wanted; level--) drawLevel(context, view, store, level, look, rows, level === wanted);
  context.fillStyle = "rgb(0 0 0 / 45%)"; // what lies outside the region
  const left = view.x(item.region.start);
  const right = view.x(item.region.end);
  context.fillRect(0, 0, left, HEIGHT);
  context.fillRect(right, 0, WIDTH - right, HEIGHT);
  context.fillStyle = color;
  context.fillRect(left, HEIGHT - 4, Math.max(2, right - left), 4);
}
