/**
 * Slower and faster with the pitch kept: waveform similarity overlap-add (Verhelst and Roelands, ICASSP 1993). Each piece of
 * the output fades from what follows naturally into the most similar place near where the input should be. The first sample
 * of the output is the first of the input, the last is the last; nothing outside of the input is heard.
 */

/** Seconds of output from one fade to the next, and how far from its place a fade may lead. */
const HOP = 0.02;
const TOLERANCE = 0.01;
/** Samples a second that similarity is first looked for with. */
const COARSE = 8000;
/** A mix with less than this share of the energy of a channel tells nothing. */
const CANCELED = 0.1;

/** Samples `from` up to `to` of every channel of the input. */
export type Window = (from: number, to: number) => Promise<Float32Array[]>;

export class Tempo {
  private readonly hops: number;
  private readonly tolerance: number;
  private readonly stride: number;
  /** The next hop, and the place in the input that it begins at. */
  private hop = 0;
  private place = 0;
  private read: { from: number; until: number; channels: Float32Array[] } = { from: 0, until: 0, channels: [] };

  /** So many samples of input become so many of output. */
  constructor(
    private readonly input: number,
    private readonly output: number,
    rate: number,
    private readonly window: Window,
  ) {
    const hop = Math.max(1, Math.min(Math.round(HOP * rate), Math.floor(input / 2)));
    this.hops = Math.max(1, Math.ceil(output / hop));
    this.tolerance = Math.min(Math.round(TOLERANCE * rate), Math.floor(hop / 2));
    this.stride = Math.max(1, Math.floor(rate / COARSE));
  }

  /** The next samples of output, of at most so many hops; null at the end. */
  async next(most: number): Promise<Float32Array[] | null> {
    const { hop: first, hops } = this;
    if (first >= hops) return null;
    const last = Math.min(hops, first + most);
    const longest = Math.ceil(this.output / hops) + 1;
    const from = Math.max(0, Math.min(this.place, this.target(first + 1) - this.tolerance - longest));
    const until = Math.min(this.input, Math.max(this.target(last) + this.tolerance, Math.max(this.place, this.target(last - 1) + this.tolerance) + longest));
    const channels = await this.between(from, until);
    const mix = mixed(channels);
    const begin = this.center(first);
    const output = channels.map(() => new Float32Array(this.center(last) - begin));
    for (; this.hop < last; this.hop++) {
      const at = this.center(this.hop) - begin;
      const length = this.center(this.hop + 1) - this.center(this.hop);
      const next = this.hop + 1 === hops ? this.input : this.similar(mix, from, length);
      channels.forEach((channel, number) => fade(channel, this.place - from, next - from, this.input - from, -from, length, output[number]!, at));
      this.place = next;
    }
    return output;
  }

  /** The input from one sample up to another; what was read last is not read again. */
  private async between(from: number, until: number): Promise<Float32Array[]> {
    const { from: first, until: end, channels } = this.read;
    const fresh = from >= first && from < end;
    const more = until > end || !fresh ? await this.window(fresh ? end : from, until) : channels.map(() => new Float32Array(0));
    const kept = fresh ? channels.map((channel) => channel.subarray(from - first)) : more.map(() => new Float32Array(0));
    const joined = more.map((channel, number) => join(kept[number]!, channel));
    this.read = { from, until: Math.max(until, fresh ? end : 0), channels: joined };
    return joined;
  }

  /** The output sample that a fade ends at. */
  private center(hop: number): number {
    return Math.round((hop * this.output) / this.hops);
  }

  /** The input sample that belongs there. */
  private target(hop: number): number {
    return Math.round((hop * this.input) / this.hops);
  }

  /** The place near the target whose past is most like what follows now. */
  private similar(mix: Float32Array, from: number, length: number): number {
    const target = this.target(this.hop + 1);
    const room = Math.ceil(Math.min(length, this.input / this.hops) / 2);
    const [low, high] = [Math.max(room, target - this.tolerance), Math.min(this.input - room, target + this.tolerance)];
    const last = this.hop + 2 === this.hops;
    const score = (place: number, stride: number): number => {
      const here = likeness(mix, this.place - from, place - length - from, length, stride);
      return last ? here + likeness(mix, place - from, this.input - length - from, length, stride) : here; // the end is fixed
    };
    const best = (middle: number, reach: number, step: number, stride: number): number => {
      let found = Math.max(low, Math.min(high, middle));
      let most = score(found, stride) + 1e-6; // the nearest of equals
      for (let by = step; by <= reach; by += step) {
        for (const place of [middle - by, middle + by]) {
          if (place < low || place > high) continue;
          const now = score(place, stride);
          if (now > most) [found, most] = [place, now + 1e-6];
        }
      }
      return found;
    };
    if (low > high) return Math.max(1, Math.min(this.input - 1, target));
    const coarse = best(target, this.tolerance, this.stride, this.stride);
    return this.stride === 1 ? coarse : best(coarse, this.stride - 1, 1, 2);
  }
}

/** How alike two stretches are, −1 … 1; silence is like nothing. */
function likeness(samples: Float32Array, one: number, other: number, length: number, stride: number): number {
  let both = 0;
  let first = 1e-9;
  let second = 1e-9;
  for (let index = 0; index < length; index += stride) {
    const a = samples[one + index] ?? 0;
    const b = samples[other + index] ?? 0;
    both += a * b;
    first += a * a;
    second += b * b;
  }
  return both / Math.sqrt(first * second);
}

/** From what follows `one` to what comes before `other`, within the input between `first` and `end`. */
function fade(input: Float32Array, one: number, other: number, end: number, first: number, length: number, output: Float32Array, at: number): void {
  const begins = Math.max(0, length - (other - first));
  const ends = Math.max(begins + 1, Math.min(length, end - one));
  for (let index = 0; index < length; index++) {
    const share = index < begins ? 0 : index >= ends ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * (index - begins)) / (ends - begins));
    output[at + index] = (1 - share) * (share < 1 ? (input[one + index] ?? 0) : 0) + share * (share > 0 ? (input[other - length + index] ?? 0) : 0);
  }
}

function join(one: Float32Array, other: Float32Array): Float32Array {
  const joined = new Float32Array(one.length + other.length);
  joined.set(one);
  joined.set(other, one.length);
  return joined;
}

/** All channels together; one of them where they cancel each other out. */
function mixed(channels: Float32Array[]): Float32Array {
  const [first, ...others] = channels as [Float32Array, ...Float32Array[]];
  if (!others.length) return first;
  const mix = first.slice();
  for (const channel of others) for (let index = 0; index < mix.length; index++) mix[index]! += channel[index]!;
  return energy(mix) > CANCELED * energy(first) ? mix : first;
}

const energy = (samples: Float32Array): number => samples.reduce((sum, one) => sum + one * one, 0);
