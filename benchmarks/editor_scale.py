"""The editor with 14 to 100,000 regions on recordings of 5 minutes to 6 hours, fetched from a served installation.

Prints JSON: seconds until the waveform is drawn and playable, megabytes transferred, JavaScript heap, main-thread CPU
milliseconds a frame while scrolling, zooming and dragging a region, and of an edit by key with all that it draws.
Targets: ≤ 8 ms a frame with 10,000 regions, ≤ 10 ms with 100,000, heap < 50 MB. Medians of three browsers, software
rendering. `python -m benchmarks.editor_scale short` leaves the six hours out.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from playwright.sync_api import Page

from benchmarks import audio_files
from benchmarks.editor import frames, metrics, new_project, served, task_page
from benchmarks.opening import opened

RUNS = 3
CASES = (("5 min", 300, 14), ("1 h", 3600, 1_000), ("6 h", 21_600, 10_000), ("6 h", 21_600, 100_000))

OTHERS = {
    "wavesurfer 8.0.1, regions plugin, 1 h": {
        "1,000": {"scroll_ms": 8.5, "zoom_ms": 27.2, "heap_mb": 12.4},
        "5,000": {"scroll_ms": 31.4, "zoom_ms": 69.3, "heap_mb": 51},
    },
    "Label Studio, 1 h": {"5,000 regions": {"open_s": 18.7}},
}
"""The same browser on a machine of two cores, November 2026; the plugin freezes for 20 s with 5,000 named regions."""


def main() -> None:
    """Prepare an installation, serve it, measure."""
    cases = CASES[:2] if "short" in sys.argv else CASES
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LABELBUDDY_DATA"] = folder
        actor, project, token, tasks = prepare(Path(folder), cases)
        rows: dict[str, Any] = {}
        with served(folder) as url:
            for length, seconds, count in cases:
                fill(actor, project, tasks[seconds], seconds, count)
                runs = [measure(url, token, tasks[seconds]) for _ in range(RUNS)]
                median = {name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]}
                rows[f"{length}, {count:,} regions"] = median
                print(f"{length}, {count:,} regions: {median}", file=sys.stderr)
        print(json.dumps({"labelbuddy": rows, "others": OTHERS}, indent=1))


def prepare(folder: Path, cases: tuple[tuple[str, int, int], ...]) -> tuple[Any, dict[str, Any], str, dict[int, str]]:
    """A person with a project, a session token, and a task for each length."""
    from labelbuddy_core.database import get_database
    from labelbuddy_core.services import ingestion, queues, sign_in, tasks, uploads

    actor, project = new_project()
    names: dict[str, int] = {}
    for seconds in dict.fromkeys(seconds for _, seconds, _ in cases):
        path = audio_files.write(folder / "a.mp3", seconds)
        size = path.stat().st_size
        with uploads.begin_upload(actor, project["id"], f"u{seconds}", name="a.mp3", size=size) as incoming:
            incoming.write(path.read_bytes())
        added = uploads.finish_upload(actor, project["id"], f"u{seconds}", incoming)["recording"]["id"]
        ingestion.ingest_recording(int(added), lambda _: None)
        names[added] = seconds
        path.unlink()
    queues.next_task(actor, project["id"])
    found = tasks.list_tasks(actor, project["id"], limit=100)["items"]
    for task in found:
        tasks.change_task(actor, task["id"], {"assignees": ["bench"]})
    token = sign_in.open_session(actor.id, address="bench", user_agent="bench").token
    get_database().close()
    return actor, project, token, {names[task["recording"]["id"]]: task["id"] for task in found}


def fill(actor: Any, project: dict[str, Any], task: str, seconds: int, count: int) -> None:
    """So many regions of three labels over the whole recording."""
    from labelbuddy_core.domain.operations import Replacement
    from labelbuddy_core.services import annotations

    random = np.random.default_rng(count)
    starts = np.sort(random.uniform(0, seconds - 10, count))
    labels = [label["id"] for label in project["labels"]][:3]
    regions = [
        {
            "id": f"r{n}",
            "start": float(starts[n]),
            "end": float(starts[n] + random.uniform(0.3, 6)),
            "label": labels[n % 3],
            "text": f"region {n}",
            "origin": {"kind": "human"},
        }
        for n in range(count)
    ]
    document = {"schema": "labelbuddy/annotation@1", "regions": regions}
    base = annotations.get_mine(actor, task)["revision"]
    request = Replacement(client=uuid4(), sequence=count, base_revision=base, document=document)
    annotations.replace(actor, task, request)


def measure(url: str, token: str, task: str) -> dict[str, float]:
    """One opening in a fresh browser, then everything that moves."""
    with opened(task_page(url, token, task)) as (page, cdp, figures):
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.wait_for_timeout(1500)
        heap = metrics(cdp)["JSHeapUsedSize"]
        for _ in range(8):
            page.keyboard.press("Control+ArrowUp")
        return {
            "page_s": figures["page_s"],
            "editor_s": figures["editor_s"],
            "transferred_mb": figures["transferred_mb"],
            "heap_mb": heap / 1e6,
            "scroll_ms": frames(page, cdp, {"shiftKey": True, "deltaY": 60}),
            "zoom_ms": frames(page, cdp, {"ctrlKey": True, "deltaY": -10}),
            "drag_ms": dragging(page, cdp),
            "edit_ms": editing(page, cdp),
        }


def dragging(page: Page, cdp: Any) -> float:
    """CPU milliseconds a frame while a new region is drawn."""
    before = metrics(cdp)["TaskDuration"]
    page.evaluate(
        """() => new Promise((done) => {
          const canvas = window.benchmarkWave;
          const box = canvas.getBoundingClientRect();
          canvas.setPointerCapture = () => undefined;
          const send = (kind, x) => canvas.dispatchEvent(new PointerEvent(kind, {bubbles: true, composed: true,
            isPrimary: true, button: 0, buttons: 1, pointerId: 1, clientX: x, clientY: box.top + 9}));
          send('pointerdown', box.left + 50);
          let left = 90;
          const step = () => {
            if (left-- === 0) { send('pointercancel', box.left); return done(); }
            send('pointermove', box.left + 60 + 5 * (90 - left));
            requestAnimationFrame(step);
          };
          step();
        })"""
    )
    return round((metrics(cdp)["TaskDuration"] - before) * 1e3 / 90, 2)


def editing(page: Page, cdp: Any) -> float:
    """CPU milliseconds of moving an edge by key, with all that is drawn and sent for it."""
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(500)
    before = metrics(cdp)["TaskDuration"]
    for _ in range(20):
        page.keyboard.press("BracketRight")
        page.wait_for_timeout(60)
    return round((metrics(cdp)["TaskDuration"] - before) * 1e3 / 20, 2)


if __name__ == "__main__":
    main()
