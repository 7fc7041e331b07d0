"""How quickly the editor reacts: keys, edits, pictures of the spectrogram, the end of a region; and what it fetches."""

from __future__ import annotations

import gzip
import json
import random
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from benchmarks.editor_peers import FRONTEND, bundle, chromium
from benchmarks.opening import Target, opened

DIST = FRONTEND.parent / "dist"

KEYS = """() => {
  window.paints = [];
  window.addEventListener('keydown', (event) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.paints.push(performance.now() - event.timeStamp);
    channel.port2.postMessage(null);
  }), {capture: true});
}"""
"""Notes the milliseconds from each key until the frame that shows what it did has been given to the screen."""

STORE = """
import { itemsOf } from "./src/editing/document.ts";
import { Store, unknownLabel } from "./src/editing/store.ts";
import { changeInLane, laneIndexes } from "./src/layers/regions.ts";
window.keep = (count) => {
  const labels = ["a", "b", "c"];
  const nothing = () => undefined;
  const regions = Array.from({ length: count }, (_, n) => (
    { id: `r${n}`, start: n * 0.2, end: n * 0.2 + 3, label: labels[n % 3], text: `${n}`, origin: { kind: "human" } }
  ));
  const store = new Store(labels.map(unknownLabel), nothing, nothing, nothing);
  store.items = itemsOf({ schema: "", regions, points: [], tags: [], caption: null, answers: [] });
  const drawn = store.drawn();
  const lanes = new Map(labels.map((label) => [label, laneIndexes(drawn.filter((one) => one.label === label))]));
  store.takeChanges();
  const times = [];
  for (let turn = 0; turn < 300; turn++) {
    const region = store.region(`r${(turn * 7919) % count}`);
    const began = performance.now();
    store.edit([store.putRegion({ ...region, end: region.end + 0.01 })]);
    for (const { before, after } of store.takeChanges()) {
      changeInLane(lanes.get(after.label), before, after);
    }
    times.push(performance.now() - began);
  }
  return times;
};
"""
"""The editor's own store and lanes: an edit is noted for undo, put into the document, and in its place on the stage."""

TILES = """(key) => new Promise((done) => {
  const real = window.fetch;
  let waiting = 0;
  let asked = false;
  let came = 0;
  window.fetch = async (...about) => {
    const wanted = String(about[0]).includes('/spectrogram/');
    if (wanted) { asked = true; waiting++; }
    const response = await real(...about);
    if (wanted) {
      const blob = response.blob.bind(response);
      response.blob = () => blob().finally(() => { waiting--; came = performance.now(); });
    }
    return response;
  };
  const began = performance.now();
  const editor = window.benchmarkWave.closest('.lb-editor');
  editor.dispatchEvent(new KeyboardEvent('keydown', {key, code: key, bubbles: true, cancelable: true}));
  let shown = 0;
  const look = () => {
    shown ||= performance.now();
    const now = performance.now();
    const quiet = waiting === 0 && now - Math.max(came, shown) > 150;
    if (!quiet) return requestAnimationFrame(look);
    window.fetch = real;
    done({ asked, ms: (asked ? came : shown) - began });
  };
  requestAnimationFrame(look);
})"""
"""Presses a key that shows another stretch; the milliseconds until its last tile of the spectrogram has come, or where
none is asked for until the next frame."""

SOURCES = """() => {
  window.played = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...given) {
    window.played.push([this.buffer.length, this.buffer.sampleRate]);
    return start.apply(this, given);
  };
}"""
"""Notes how many samples each piece of a stretch that is played from its samples has."""

FIRST = """async () => {
  const [asked] = performance.getEntriesByType('resource').filter((one) => one.name.includes('/annotation'));
  const { document: { regions } } = await (await fetch(asked.name)).json();
  return regions.slice(0, 5).map(({ start, end }) => [start, end]);
}"""
"""The times of the first regions, as the server has them."""

HOSTS = """() => performance.getEntriesByType('resource')
  .map((one) => new URL(one.name))
  .filter((one) => one.protocol.startsWith('http') && one.host !== location.host).length"""


