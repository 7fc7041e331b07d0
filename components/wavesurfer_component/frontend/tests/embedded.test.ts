import { describe, expect, it } from "vitest";
import type { Edited } from "../src/embedded/data";
import { Fft } from "../src/embedded/fft";
import { documentOf, Keeper } from "../src/embedded/keeper";
import { foundGrid, pointsBetween, zeroCrossings } from "../src/embedded/points";
import { reach, tilePixels } from "../src/embedded/spectra";
import { type AnnotationDocument, type DocumentChange, itemsOf, type Region } from "../src/editing/document";
import type { SaverPorts, SaveState } from "../src/editing/saver";
import type { Scale } from "../src/engine/spectrogram";
import kept from "./tile_pixels.json";

describe("the transform", () => {
  it("is the sum of its definition", () => {
    const size = 16;
    const real = Float64Array.from({ length: size }, (_, index) => Math.sin(index * index));
    const imaginary = Float64Array.from({ length: size }, (_, index) => Math.cos(3 * index));
    const [re, im] = [real.slice(), imaginary.slice()];
    new Fft(size).transform(re, im);
    for (let bin = 0; bin < size; bin++) {
      let [wantedRe, wantedIm] = [0, 0];
      for (let index = 0; index < size; index++) {
        const angle = (-2 * Math.PI * bin * index) / size;
        wantedRe += real[index]! * Math.cos(angle) - imaginary[index]! * Math.sin(angle);
        wantedIm += real[index]! * Math.sin(angle) + imaginary[index]! * Math.cos(angle);
      }
      expect(re[bin]).toBeCloseTo(wantedRe, 10);
      expect(im[bin]).toBeCloseTo(wantedIm, 10);
    }
  });
  it("takes only powers of two", () => expect(() => new Fft(12)).toThrow(RangeError));
});

/** The same formula as in tests/audio/test_browser_spectrogram.py. */
function signal(rate: number, frames: number): Float32Array[] {
  const [left, right] = [new Float32Array(frames), new Float32Array(frames)];
  let state = 12_345;
  for (let frame = 0; frame < frames; frame++) {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    const noise = ((state >>> 16) % 2001) - 1000;
    const time = frame / rate;
    left[frame] = Math.round(12_000 * Math.sin(2 * Math.PI * (200 + 1500 * time) * time) + noise) / 32767;
    right[frame] = Math.round(6_000 * Math.sin(2 * Math.PI * 97 * time)) / 32767;
  }
  return [left, right];
}

describe("spectrogram tiles made in the browser", () => {
  it.each(kept.tiles)("have the pixels of the server's: $scale at $rate Hz, $hop samples a column", ({ rate, hop, scale, centers, pixels }) => {
    const made = tilePixels(signal(rate, kept.columns * hop + 2 * reach(rate)), { scale: scale as Scale, sampleRate: rate, centers }, kept.columns, hop);
    const wanted = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
    expect(made.length).toBe(wanted.length);
    const furthest = wanted.reduce((most, value, index) => Math.max(most, Math.abs(value - made[index]!)), 0);
    expect(furthest).toBeLessThanOrEqual(1); // half a decibel
  });
});

describe("points without a server", () => {
  const analysis = { onsets: [0.5, 2, 7], beats: { times: [1, 2, 3], positions: [1, 2, 1], tempo: 60, meter: 2 } };
  it("are those between two times", () => {
    expect(pointsBetween(analysis, 1, 5, ["onset", "beat"])).toEqual({ onset: [2], beat: [{ time: 1, position: 1 }, { time: 2, position: 2 }, { time: 3, position: 1 }] });
    expect(pointsBetween(analysis, 0, 1, ["onset"])).toEqual({ onset: [0.5] });
  });
  it("give the grid that was found", () => expect(foundGrid(analysis)).toMatchObject({ meter: 2, tempo: 60 }));
  it("cross zero between samples, of the mean of the channels", () => {
    expect(zeroCrossings(Int16Array.from([-10, -10, 30, 30, 10, 10]), 2, 100, 100)).toEqual([1.0025]);
  });
});

/** A page whose clock moves by hand. */
class Page {
  now = 0;
  sent: Edited[] = [];
  told: SaveState[] = [];
  private timers: { at: number; action: () => void; id: number }[] = [];

  readonly editor: SaverPorts = {
    send: () => Promise.reject(new Error("nobody takes batches")),
    reload: () => Promise.reject(new Error("nobody keeps documents")),
    present: () => new Map(),
    merged: () => undefined,
    replaced: () => undefined,
    corrected: () => undefined,
    told: (state) => void this.told.push(state),
    wait: () => Promise.resolve(),
  };

