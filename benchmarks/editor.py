"""Open a recording of one hour with 5,000 regions in Chromium and scroll through it.

Prints JSON: milliseconds from navigation to the waveform drawn and playable, bytes transferred, heap, and main-thread
CPU a frame while scrolling and zooming. Budgets (DESIGN §10): < 1 s and < 5 MB for the hour, < 1.5 s with 5,000
regions, ≤ 8 ms a frame. The page around the editor is Streamlit's; `editor_ms` counts from the editor's first request.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from playwright.sync_api import Page

from benchmarks.opening import Target, opened

ROOT = Path(__file__).resolve().parents[1]
REGIONS = 5000


def main() -> None:
    """Prepare an installation, serve it, measure."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LABELBUDDY_DATA"] = folder
        token, task = prepare(Path(folder))
        with served(folder) as url:
            print(json.dumps({"hour_with_5000_regions": [measure(url, token, task) for _ in range(3)]}, indent=1))


@contextmanager
def served(folder: str) -> Iterator[str]:
    """The app upon a data folder, as `bin/run` serves it; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "labelbuddy_core.supervisor", "--port", str(port), "--data", folder]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/api/v1/health")
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def new_project() -> tuple[Any, dict[str, Any]]:
    """A person in a fresh installation, and a project that they manage and annotate."""
    from labelbuddy_core.database import get_database, migrate
    from labelbuddy_core.services.accounts.accounts import actor_of, add_user
    from labelbuddy_core.services.projects import projects
    from labelbuddy_core.settings import get_settings

    migrate(get_settings())
    with get_database().write() as session:
        flags = {"is_administrator": True, "can_create_projects": True}
        actor = actor_of(add_user(session, {"username": "bench", "password": "correct horse 1", **flags}))
    members = {"bench": ["manager", "annotator"]}
    return actor, projects.create_project(actor, name="Bench", template="sound-events", members=members)


def prepare(folder: Path) -> tuple[str, str]:
    """A person's session token and a task of one hour with 5,000 regions of theirs."""
    from labelbuddy_core.audio import synthesis
    from labelbuddy_core.audio.encoding import encode
    from labelbuddy_core.database import get_database
    from labelbuddy_core.domain.operations import Replacement
    from labelbuddy_core.services.accounts import sign_in
    from labelbuddy_core.services.annotations import annotations
    from labelbuddy_core.services.recordings import ingestion, uploads
    from labelbuddy_core.services.tasks import queues

    actor, project = new_project()
    path = folder / "hour.mp3"
    part = np.stack([synthesis.music(np.random.default_rng(seed), 60.0) for seed in (1, 2)])
    encode((part for _ in range(60)), synthesis.RATE, path)
    size = path.stat().st_size
    with uploads.begin_upload(actor, project["id"], "u", name="hour.mp3", size=size) as incoming:
        incoming.write(path.read_bytes())
    added = uploads.finish_upload(actor, project["id"], "u", incoming)
    ingestion.ingest_recording(int(added["recording"]["id"]), lambda _: None)
    task = queues.next_task(actor, project["id"])
    assert task is not None
    names = [label["id"] for label in project["labels"]]
    regions = [
        {
            "id": f"r{n}",
            "start": n * 0.7,
            "end": n * 0.7 + 0.6,
            "label": names[n % len(names)],
            "origin": {"kind": "human"},
        }
        for n in range(REGIONS)
    ]
    document = {"schema": "labelbuddy/annotation@1", "regions": regions}
    request = Replacement(client=uuid4(), sequence=1, base_revision=0, document=document)
    annotations.replace(actor, task, request)
    token = sign_in.open_session(actor.id, address="bench", user_agent="bench").token
    get_database().close()
    return token, task


def task_page(url: str, token: str, task: str) -> Target:
    """A task in the editor, seen by the person of a session."""
    return Target(
        url=f"{url}/annotate?task={task}",
        cookies={"lb_session": token},
        asks=f"/tasks/{task}",
        canvas=".wave-canvas",
        play=".play",
    )


def measure(url: str, token: str, task: str) -> dict[str, float]:
    """One opening in a fresh browser, then scrolling and zooming."""
    with opened(task_page(url, token, task)) as (page, cdp, figures):
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        heap = metrics(cdp)["JSHeapUsedSize"]
        return {
            "page_ms": round(figures["page_s"] * 1e3),
            "editor_ms": round(figures["editor_s"] * 1e3),
            "transferred_mb": round(figures["transferred_mb"], 2),
            "heap_mb": round(heap / 1e6, 1),
            "scroll_ms_per_frame": frames(page, cdp, {"shiftKey": True, "deltaY": 60}),
            "zoom_ms_per_frame": frames(page, cdp, {"ctrlKey": True, "deltaY": -20}),
        }


def frames(page: Page, cdp: Any, wheel: dict[str, Any]) -> float:
    """Main-thread CPU milliseconds a frame over 90 wheel events, one a frame."""
    return cpu_a_frame(page, cdp, WHEEL, wheel)


WHEEL = """(wheel) => {
  const canvas = window.benchmarkWave;
  const box = canvas.getBoundingClientRect();
  canvas.dispatchEvent(new WheelEvent('wheel', {bubbles: true, composed: true, cancelable: true,
    clientX: box.left + box.width / 2, clientY: box.top + 5, ...wheel}));
}"""


STEPPING = """(about) => new Promise((done) => {
  const step = STEP;
  const began = performance.now();
  let number = 0;
  const frame = () => {
    if (number === 90 || performance.now() - began > 20000) return done(number);
    step(about, number++);
    requestAnimationFrame(frame);
  };
  frame();
})"""


def cpu_a_frame(page: Page, cdp: Any, step: str, about: Any = None) -> float:
    """Main-thread CPU milliseconds a frame while a function of the page, `step(about, number)`, is called once a frame:
    90 times, or for 20 seconds where that takes longer."""
    before = metrics(cdp)["TaskDuration"]
    done = page.evaluate(STEPPING.replace("STEP", step), about)
    return round((metrics(cdp)["TaskDuration"] - before) * 1e3 / done, 2)


def metrics(cdp: Any) -> dict[str, float]:
    """Chromium's counters by name."""
    return {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}


def wait_for(url: str) -> None:
    """Until something answers."""
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


if __name__ == "__main__":
    main()
