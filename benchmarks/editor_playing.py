"""What playing costs the page's main thread: a loop played from its samples, at several sample rates and speeds.

Prints JSON: CPU milliseconds of the main thread for each second in which it plays, without drawing: as the editor does
it (its sound is made in a worker), and where workers are forbidden (on the main thread, as before). Stereo music.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from playwright.sync_api import Page

from benchmarks.editor import metrics, new_project, served, task_page
from benchmarks.opening import opened

SECONDS = 60
CASES = ((44_100, 1), (44_100, 2), (192_000, 4))
"""Sample rates (Hz) and speeds."""
FASTER = {1: 0, 2: 3, 4: 5}
"""How often `=` is pressed for a speed."""
FIRST, MEASURED = 4.0, 8.0
"""Seconds until enough is made ahead, and seconds that are measured."""
WAYS = {"worker": "() => undefined", "main thread": "() => { window.Worker = undefined; }"}
STAND_STILL = "() => { window.requestAnimationFrame = () => 0; }"


def main() -> None:
    """Prepare an installation, serve it, measure."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LABELBUDDY_DATA"] = folder
        token, tasks = prepare(Path(folder))
        with served(folder) as url:
            for rate, speed in CASES:
                row = {name: measure(url, token, tasks[rate], name, speed) for name in WAYS}
                print(json.dumps({"sample_rate": rate, "speed": speed, "ms_a_second": row, "load": os.getloadavg()[0]}))


def prepare(folder: Path) -> tuple[str, dict[int, str]]:
    """A session token, and a task with one region as long as its recording for each sample rate."""
    from labelbuddy_core.audio import synthesis
    from labelbuddy_core.audio.encoding import encode
    from labelbuddy_core.database import get_database
    from labelbuddy_core.domain.operations import Replacement
    from labelbuddy_core.services.accounts import sign_in
    from labelbuddy_core.services.annotations import annotations
    from labelbuddy_core.services.recordings import ingestion, uploads
    from labelbuddy_core.services.tasks import queues, tasks

    actor, project = new_project()
    part = np.stack([synthesis.music(np.random.default_rng(seed), float(SECONDS)) for seed in (1, 2)])
    recordings: dict[str, int] = {}
    for rate in {rate for rate, _ in CASES}:
        path = folder / f"{rate}.wav"
        times = -(-SECONDS * rate // part.shape[1])
        encode(
            (part for _ in range(times)), rate, path
        )  # music at 192 kHz is as quick to play as any sound of that rate
        size = path.stat().st_size
        with uploads.begin_upload(actor, project["id"], f"u{rate}", name=path.name, size=size) as incoming:
            incoming.write(path.read_bytes())
        added = uploads.finish_upload(actor, project["id"], f"u{rate}", incoming)["recording"]["id"]
        ingestion.ingest_recording(int(added), lambda _: None)
        recordings[added] = rate
    queues.next_task(actor, project["id"])
    found: dict[int, str] = {}
    label = project["labels"][0]["id"]
    for task in tasks.list_tasks(actor, project["id"], limit=100)["items"]:
        tasks.change_task(actor, task["id"], {"assignees": ["bench"]})
        region = {"id": "r1", "start": 0.0, "end": SECONDS - 1.0, "label": label, "origin": {"kind": "human"}}
        document = {"schema": "labelbuddy/annotation@1", "regions": [region]}
        request = Replacement(client=uuid4(), sequence=1, base_revision=0, document=document)
        annotations.replace(actor, task["id"], request)
        found[recordings[task["recording"]["id"]]] = task["id"]
    token = sign_in.open_session(actor.id, address="bench", user_agent="bench").token
    get_database().close()
    return token, found


def measure(url: str, token: str, task: str, how: str, speed: int) -> float:
    """CPU milliseconds of the main thread for each second of playing, in a fresh browser."""
    with opened(task_page(url, token, task)) as (page, cdp, _):
        page.evaluate(WAYS[how])
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        play(page, *["="] * FASTER[speed], "ArrowDown", "l")
        page.evaluate(STAND_STILL)
        page.wait_for_timeout(1e3 * FIRST)
        before = metrics(cdp)
        page.wait_for_timeout(1e3 * MEASURED)
        after = metrics(cdp)
        worked: Any = after["TaskDuration"] - before["TaskDuration"]
        return round(1e3 * worked / (after["Timestamp"] - before["Timestamp"]), 1)


def play(page: Page, *keys: str) -> None:
    """Press keys in the editor."""
    page.locator(".lb-editor").focus()
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(100)


if __name__ == "__main__":
    main()
