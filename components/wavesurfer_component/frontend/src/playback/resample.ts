/** Samples at another rate: a windowed sinc (Kaiser), with the phases of the exact ratio of the rates, so that nothing drifts. */

/** Zero crossings of the sinc on each side. */
const CROSSINGS = 24;
/** Of the Kaiser window: about 80 dB. */
const BETA = 8;
/** Where the filter is half open, as a share of the lower of both bandwidths. */
const CUTOFF = 0.96;

export class Resampler {
  /** Input samples that are needed before and after a position. */
  readonly reach: number;
  private readonly up: number;
  private readonly down: number;
  private readonly phases: (Float32Array | undefined)[] = [];
  private readonly narrow: number;

  /** Rates in whole Hz. */
  constructor(from: number, to: number) {
    const common = gcd(from, to);
    this.up = to / common;
    this.down = from / common;
    this.narrow = Math.min(1, to / from);
    this.reach = Math.ceil(CROSSINGS / this.narrow);
  }

  /** The whole input sample at or before an output sample. */
  at(output: number): number {
    return Math.floor((output * this.down) / this.up);
  }

  /** Output samples `first` up to `stop` of one channel; `input` begins at input sample `offset` and reaches far enough on both sides. */
  run(input: Float32Array, offset: number, first: number, stop: number): Float32Array {
    const { up, down, reach } = this;
    if (up === down) return input.slice(first - offset, stop - offset);
    const output = new Float32Array(stop - first);
    for (let index = first; index < stop; index++) {
      const place = index * down;
      const whole = Math.floor(place / up);
      const taps = this.taps(place - whole * up);
      let at = whole - reach - offset;
      let even = 0;
      let odd = 0; // two sums are quicker than one
      for (let tap = 0; tap < taps.length; tap += 2, at += 2) {
        even += input[at]! * taps[tap]!;
        odd += input[at + 1]! * taps[tap + 1]!;
      }
      output[index - first] = even + odd;
    }
    return output;
  }

  /** Weights of the input samples from `reach` before to `reach + 1` after, for a position `phase / up` behind one. */
  private taps(phase: number): Float32Array {
    const present = this.phases[phase];
    if (present) return present;
    const { reach, narrow } = this;
    const taps = new Float32Array(2 * reach + 2);
    const wide = reach + 1;
    const cutoff = CUTOFF * narrow;
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) {
      const x = phase / this.up - (tap - reach);
      const share = 1 - (x / wide) ** 2;
      const weight = cutoff * sinc(cutoff * x) * (share > 0 ? bessel(BETA * Math.sqrt(share)) : 0);
      taps[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < taps.length; tap++) taps[tap]! /= sum; // as loud as before at any phase
    return (this.phases[phase] = taps);
  }
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** The modified Bessel function of order 0. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-10 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(one: number, other: number): number {
  return other ? gcd(other, one % other) : one;
}
