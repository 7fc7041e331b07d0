/** The frequencies of the spectrogram from bottom to top: between Hz and pixels, on whichever scale is shown. */

export class FrequencyAxis {
  constructor(
    /** The centers (Hz) of the rows that are shown, lowest first. */
    readonly centers: readonly number[],
    /** Pixels. */
    readonly height: number,
  ) {}

  /** Pixels from the top of a frequency in Hz. */
  y(hertz: number): number {
    const { centers, height } = this;
    let row = centers.findIndex((center) => center >= hertz);
    if (row < 0) return 0;
    if (row === 0) return height;
    const [below, above] = [centers[row - 1]!, centers[row]!];
    row = row - 1 + (hertz - below) / (above - below);
    return height * (1 - (row + 0.5) / centers.length);
  }

  /** The frequency in whole Hz at some pixels from the top. */
  at(y: number): number {
    const { centers, height } = this;
    const rows = centers.length;
    const place = Math.max(0, Math.min(rows - 1, (1 - y / height) * rows - 0.5));
    const row = Math.min(rows - 2, Math.floor(place));
    const [below, above] = [centers[row]!, centers[row + 1]!];
    return Math.round(below + (place - row) * (above - below));
  }
}
