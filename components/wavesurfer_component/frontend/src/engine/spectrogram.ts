/** Spectrogram tiles of the server: gray pictures on one fixed scale in decibels, colored here. */
import { colors, type Palette } from "./palette";

export type Scale = "mel" | "linear" | "log";
export const SCALES: readonly Scale[] = ["mel", "log", "linear"];

export interface SpectrogramDescription {
  columns: number;
  rows: number;
  floor_db: number;
  sample_rate: number;
  frames: number;
  levels: { hop: number; tiles: number }[];
  scales: Record<Scale, number[]>;
}

/** What colors a tile: the palette, and the decibels shown as its darkest and brightest color. */
export interface Coloring {
  palette: Palette;
  low: number;
  high: number;
}

interface Tile {
  gray: Uint8ClampedArray;
  picture: HTMLCanvasElement;
  coloring: string;
}

/** A gray picture, or its pixels: rows from the highest frequency on, 255 for 0 dB. */
export type TileData = Blob | Uint8ClampedArray;
export type FetchTile = (level: number, tile: number, scale: Scale) => Promise<TileData>;

const MAX_TILES = 60;
const AT_ONCE = 4;
const TRY_AGAIN_MS = 5000;

export class SpectrogramStore {
  private tiles = new Map<string, Tile | null>();
  private wanted: { key: string; load: () => Promise<void> }[] = [];
  private loading = 0;

  constructor(
    readonly about: SpectrogramDescription,
    private readonly fetchTile: FetchTile,
    private readonly onTile: () => void,
  ) {}

  /** The coarsest level that still has a column for every pixel. */
  level(secondsPerPixel: number): number {
    const perPixel = secondsPerPixel * this.about.sample_rate;
    let found = 0;
    this.about.levels.forEach((level, index) => {
      if (level.hop <= perPixel) found = index;
    });
    return found;
  }

  /** Seconds in one tile of a level. */
  seconds(level: number): number {
    return (this.about.levels[level]!.hop * this.about.columns) / this.about.sample_rate;
  }

  /** Ask only for what is asked for in this frame; what was wanted before and is not in view is left out. */
  begin(): void {
    this.wanted = [];
  }

  /** The colored picture of a tile if it is here; `request` fetches it when it is not. */
  picture(level: number, number: number, scale: Scale, coloring: Coloring, request: boolean): HTMLCanvasElement | null {
    if (number < 0 || number >= this.about.levels[level]!.tiles) return null;
    const key = `${scale}:${level}:${number}`;
    const tile = this.tiles.get(key);
    if (tile === undefined && request) this.want(key, level, number, scale);
    if (!tile) return null;
    this.tiles.delete(key); // used last
    this.tiles.set(key, tile);
    const wanted = `${coloring.palette}:${coloring.low}:${coloring.high}`;
    if (tile.coloring !== wanted) {
      paint(tile, this.about, coloring);
      tile.coloring = wanted;
    }
    return tile.picture;
  }

  private want(key: string, level: number, number: number, scale: Scale): void {
    this.wanted.push({
      key,
      load: async () => {
        try {
          this.tiles.set(key, await grayTile(await this.fetchTile(level, number, scale), this.about));
          this.forgetSome();
          this.onTile();
        } catch {
          window.setTimeout(() => {
            this.tiles.delete(key); // it may be there later: the analysis goes on
            this.onTile();
          }, TRY_AGAIN_MS);
        }
      },
    });
    this.pump();
  }

  private pump(): void {
    while (this.loading < AT_ONCE) {
      const next = this.wanted.shift();
      if (!next) return;
      if (this.tiles.has(next.key)) continue;
      this.tiles.set(next.key, null);
      this.loading++;
      void next.load().finally(() => {
        this.loading--;
        this.pump();
      });
    }
  }

  private forgetSome(): void {
    for (const [key, tile] of this.tiles) {
      if (this.tiles.size <= MAX_TILES) return;
      if (tile) this.tiles.delete(key);
    }
  }
}

async function grayTile(data: TileData, about: SpectrogramDescription): Promise<Tile> {
  const picture = document.createElement("canvas");
  picture.width = about.columns;
  picture.height = about.rows;
  const context = picture.getContext("2d", { willReadFrequently: true })!;
  if (!(data instanceof Blob)) return { gray: data, picture, coloring: "" };
  const bitmap = await createImageBitmap(data);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const pixels = context.getImageData(0, 0, about.columns, about.rows).data;
  const gray = new Uint8ClampedArray(about.columns * about.rows);
  for (let i = 0; i < gray.length; i++) gray[i] = pixels[4 * i]!;
  return { gray, picture, coloring: "" };
}

function paint(tile: Tile, about: SpectrogramDescription, coloring: Coloring): void {
  const table = colors(coloring.palette);
  const lookup = new Uint32Array(256);
  for (let gray = 0; gray < 256; gray++) {
    const decibels = about.floor_db - (gray / 255) * about.floor_db;
    const place = (decibels - coloring.low) / Math.max(1, coloring.high - coloring.low);
    lookup[gray] = table[Math.max(0, Math.min(255, Math.round(place * 255)))]!;
  }
  const data = new ImageData(about.columns, about.rows);
  const words = new Uint32Array(data.data.buffer);
  for (let i = 0; i < words.length; i++) words[i] = lookup[tile.gray[i]!]!;
  tile.picture.getContext("2d")!.putImageData(data, 0, 0);
}
