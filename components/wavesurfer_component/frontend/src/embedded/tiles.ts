/** Spectrogram tiles without a server: close levels are made here from the samples, the others come in one file. */
import type { Scale, SpectrogramDescription, TileData } from "../engine/spectrogram";
import type { Scope } from "../scope";
import { workerOf } from "../worker_of";
import { fetchRange } from "./files";
import { reach } from "./spectra";
import workerSource from "./spectrogram_worker.ts?bundled";
import type { TileAnswer, TileRequest } from "./spectrogram_worker";

/** From this level on tiles are in the file: one would take minutes of samples. As in `audio/spectrogram.py`. */
const COARSE_LEVEL = 6;
const HEAD_BYTES = 65_536;

export interface TileSources {
  about: SpectrogramDescription;
  channels: number;
  /** Samples `start` up to, not including, `stop` of all channels, interleaved int16. */
  samples(start: number, stop: number): Promise<ArrayBuffer>;
}

export class Tiles {
  private worker: Worker | null = null;
  private waiting = new Map<number, (pixels: Uint8ClampedArray) => void>();
  private asked = 0;
  private index: { address: string; of: Promise<CoarseIndex> } | null = null;

  constructor(
    private readonly sources: TileSources,
    scope: Scope,
  ) {
    scope.add(() => this.worker?.terminate());
  }

  /** `file` is the address of the coarse levels. */
  tile(level: number, tile: number, scale: Scale, file: string | null): Promise<TileData> {
    return level < COARSE_LEVEL ? this.made(level, tile, scale) : this.read(level, tile, scale, file);
  }

  private async made(level: number, tile: number, scale: Scale): Promise<TileData> {
    const { about, channels: count, samples } = this.sources;
    const { columns, sample_rate: sampleRate, frames } = about;
    const { hop } = about.levels[level]!;
    const before = reach(sampleRate);
    const from = tile * columns * hop - before;
    const until = from + columns * hop + 2 * before;
    const first = Math.max(0, from);
    const found = new Int16Array(await samples(first, Math.min(frames, until)));
    const channels = Array.from({ length: count }, (_, channel) => {
      const data = new Float32Array(until - from); // silence before the beginning and after the end
      for (let index = channel, at = first - from; index < found.length; index += count, at++) data[at] = found[index]! / 32767;
      return data;
    });
    return this.work({ rows: { scale, sampleRate, centers: about.scales[scale] }, columns, hop, channels });
  }

  private work(request: Omit<TileRequest, "id">): Promise<Uint8ClampedArray> {
    this.worker ??= this.begin();
    const id = ++this.asked;
    const { worker } = this;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      worker.postMessage({ ...request, id } satisfies TileRequest, request.channels.map((channel) => channel.buffer as ArrayBuffer));
    });
  }

  private begin(): Worker {
    const worker = workerOf(workerSource);
    worker.addEventListener("message", ({ data }: MessageEvent<TileAnswer>) => {
      this.waiting.get(data.id)?.(data.pixels);
      this.waiting.delete(data.id);
    });
    return worker;
  }

  private async read(level: number, tile: number, scale: Scale, file: string | null): Promise<TileData> {
    if (file === null) throw new Error("These levels are not made yet.");
    if (this.index?.address !== file) this.index = { address: file, of: readIndex(file) };
    const { start, levels } = await this.index.of;
    const found = levels[scale]?.[String(level)]?.[tile];
    if (!found) throw new Error(`There is no tile ${tile} on level ${level}.`);
    const [offset, length] = found;
    return new Blob([await fetchRange(file, start + offset, start + offset + length)], { type: "image/webp" });
  }
}

interface CoarseIndex {
  /** Where the first tile begins. */
  start: number;
  /** [offset, length] of tiles by scale and level. */
  levels: Partial<Record<Scale, Record<string, [number, number][]>>>;
}

/** The head of a file in the format LBSP 1 (`audio/coarse_spectrogram.py`). */
async function readIndex(file: string): Promise<CoarseIndex> {
  const head = await fetchRange(file, 0, HEAD_BYTES);
  const start = 8 + new DataView(head).getUint32(4, true);
  const json = head.byteLength >= start ? head.slice(8, start) : await fetchRange(file, 8, start);
  return { start, levels: (JSON.parse(new TextDecoder().decode(json)) as { levels: CoarseIndex["levels"] }).levels };
}
