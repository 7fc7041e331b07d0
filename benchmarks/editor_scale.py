"""The editor with 14 to 100,000 regions on recordings of 5 minutes to 6 hours, fetched from a served installation, and
beside it wavesurfer.js with its own regions plugin on the same recordings and regions, measured by the same code.

Prints JSON: seconds until the waveform is drawn and playable, megabytes transferred, JavaScript heap (as it is, and
after a collection of garbage), main-thread CPU milliseconds a frame while scrolling, zooming and dragging a region, and
of an edit by key with all that it draws; milliseconds from a key to the painted frame, and of script for keeping an
edit. Targets: ≤ 8 ms a frame with 10,000 regions, ≤ 10 ms with 100,000, heap < 50 MB, key to paint < 32 ms, keeping an
edit < 1 ms. Medians of three browsers, software rendering. The load of the machine is printed with each row: above the
number of its cores everything but CPU milliseconds is longer than it would be.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from playwright.sync_api import Page

from benchmarks import audio_files, editor_peers, editor_reactions
from benchmarks.editor import cpu_a_frame, frames, metrics, new_project, served, task_page
from benchmarks.opening import opened

CASES = (("5 min", 300, 14), ("1 h", 3600, 1_000), ("6 h", 21_600, 10_000), ("6 h", 21_600, 100_000))
ZOOMS = 8
"""So often `Ctrl+↑` is pressed before anything moves: 2.3 % of the recording are in view, as in the peer."""


def main() -> None:
    """Prepare an installation, serve it, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="leave the six hours out")
    parser.add_argument("--runs", type=int, default=3, help="browsers for each row")
    parser.add_argument("--data", type=Path, help="keep the prepared installation here, and use it the next time")
    options = parser.parse_args()
    cases = CASES[:2] if options.short else CASES
    with _folder(options.data) as name:
        folder = Path(name)
        os.environ["LABELBUDDY_DATA"] = str(folder)
        actor, project, token, tasks = prepared(folder, cases)
        rows: dict[str, Any] = {}
        peers: dict[str, Any] = {}
        targets: dict[str, Any] = {}
        with served(str(folder)) as url, editor_peers.served() as peer:
            for length, seconds, count in cases:
                case, task = f"{length}, {count:,} regions", tasks[seconds]
                fill(actor, project, task, seconds, count)
                rows[case] = _median([measure(url, token, task) for _ in range(options.runs)])
                rows[case] |= editor_reactions.keeping_an_edit(peer.url, count) | {"load": _load()}
                _tell("LabelBuddy", case, rows[case])
                peer.publish(actor, task)
                peers[case] = peer.measure() | {"load": _load()}
                _tell("wavesurfer", case, peers[case])
                if count == 1_000:
                    targets = editor_reactions.targets(task_page(url, token, task)) | {"load": _load()}
                    _tell("LabelBuddy", "other targets", targets)
        answer = {"labelbuddy": rows, "labelbuddy_other_targets": targets, "wavesurfer_regions_plugin": peers}
        print(json.dumps(answer | {"label_studio": editor_peers.LABEL_STUDIO}, indent=1))


def prepared(folder: Path, cases: tuple[tuple[str, int, int], ...]) -> tuple[Any, dict[str, Any], str, dict[int, str]]:
    """A person with a project, a session token, and a task for each length: those of `folder`, or new ones."""
    from labelbuddy_core.services.accounts.sign_in import session_actor
    from labelbuddy_core.services.projects import projects

    kept = folder / "benchmark.json"
    if not kept.exists():
        actor, project, token, tasks = prepare(folder, cases)
        kept.write_text(json.dumps({"project": project["id"], "token": token, "tasks": list(tasks.items())}))
        return actor, project, token, tasks
    found = json.loads(kept.read_text())
    actor = session_actor(found["token"])
    assert actor is not None, f"the session in {folder} is over; remove the folder"
    return actor, projects.get_project(actor, found["project"]), found["token"], dict(found["tasks"])


def prepare(folder: Path, cases: tuple[tuple[str, int, int], ...]) -> tuple[Any, dict[str, Any], str, dict[int, str]]:
    """A person with a project, a session token, and a task for each length."""
    from labelbuddy_core.database import get_database
    from labelbuddy_core.services.accounts import sign_in
    from labelbuddy_core.services.recordings import ingestion, uploads
    from labelbuddy_core.services.tasks import queues, tasks

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
    from labelbuddy_core.services.annotations import annotations

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
        memory = editor_peers.heap(cdp)
        for _ in range(ZOOMS):
            page.keyboard.press("Control+ArrowUp")
        return {
            **figures,
            **memory,
            "scroll_ms": frames(page, cdp, {"shiftKey": True, "deltaY": 60}),
            "zoom_ms": frames(page, cdp, {"ctrlKey": True, "deltaY": -10}),
            "drag_ms": dragging(page, cdp),
            "edit_ms": editing(page, cdp),
            "key_to_paint_ms": editor_reactions.key_to_paint(page),
        }


def dragging(page: Page, cdp: Any) -> float:
    """CPU milliseconds a frame while a new region is drawn."""
    return cpu_a_frame(
        page,
        cdp,
        """(about, number) => {
          const canvas = window.benchmarkWave;
          const box = canvas.getBoundingClientRect();
          canvas.setPointerCapture = () => undefined;
          const send = (kind, x) => canvas.dispatchEvent(new PointerEvent(kind, {bubbles: true, composed: true,
            isPrimary: true, button: 0, buttons: 1, pointerId: 1, clientX: x, clientY: box.top + 9}));
          if (number === 0) send('pointerdown', box.left + 50);
          send('pointermove', box.left + 60 + 5 * number);
          if (number === 89) send('pointercancel', box.left);
        }""",
    )


def editing(page: Page, cdp: Any) -> float:
    """CPU milliseconds of moving an edge by key, with all that is drawn and sent for it."""
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(500)
    before = metrics(cdp)["TaskDuration"]
    for _ in range(20):
        page.keyboard.press("BracketRight")
        page.wait_for_timeout(60)
    return round((metrics(cdp)["TaskDuration"] - before) * 1e3 / 20, 2)


def _folder(kept: Path | None) -> AbstractContextManager[str]:
    if kept is None:
        return tempfile.TemporaryDirectory()
    kept.mkdir(parents=True, exist_ok=True)
    return nullcontext(str(kept))


def _median(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]}


def _load() -> float:
    """Processes that want to run, over the last minute."""
    return round(os.getloadavg()[0], 1)


def _tell(tool: str, case: str, figures: dict[str, Any]) -> None:
    print(f"{tool}, {case}: {figures}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
