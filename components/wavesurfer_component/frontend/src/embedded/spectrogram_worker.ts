/** Makes spectrogram tiles beside the page's own thread. */
import { type Rows, tilePixels } from "./spectra";

export interface TileRequest {
  id: number;
  rows: Rows;
  columns: number;
  hop: number;
  channels: Float32Array[];
}

export interface TileAnswer {
  id: number;
  pixels: Uint8ClampedArray;
}

addEventListener("message", (event: MessageEvent<TileRequest>) => {
  const { id, rows, columns, hop, channels } = event.data;
  const pixels = tilePixels(channels, rows, columns, hop);
  postMessage({ id, pixels } satisfies TileAnswer, { transfer: [pixels.buffer as ArrayBuffer] });
});
