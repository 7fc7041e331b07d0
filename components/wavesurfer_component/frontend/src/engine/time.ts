/** Times on screen: seconds of recording time, shown as h:mm:ss.mmm, kept to a microsecond. */
import { typedNumber } from "../i18n";

/** Seconds rounded to a microsecond, as the server keeps them. */
export function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** `m:ss.mmm`, or `h:mm:ss.mmm` from one hour on. */
export function clock(seconds: number, decimals = 3): string {
  const scale = 10 ** decimals;
  const total = Math.round(Math.max(0, seconds) * scale);
  const whole = Math.floor(total / scale);
  const fraction = decimals ? "." + String(total % scale).padStart(decimals, "0") : "";
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}${fraction}` : `${minutes}:${rest}${fraction}`;
}

/** Seconds from what a person typed: `12.5`, `12,5`, `1:02.5` or `1:01:02.5`; null when it is no time, or could be two. */
export function parseClock(text: string): number | null {
  const parts = text.trim().split(":");
  if (parts.length > 3 || !parts.every((part) => /^\d+([.,]\d*)?$/.test(part))) return null;
  if (parts.length === 1 && text.includes(",") && typedNumber(text) === null) return null; // a thousand seconds, or one
  return rounded(parts.reduce((total, part) => total * 60 + Number(part.replace(",", ".")), 0));
}

/** Distance of ruler marks in seconds so that they stand at least `pixels` apart. */
export function rulerStep(secondsPerPixel: number, pixels = 80): number {
  const wanted = secondsPerPixel * pixels;
  const steps = [
    1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60,
    120, 300, 600, 900, 1800, 3600,
  ];
  return steps.find((step) => step >= wanted) ?? 7200;
}
