/** The scores of suggestions as a histogram, those from the threshold on in another color. */
import { el } from "../dom";
import { decimal, plural } from "../i18n";
import { FONT, prepare } from "../layers/canvas";

const BINS = 25;
const HEIGHT = 34;

export class Histogram {
  readonly canvas = el("canvas", { class: "histogram", role: "img" });

  draw(scores: readonly number[], threshold: number): void {
    const width = this.canvas.clientWidth || 250;
    const style = getComputedStyle(this.canvas);
    const context = prepare(this.canvas, width, HEIGHT);
    const counts = countsOf(scores);
    const most = Math.max(1, ...counts);
    const each = width / BINS;
    counts.forEach((count, bin) => {
      const height = count ? Math.max(2, (count / most) * (HEIGHT - 12)) : 0;
      context.fillStyle = style.getPropertyValue((bin + 0.5) / BINS >= threshold ? "--primary" : "--line");
      context.fillRect(bin * each + 0.5, HEIGHT - height, each - 1, height);
    });
    context.font = FONT.replace("12px", "10px");
    context.fillStyle = style.getPropertyValue("color");
    context.textBaseline = "top";
    context.fillText(String(most), 2, 0);
    const above = scores.filter((score) => score >= threshold).length;
    const values = { above, threshold: decimal(threshold, 2) };
    this.canvas.setAttribute("aria-label", plural(scores.length, "Score of {count} suggestion; {above} from {threshold} on", "Scores of {count} suggestions; {above} from {threshold} on", values));
  }
}

/** How many scores (0 … 1) fall into each bin. */
export function countsOf(scores: readonly number[]): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const score of scores) counts[Math.min(BINS - 1, Math.max(0, Math.floor(score * BINS)))]!++;
  return counts;
}