def key_to_paint(page: Page) -> float:
    """Median milliseconds from a key to the painted frame: edges, selection and zoom in turn."""
    page.evaluate(KEYS)
    for key in ("BracketRight", "ArrowDown", "Control+ArrowUp", "Control+ArrowDown") * 6:
        page.keyboard.press(key)
        page.wait_for_timeout(120)
    return round(statistics.median(page.evaluate("paints")), 1)


def keeping_an_edit(url: str, count: int) -> dict[str, float]:
    """Milliseconds of script for one edit among so many regions: {keep_ms: mean, keep_p95_ms}; `url`: any page."""
    with tempfile.TemporaryDirectory() as folder, chromium() as (page, _):
        bundle(STORE, Path(folder) / "store.js")
        page.goto(url)
        page.add_script_tag(path=Path(folder) / "store.js")
        times = sorted(page.evaluate("(count) => keep(count)", count))
    return {"keep_ms": round(statistics.fmean(times), 3), "keep_p95_ms": round(times[int(0.95 * len(times))], 2)}


def targets(task: Target) -> dict[str, Any]:
    """What does not depend on the number of regions, on one task: its spectrogram where nobody was before, and again in
    another browser (`of_the_server`), and once more in the same one (`again`)."""
    figures: dict[str, Any] = bundle_sizes()
    pages = random.randrange(30)
    for name in ("spectrogram_cold_ms", "spectrogram_of_the_server_ms"):
        with opened(task) as (page, _, _figures):
            for key in ["Control+ArrowUp"] * 8 + ["Home"] + ["PageDown"] * pages:
                page.keyboard.press(key)
            page.wait_for_timeout(1000)
            forth = [page.evaluate(TILES, "PageDown") for _ in range(5)]
            figures[name] = round(statistics.median(one["ms"] for one in forth if one["asked"]))
            back = [page.evaluate(TILES, "PageUp") for _ in range(5)]
            if seen := [one["ms"] for one in back if not one["asked"]]:
                figures["spectrogram_again_ms"] = round(statistics.median(seen))
            if name == "spectrogram_cold_ms":
                figures["region_overshoot_samples"] = overshoot(page)
            figures["requests_off_the_host"] = page.evaluate(HOSTS)
    return figures


def overshoot(page: Page) -> float:
    """Most samples (of the loudspeakers) by which a played region is longer or shorter than it is marked; of the first
    five regions.

    A region whose samples have not come within half a second is played by the media element; it is played again.
    """
    page.evaluate(SOURCES)
    worst = 0
    for start, end in page.evaluate(FIRST):
        page.keyboard.press("ArrowDown")
        page.evaluate("() => { played = []; }")
        for _ in range(10):
            page.keyboard.press("Shift+Space")
            page.wait_for_timeout(1000 * max(1.0, end - start))  # all pieces are made ahead by then
            page.keyboard.press("Space")
            if played := page.evaluate("played"):
                rate = played[0][1]
                marked = round(end * rate) - round(start * rate)
                worst = max(worst, abs(sum(samples for samples, _ in played) - marked))
                break
        else:
            raise AssertionError("the samples of a region never came")
    return worst


def bundle_sizes() -> dict[str, float]:
    """Kilobytes (1,000 bytes, gzip 9) of what opening the editor loads: before the waveform, in all (wavesurfer.js
    comes after it), and the styles."""
    manifest = json.loads((DIST / "manifest.json").read_text())
    sizes = {name: len(gzip.compress((DIST / name).read_bytes(), 9)) for name in [manifest["js"], *manifest["editor"]]}
    player = next(name for name in sizes if "minPxPerSec" in (DIST / name).read_text() and name != manifest["js"])
    return {
        "script_before_the_waveform_kb": round((sum(sizes.values()) - sizes[player]) / 1e3, 1),
        "script_kb": round(sum(sizes.values()) / 1e3, 1),
        "styles_kb": round(len(gzip.compress((DIST / manifest["css"]).read_bytes(), 9)) / 1e3, 1),
    }
