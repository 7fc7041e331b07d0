/** The peaks pyramid of the server, fetched by byte range, a few kilobytes at a time; never a blank while it loads. */
import { t } from "../i18n";
import { Retries } from "./retries";

export interface Level {
  samples_per_bucket: number;
  offset: number;
  buckets: number;
}

export interface PeaksHeader {
  version: number;
  sample_rate: number;
  frames: number;
  channels: number;
  levels: Level[];
}

const TILE_BUCKETS = 2048;
const MAX_TILES = 400;

/** Read the header from the first bytes of the file. Throws when it is no pyramid, or when more bytes are needed. */
export function parseHeader(bytes: ArrayBuffer): PeaksHeader {
  const view = new DataView(bytes);
  const magic = String.fromCharCode(...new Uint8Array(bytes, 0, 4));
  if (magic !== "LBPK") throw new Error(t("not a peaks pyramid"));
  const length = view.getUint32(4, true);
  if (bytes.byteLength < 8 + length) throw new RangeError(t("header of {count} bytes", { count: length }));
  return JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length))) as PeaksHeader;
}

export type FetchRange = (start: number, stop: number) => Promise<ArrayBuffer>;

export class PeakStore {
  private tiles = new Map<string, Int8Array | null>();
  private readonly retries = new Retries<string>();

  private constructor(
    readonly header: PeaksHeader,
    private readonly fetchRange: FetchRange,
    private readonly onTile: () => void,
  ) {}

  static async open(fetchRange: FetchRange, onTile: () => void): Promise<PeakStore> {
    const header = parseHeader(await fetchRange(0, 4096));
    const store = new PeakStore(header, fetchRange, onTile);
    await store.coarsest();
    return store;
  }

  get duration(): number {
    return this.header.frames / this.header.sample_rate;
  }

  /** The whole coarsest level; kept for good. Pairs (min, max) by bucket and channel. */
  async coarsest(): Promise<Int8Array> {
    const index = this.header.levels.length - 1;
    const key = `${index}:0`;
    const present = this.tiles.get(key);
    if (present) return present;
    const tile = await this.load(index, 0);
    this.tiles.set(key, tile);
    return tile;
  }

  /**
   * Minimum and maximum (−1 … 1) of a channel for each of `width` pixels from `start` seconds on, as pairs in `out`.
   * A pixel without data yet has min > max.
   */
  fill(out: Float32Array, channel: number, start: number, secondsPerPixel: number, width: number): void {
    const perPixel = secondsPerPixel * this.header.sample_rate;
    let wanted = 0;
    this.header.levels.forEach((level, index) => {
      if (level.samples_per_bucket <= perPixel) wanted = index;
    });
    for (let x = 0; x < width; x++) {
      out[2 * x] = 1;
      out[2 * x + 1] = -1;
    }
    if (!this.fillFrom(wanted, out, channel, start, secondsPerPixel, width, true)) {
      for (let index = wanted + 1; index < this.header.levels.length; index++) {
        if (this.fillFrom(index, out, channel, start, secondsPerPixel, width, false)) return;
      }
    }
  }

  private fillFrom(
    index: number,
    out: Float32Array,
    channel: number,
    start: number,
    secondsPerPixel: number,
    width: number,
    request: boolean,
  ): boolean {
    const level = this.header.levels[index]!;
    const perSecond = this.header.sample_rate / level.samples_per_bucket;
    const channels = this.header.channels;
    let complete = true;
    for (let x = 0; x < width; x++) {
      const from = Math.max(0, Math.floor((start + x * secondsPerPixel) * perSecond));
      const until = Math.max(from + 1, Math.floor((start + (x + 1) * secondsPerPixel) * perSecond));
      let low = 127;
      let high = -128;
      for (let bucket = from; bucket < until && bucket < level.buckets; bucket++) {
        const tile = this.tile(index, Math.floor(bucket / TILE_BUCKETS), request);
        if (!tile) {
          complete = false;
          break;
        }
        const at = ((bucket % TILE_BUCKETS) * channels + channel) * 2;
        if (tile[at]! < low) low = tile[at]!;
        if (tile[at + 1]! > high) high = tile[at + 1]!;
      }
      if (low <= high && out[2 * x]! > out[2 * x + 1]!) {
        out[2 * x] = low / 128;
        out[2 * x + 1] = high / 128;
      }
    }
    return complete;
  }

  private tile(index: number, number: number, request: boolean): Int8Array | null {
    const key = `${index}:${number}`;
    const present = this.tiles.get(key);
    if (present !== undefined) return present;
    if (request) {
      this.tiles.set(key, null);
      this.load(index, number).then(
        (tile) => {
          this.tiles.set(key, tile);
          this.retries.arrived(key);
          this.forgetSome();
          this.onTile();
        },
        () =>
          this.retries.failed(key, () => {
            this.tiles.delete(key);
            this.onTile(); // what is in view is asked for again, also when nothing moves
          }),
      );
    }
    return null;
  }

  private async load(index: number, number: number): Promise<Int8Array> {
    const level = this.header.levels[index]!;
    const width = this.header.channels * 2;
    const first = number * TILE_BUCKETS;
    const count = Math.min(TILE_BUCKETS, level.buckets - first);
    return new Int8Array(await this.fetchRange(level.offset + first * width, level.offset + (first + count) * width));
  }

  private forgetSome(): void {
    const keep = `${this.header.levels.length - 1}:0`;
    for (const key of this.tiles.keys()) {
      if (this.tiles.size <= MAX_TILES) return;
      if (key !== keep) this.tiles.delete(key);
    }
  }
}
