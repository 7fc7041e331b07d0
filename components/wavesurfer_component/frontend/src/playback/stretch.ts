/**
 * A stretch played from its samples: it begins and ends at the sample, and repeats without a gap, at every speed. Its sound is
 * made a little ahead, beside the page's thread, and handed to the loudspeakers in pieces that follow each other at the sample.
 */
import type { Stream } from "./passage";
import { PIECE, type Prepared, Preparing, same, type Span } from "./preparing";
import type { Samples } from "./sample_blocks";
import type { Sound } from "./sound";

/** So much is made ahead (s): timers of hidden tabs come once a second. */
const AHEAD = 2.5;
const LOOK_MS = 200;
/** Samples that did not come are asked for again after (ms). */
const AGAIN_MS = 500;
/** A first piece sounds so much after it was made (s). */
const SOON = 0.02;
/** Going over to other edges or another speed takes so long (s); it fades, so that it does not click. */
const LEAD = 0.1;
const FADE = 0.005;

interface Flow extends Prepared {
  gain: GainNode;
  nodes: Set<AudioBufferSourceNode>;
  /** The output sample at which the stream began, and how many of it were handed over. */
  base: number;
  made: number;
}

export class StretchPlayer {
  private readonly preparing: Preparing;
  private flow: Flow | null = null;
  /** What sounded before: it still does for a moment. */
  private leaving: Flow | null = null;
  /** What is gone over to as soon as its samples are here. */
  private turning: { span: Span; speed: number; stream: Stream } | null = null;
  private stopped = 0;

  constructor(
    private readonly sound: Sound,
    samples: () => Samples | null,
    private readonly ended: (at: number) => void,
  ) {
    this.preparing = new Preparing(samples, () => sound.open().context.sampleRate);
  }

  /** Whether stretches can be played from their samples. */
  get able(): boolean {
    return this.preparing.able;
  }

  get playing(): boolean {
    return this.flow !== null;
  }

  /** The time (s) of what is heard now. */
  get time(): number {
    const { flow, leaving } = this;
    if (!flow) return this.stopped;
    const { context } = this.sound.open();
    const at = context.currentTime - this.sound.latency;
    return this.heard(leaving && at * context.sampleRate < flow.base ? leaving : flow, at);
  }

  /** Make the beginning of a stretch, unless it is here; what was loaded before is forgotten. */
  load(span: Span, loops: boolean, speed: number): Promise<void> {
    return this.preparing.load({ span, loops, speed });
  }

  isReady(span: Span, loops: boolean, speed: number): boolean {
    return this.preparing.isReady({ span, loops, speed });
  }

  /** Play what was loaded. */
  play(): void {
    this.stop();
    const prepared = this.preparing.take();
    if (prepared) this.begin(prepared, 0);
  }

  /** The looped stretch has other edges now; called every frame until they are taken over. */
  moved(span: Span): void {
    const { flow, turning } = this;
    if (!flow?.loops || same(span, turning?.span ?? flow.span)) return;
    this.goOver({ span, speed: turning?.speed ?? flow.speed });
  }

  /** Go on at another speed. */
  setSpeed(speed: number): void {
    const { flow, turning } = this;
    if (flow && speed !== (turning?.speed ?? flow.speed)) this.goOver({ span: turning?.span ?? flow.span, speed });
  }

  /** Stop; returns where it was (s). */
  stop(): number {
    this.stopped = this.time;
    for (const flow of [this.flow, this.leaving]) if (flow) silence(flow);
    this.turning?.stream.close();
    this.flow = this.leaving = this.turning = null;
    return this.stopped;
  }

  /** Stop for good. */
  close(): void {
    this.stop();
    this.preparing.close();
  }

  private heard({ stream, base, made }: Flow, at: number): number {
    return stream.position(Math.min(made, at * this.sound.open().context.sampleRate - base));
  }

