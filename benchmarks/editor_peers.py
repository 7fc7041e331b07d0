"""Peers of the editor: wavesurfer.js with its own regions plugin in a page of its own, and what Label Studio took.

The page shows the peaks of the same recording and the same regions, with their texts, and the same stretch of it. It is
bundled from `node_modules` into a temporary folder and served from there.
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

from benchmarks.editor import ROOT, cpu_a_frame, metrics

FRONTEND = ROOT / "components" / "wavesurfer_component" / "frontend"
LIMIT = 60
"""Seconds after which regions that are not all shown are given up."""

WIDTH = 1300
IN_VIEW = 1.6**-8
"""The share of the recording in view, as the editor has it after zooming in eight times."""

LABEL_STUDIO = {
    "measured": "November 2026, Label Studio 1.23.2, MP3 of 5 min, two cores under load 4 to 8, medians of three",
    "0 regions": {"open_s": 7.1},
    "100 regions": {"open_s": 8.3, "heap_mb": 30},
    "1,000 regions": {"open_s": 11.3, "heap_mb": 124},
    "5,000 regions": {"open_s": 18.7, "heap_mb": 531},
    "drag": {"longest_frame_ms": 73, "end_to_stored_ms": 24},
    "1 h": {"open_s": 24.0, "browser_mb": 3089},
}
"""Earlier figures, not of this run: until all regions are shown. `benchmarks.audio_open` opens it in the same run."""

PAGE = f"""<!doctype html><meta charset="utf-8"><title>wavesurfer.js</title>
<body style="margin: 16px"><div id="wave" style="width: {WIDTH}px"></div><script src="peer.js"></script></body>"""

SCRIPT = """
import WaveSurfer from "wavesurfer.js";
import Regions from "wavesurfer.js/plugins/regions";
const frame = () => new Promise(requestAnimationFrame);
(async () => {
  const { duration, peaks, regions, pixelsPerSecond } = await (await fetch("data.json")).json();
  const named = new URLSearchParams(location.search).has("named");
  const plugin = Regions.create();
  const surfer = WaveSurfer.create({
    container: "#wave", height: 112, peaks, duration, minPxPerSec: pixelsPerSecond, plugins: [plugin],
  });
  if (!surfer.getDuration()) await new Promise((done) => surfer.once("ready", done));
  window.drawn = performance.now();
  for (const { start, end, color, text } of regions) {
    plugin.addRegion(named ? { start, end, color, content: text } : { start, end, color });
  }
  for (let before = -Infinity, quick = 0; quick < 3; quick = performance.now() - before < 100 ? quick + 1 : 0) {
    before = performance.now();
    await frame();
  }
  plugin.enableDragSelection({ color: "rgba(15, 118, 110, 0.35)", ...(named ? { content: "new" } : {}) });
  Object.assign(window, { surfer, zoomed: pixelsPerSecond, settled: performance.now() });
})();
"""

SCROLL = "() => surfer.setScroll(surfer.getScroll() + 60)"
ZOOM = "() => surfer.zoom((window.zoomed *= Math.exp(10 / 300)))"
DRAG = """(about, number) => {
  const wrapper = surfer.getWrapper();
  const box = document.getElementById('wave').getBoundingClientRect();
  wrapper.setPointerCapture = () => undefined;
  const send = (kind, x) => wrapper.dispatchEvent(new PointerEvent(kind, {bubbles: true, composed: true,
    cancelable: true, isPrimary: true, button: 0, buttons: 1, pointerId: 1, clientX: x, clientY: box.top + 105}));
  if (number === 0) send('pointerdown', box.left + 50);
  send('pointermove', box.left + 60 + 5 * number);
}"""
DROP = """() => new Promise((done) => {
  const began = performance.now();
  surfer.getWrapper().dispatchEvent(new PointerEvent('pointerup', {bubbles: true, composed: true, pointerId: 1}));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""


@dataclass(frozen=True)
class Peer:
    """The page, and the folder from which it is served."""

    url: str
    folder: Path

    def publish(self, actor: Any, task: str) -> None:
        """Show this task from now on."""
        from labelbuddy_core.audio.peaks import read_header, read_level
        from labelbuddy_core.services.annotations import annotations
        from labelbuddy_core.services.recordings import recordings

        path = recordings.peaks(actor, task).path
        assert path is not None
        header: Any = read_header(path)
        duration = header["frames"] / header["sample_rate"]
        pixels = WIDTH / (duration * IN_VIEW)
        finer = [
            number
            for number, level in enumerate(header["levels"])
            if header["sample_rate"] / level["samples_per_bucket"] >= pixels
        ]
        buckets = read_level(path, max(finer, default=0)) / 128
        peaks = [buckets[:, channel, ::-1].ravel().round(3).tolist() for channel in range(header["channels"])]
        found = annotations.get_mine(actor, task)["document"]["regions"]
        colors = ("rgba(230, 159, 0, 0.4)", "rgba(86, 180, 233, 0.4)", "rgba(0, 158, 115, 0.4)")
        labels = sorted({region["label"] for region in found})
        regions = [
            {
                "start": region["start"],
                "end": region["end"],
                "text": region["text"],
                "color": colors[labels.index(region["label"]) % 3],
            }
            for region in found
        ]
        data = {"duration": duration, "peaks": peaks, "regions": regions, "pixelsPerSecond": pixels}
        (self.folder / "data.json").write_text(json.dumps(data))

    def measure(self) -> dict[str, Any]:
        """The figures with the texts of the regions; where those are never all shown, of regions without text."""
        try:
            return _measured(f"{self.url}/?named")
        except Error:
            broken = f"with texts not all regions were shown after {LIMIT} s; measured without texts"
        try:
            return {"note": broken, **_measured(self.url)}
        except Error:
            return {"note": f"not all regions were shown after {LIMIT} s, with texts or without"}


@contextmanager
def served() -> Iterator[Peer]:
    """The page with nothing to show yet."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "index.html").write_text(PAGE)
        bundle(SCRIPT, folder / "peer.js")
        quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=name))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Peer(f"http://127.0.0.1:{server.server_address[1]}", folder)
        finally:
            server.shutdown()
            server.server_close()


def bundle(script: str, target: Path) -> None:
    """A script with what it imports from the front end's folder and packages, as one file."""
    if not (FRONTEND / "node_modules").exists():
        raise SystemExit(
            f"Run `npm ci` in {FRONTEND.relative_to(ROOT)} first: the peers are bundled from its packages."
        )
    command = ["node_modules/.bin/esbuild", "--bundle", "--minify", "--format=iife", f"--outfile={target}"]
    subprocess.run([*command, "--log-level=error"], cwd=FRONTEND, input=script, text=True, check=True)


@contextmanager
def chromium() -> Iterator[tuple[Page, Any]]:
    """A fresh browser as the editor is measured in: a page and its DevTools session."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            cdp = page.context.new_cdp_session(page)
            cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
            yield page, cdp
        finally:
            browser.close()


def heap(cdp: Any) -> dict[str, float]:
    """Megabytes of JavaScript objects: as it is, and after garbage was collected."""
    before = metrics(cdp)["JSHeapUsedSize"]
    cdp.send("HeapProfiler.enable")
    cdp.send("HeapProfiler.collectGarbage")
    cdp.send("HeapProfiler.disable")
    return {"heap_mb": round(before / 1e6, 1), "heap_collected_mb": round(metrics(cdp)["JSHeapUsedSize"] / 1e6, 1)}


def _measured(url: str) -> dict[str, float]:
    """Raises Playwright's Error when the regions are not all there in time."""
    with chromium() as (page, cdp):
        page.goto(url, wait_until="commit")
        page.wait_for_function("() => window.settled", timeout=LIMIT * 1e3, polling=100)
        page.wait_for_timeout(1500)
        figures = {
            "drawn_s": round(page.evaluate("drawn") / 1e3, 2),
            "all_regions_s": round(page.evaluate("settled") / 1e3, 2),
            **heap(cdp),
            "scroll_ms": cpu_a_frame(page, cdp, SCROLL),
            "zoom_ms": cpu_a_frame(page, cdp, ZOOM),
            "drag_ms": cpu_a_frame(page, cdp, DRAG),
        }
        page.set_default_timeout(LIMIT * 1e3)
        return figures | {"drag_end_ms": round(page.evaluate(DROP), 1)}
