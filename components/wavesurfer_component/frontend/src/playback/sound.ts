/** What happens to the sound on its way to the ears: channels, band, gain, balance. Nothing until somebody wants something. */

export interface Mix {
  /** Decibels. */
  gain: number;
  /** −1 is left, 1 right. */
  balance: number;
  muted: ReadonlySet<number>;
  solo: ReadonlySet<number>;
  /** Frequencies (Hz) that are let through; null for all. */
  band: { low: number; high: number } | null;
}

export const PLAIN_MIX: Mix = { gain: 0, balance: 0, muted: new Set(), solo: new Set(), band: null };

/** Quality factors of two second-order filters that are one Butterworth filter of fourth order. */
const BUTTERWORTH = [0.541196, 1.306563];
/** Changes are faded over so many seconds, so that they do not click. */
const FADE = 0.01;
const LOWEST = 10;
/** The latency of the loudspeakers is asked for again after so long. */
const LATENCY_MS = 1000;

export class Sound {
  private graph: Graph | null = null;
  private mix: Mix = PLAIN_MIX;
  private leveled: ((mix: Mix) => number) | null = null;
  private output = { seconds: 0, until: 0 };

  constructor(
    private readonly media: HTMLMediaElement,
    private readonly channels: () => number,
  ) {}

  /** Change what is heard. */
  set(mix: Mix): void {
    this.mix = mix;
    this.apply();
  }

  /** Play with these decibels in place of a person's own (`leveling.ts`), or with their own; the graph is made when it is played. */
  level(leveled: ((mix: Mix) => number) | null): void {
    this.leveled = leveled;
    this.apply();
  }

  get present(): Mix {
    return this.mix;
  }

  /** The context and the node that sound goes into; made when it is first needed. */
  open(): { context: AudioContext; input: AudioNode } {
    const { context, input } = this.opened();
    if (context.state === "suspended") void context.resume();
    return { context, input };
  }

  /** Seconds between what the media element says it plays and what is heard. */
  get latency(): number {
    const context = this.graph?.context;
    return context ? context.baseLatency + this.outputLatency(context) : 0;
  }

  /** Firefox asks the system's sound server and waits for its answer: not every frame, and not before it plays. */
  private outputLatency(context: AudioContext): number {
    const now = performance.now();
    if (context.state === "running" && now > this.output.until) this.output = { seconds: context.outputLatency || 0, until: now + LATENCY_MS };
    return this.output.seconds;
  }

  resume(): void {
    if (this.leveled) this.opened();
    if (this.graph?.context.state === "suspended") void this.graph.context.resume();
  }

  close(): void {
    void this.graph?.context.close().catch(() => undefined);
    this.graph = null;
  }

  private apply(): void {
    if (this.graph || !isPlain(this.mix) || (this.leveled && !this.media.paused)) this.opened().set(this.mix, this.gain);
  }

  private get gain(): number {
    return this.leveled?.(this.mix) ?? this.mix.gain;
  }

  private opened(): Graph {
    if (!this.graph) {
      this.graph = new Graph(this.media, this.channels());
      this.graph.set(this.mix, this.gain);
    }
    return this.graph;
  }
}

function isPlain(mix: Mix): boolean {
  return mix.gain === 0 && mix.balance === 0 && !mix.muted.size && !mix.solo.size && mix.band === null;
}

/** Which channels are heard: the solo ones, or all but the muted. */
function audible(mix: Mix, channels: number): number[] {
  return Array.from({ length: channels }, (_, channel) => channel).filter((channel) => (mix.solo.size ? mix.solo.has(channel) : !mix.muted.has(channel)));
}

/**
 * How loud each channel is on the left and on the right. Two channels stay where they are; one that is heard alone comes
 * from both sides; more than two are mixed to both, with the power of one.
 */
export function shares(mix: Mix, channels: number): [number, number][] {
  const heard = audible(mix, channels);
  return Array.from({ length: channels }, (_, channel): [number, number] => {
    if (!heard.includes(channel)) return [0, 0];
    if (heard.length === 1) return [1, 1];
    if (channels === 2) return channel === 0 ? [1, 0] : [0, 1];
    const share = 1 / Math.sqrt(heard.length);
    return [share, share];
  });
}

class Graph {
  readonly context = new AudioContext();
  readonly input: GainNode;
  private readonly sides: [GainNode, GainNode][] = [];
  private readonly high: BiquadFilterNode[];
  private readonly low: BiquadFilterNode[];
  private readonly gain = this.context.createGain();
  private readonly balance = this.context.createStereoPanner();

  constructor(
    media: HTMLMediaElement,
    private readonly channels: number,
  ) {
    const { context } = this;
    this.input = context.createGain();
    this.input.channelCount = channels;
    this.input.channelCountMode = "explicit";
    this.input.channelInterpretation = channels > 2 ? "discrete" : "speakers";
    context.createMediaElementSource(media).connect(this.input);
    this.high = BUTTERWORTH.map((quality) => this.filter("highpass", quality));
    this.low = BUTTERWORTH.map((quality) => this.filter("lowpass", quality));
    const chain: AudioNode[] = [this.mixed(), ...this.high, ...this.low, this.gain, this.balance, context.destination];
    chain.forEach((node, index) => index > 0 && chain[index - 1]!.connect(node));
  }

  /** `gain` (dB) stands for that of the mix, which leveling may change. */
  set(mix: Mix, gain: number): void {
    const top = this.context.sampleRate / 2;
    const filters = (nodes: BiquadFilterNode[], frequency: number): void => nodes.forEach((node) => this.fade(node.frequency, frequency));
    filters(this.high, mix.band ? Math.max(LOWEST, mix.band.low) : 0);
    filters(this.low, Math.min(top, mix.band?.high ?? top));
    this.fade(this.gain.gain, 10 ** (gain / 20));
    this.fade(this.balance.pan, mix.balance);
    shares(mix, this.channels).forEach((share, channel) => share.forEach((value, side) => this.fade(this.sides[channel]![side]!.gain, value)));
  }

  /** All channels on two, each with its own share of both; also a single one, which a panner would make 3 dB quieter. */
  private mixed(): AudioNode {
    const splitter = this.context.createChannelSplitter(this.channels);
    const merger = this.context.createChannelMerger(2);
    this.input.connect(splitter);
    for (let channel = 0; channel < this.channels; channel++) {
      const pair: [GainNode, GainNode] = [this.context.createGain(), this.context.createGain()];
      pair.forEach((node, side) => {
        splitter.connect(node, channel);
        node.connect(merger, 0, side);
      });
      this.sides.push(pair);
    }
    return merger;
  }

  private filter(type: BiquadFilterType, quality: number): BiquadFilterNode {
    const node = this.context.createBiquadFilter();
    node.type = type;
    node.Q.value = 20 * Math.log10(quality); // for these types Web Audio takes decibels
    node.frequency.value = type === "highpass" ? 0 : this.context.sampleRate / 2; // at these it changes nothing
    return node;
  }

  private fade(parameter: AudioParam, value: number): void {
    if (this.context.currentTime === 0) parameter.value = value; // nothing is heard yet: it begins as it is to be
    else parameter.setTargetAtTime(value, this.context.currentTime, FADE / 3);
  }
}