  /** Hand over the first piece, at `when` (s of the context) or as soon as possible, and make the others. */
  private begin(prepared: Prepared, when: number): Flow {
    const { context, input } = this.sound.open();
    const gain = context.createGain();
    gain.connect(input);
    const base = Math.ceil(Math.max(context.currentTime + SOON, when) * context.sampleRate);
    const flow: Flow = { ...prepared, gain, nodes: new Set(), base, made: 0 };
    this.flow = flow;
    this.handOver(flow, prepared.first);
    void this.makeAhead(flow);
    return flow;
  }

  private async makeAhead(flow: Flow): Promise<void> {
    const { context } = this.sound.open();
    while (this.flow === flow) {
      if ((flow.base + flow.made) / context.sampleRate - context.currentTime > AHEAD) {
        await pause(LOOK_MS);
        continue;
      }
      try {
        const piece = await flow.stream.read(PIECE);
        if (this.flow !== flow) return;
        if (!piece) return this.end(flow);
        this.handOver(flow, piece);
        await pause(0); // nothing else waits for long
      } catch {
        await pause(AGAIN_MS);
      }
    }
  }

  private handOver(flow: Flow, piece: Float32Array[]): void {
    const { context } = this.sound.open();
    const buffer = context.createBuffer(piece.length, piece[0]!.length, context.sampleRate);
    piece.forEach((channel, number) => buffer.copyToChannel(channel as Float32Array<ArrayBuffer>, number));
    const earliest = Math.ceil((context.currentTime + SOON / 4) * context.sampleRate);
    if (flow.base + flow.made < earliest) flow.base = earliest - flow.made; // the samples came too late
    const node = context.createBufferSource();
    node.buffer = buffer;
    node.connect(flow.gain);
    flow.nodes.add(node);
    node.onended = () => {
      flow.nodes.delete(node);
      node.disconnect();
    };
    node.start((flow.base + flow.made) / context.sampleRate);
    flow.made += buffer.length;
  }

  /** Nothing more comes: it ends with the last piece. */
  private end(flow: Flow): void {
    const finish = (): void => {
      if (this.flow !== flow) return;
      flow.stream.close();
      this.flow = null;
      this.stopped = flow.span.end;
      this.ended(flow.span.end);
    };
    const last = [...flow.nodes].pop();
    if (last) last.addEventListener("ended", finish);
    else finish();
  }

  /** Go on with other edges or another speed from where it will be in a moment; from the start of a stretch that is elsewhere. */
  private goOver({ span, speed }: { span: Span; speed: number }): void {
    const flow = this.flow!;
    const { context } = this.sound.open();
    const when = context.currentTime + LEAD;
    const there = this.heard(flow, when);
    const at = there > span.start && there < span.end ? there : span.start;
    const stream = this.preparing.open({ span, loops: flow.loops, speed }, at);
    this.turning?.stream.close();
    const to = (this.turning = { span, speed, stream });
    stream.read(PIECE).then(
      (first) => {
        if (this.turning !== to || this.flow !== flow) return; // it went on meanwhile
        this.turning = null;
        const next = this.begin({ span, loops: flow.loops, speed, stream, first: first! }, when);
        const starts = next.base / context.sampleRate;
        flow.gain.gain.setValueAtTime(1, starts);
        flow.gain.gain.linearRampToValueAtTime(0, starts + FADE);
        next.gain.gain.setValueAtTime(0, starts);
        next.gain.gain.linearRampToValueAtTime(1, starts + FADE);
        for (const node of flow.nodes) node.stop(starts + FADE);
        flow.stream.close();
        this.leaving = flow;
      },
      () => {
        const again = (): void => {
          if (this.turning === to && this.flow === flow) this.goOver(to);
        };
        setTimeout(again, AGAIN_MS);
      },
    );
  }
}

/** It fades out: cut off it would click. */
function silence({ stream, nodes, gain }: Flow): void {
  stream.close();
  const { currentTime } = gain.context;
  gain.gain.cancelScheduledValues(currentTime);
  gain.gain.setTargetAtTime(0, currentTime, FADE / 5);
  for (const node of nodes) node.stop(currentTime + FADE);
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