  keeper(): Keeper {
    let id = 0;
    return new Keeper("song", "base", "me", this.editor, {
      send: (edited) => void this.sent.push(edited),
      now: () => this.now,
      later: (action, milliseconds) => {
        this.timers.push({ at: this.now + milliseconds, action, id: ++id });
        return id;
      },
      cancel: (timer) => void (this.timers = this.timers.filter((one) => one.id !== timer)),
    });
  }

  pass(milliseconds: number): void {
    for (const until = this.now + milliseconds; ; ) {
      const next = this.timers.filter((timer) => timer.at <= until).sort((one, other) => one.at - other.at)[0];
      this.now = next?.at ?? until;
      if (!next) return;
      this.timers.splice(this.timers.indexOf(next), 1);
      next.action();
    }
  }
}

const empty: AnnotationDocument = { schema: "labelbuddy/annotation@1", regions: [], points: [], tags: [], caption: null, answers: [], tiers: [] };
const region = (id: string): Region => ({ id, start: 0, end: 1, label: "a", origin: { kind: "human" } });
const put = (id: string): DocumentChange => ({ collection: "regions", id, before: null, after: region(id) });
const ids = (edited: Edited | undefined): string[] => edited!.document.regions.map((region) => region.id);

describe("keeping the document without a server", () => {
  it("sends the whole document a moment after an edit, and says that it is kept when Python has it", () => {
    const page = new Page();
    const keeper = page.keeper();
    keeper.begin(0, empty);
    keeper.push([put("a")]);
    expect(keeper.idle).toBe(false);
    page.pass(200);
    expect(page.sent.map((one) => one.sequence)).toEqual([1]);
    expect(ids(page.sent[0])).toEqual(["a"]);
    keeper.answer({ client: "me", sequence: 1, problem: null });
    expect(keeper.idle).toBe(true);
    expect(page.told[page.told.length - 1]).toBe("saved");
  });
  it("sends at most twice a second, and never leaves out the last edit", () => {
    const page = new Page();
    const keeper = page.keeper();
    keeper.begin(0, empty);
    for (let edit = 0; edit < 100; edit++) {
      keeper.push([put(`r${edit}`)]);
      page.pass(30);
    }
    page.pass(1000);
    expect(page.sent.length).toBeLessThanOrEqual(8);
    expect(ids(page.sent[page.sent.length - 1])).toHaveLength(100);
  });
  it("sends at once when somebody turns to something else on the page", () => {
    const page = new Page();
    const keeper = page.keeper();
    keeper.begin(0, empty);
    keeper.push([put("a")]);
    keeper.now();
    keeper.now();
    expect(page.sent).toHaveLength(1);
    page.pass(2000);
    expect(page.sent).toHaveLength(1);
  });
  it("is not content with an answer to an older document, or to another editor's", () => {
    const page = new Page();
    const keeper = page.keeper();
    keeper.begin(0, empty);
    keeper.push([put("a")]);
    page.pass(200);
    keeper.push([put("b")]);
    keeper.answer({ client: "me", sequence: 1, problem: null });
    keeper.answer({ client: "somebody", sequence: 9, problem: null });
    expect(keeper.idle).toBe(false);
  });
  it("sends again, ever more seldom, while there is no answer: the script may be slow", () => {
    const page = new Page();
    const keeper = page.keeper();
    keeper.begin(0, empty);
    keeper.push([put("a")]);
    for (let second = 0; second < 70; second += 2) {
      page.pass(2000);
      keeper.touch();
    }
    expect(page.sent.length).toBe(3);
    expect(new Set(page.sent.map((one) => one.sequence)).size).toBe(1);
    expect(page.told).toContain("offline");
  });
  it("says why Python does not take a document", () => {
    const page = new Page();
    const keeper = page.keeper();
    keeper.begin(0, empty);
    keeper.push([put("a")]);
    page.pass(200);
    keeper.answer({ client: "me", sequence: 1, problem: "no such label" });
    expect(page.told[page.told.length - 1]).toBe("refused");
  });
  it("makes documents of items and items of documents", () => {
    const document: AnnotationDocument = { ...empty, regions: [region("a")], caption: { text: "rain", origin: { kind: "human" } } };
    expect(documentOf(itemsOf(structuredClone(document)))).toEqual(document);
  });
});
