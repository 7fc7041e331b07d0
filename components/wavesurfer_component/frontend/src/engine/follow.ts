/** How the view goes along with the playhead while it plays: it glides, or turns pages for those who want little motion. */
import type { Viewport } from "./viewport";

/** A view shorter than this (s) would rush by: pages are turned there. */
const SHORTEST_GLIDE = 2;
/** So many times as fast as the playhead the view moves until the playhead is in its middle. */
const CATCHING_UP = 3;
/** A longer step of the playhead (s) was a seek. */
const LONGEST_STEP = 0.5;

export class Follower {
  private last = 0;

  constructor(private readonly calm: () => boolean = wantsLittleMotion) {}

  /** Bring the view to where the playhead is; true when it moved. Called in every frame while it plays. */
  follow(view: Viewport, time: number): boolean {
    const played = time - this.last;
    this.last = time;
    if (view.reveal(time)) return true;
    const length = view.stop - view.start;
    if (this.calm() || length < SHORTEST_GLIDE || played <= 0 || played > LONGEST_STEP) return false;
    const ahead = (time - (view.start + length / 2)) / view.secondsPerPixel;
    const most = Math.max(1, (CATCHING_UP * played) / view.secondsPerPixel);
    const pixels = Math.floor(Math.min(ahead, most)); // whole ones, so that the waveform does not shimmer
    if (pixels < 1 || view.stop >= view.last) return false;
    view.scrollBy(pixels * view.secondsPerPixel);
    return true;
  }
}

function wantsLittleMotion(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
