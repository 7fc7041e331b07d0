"""A release of 10,000 clips, made twice from the same state: the same hash, and what it takes.

`python -m benchmarks.releases [clips] [recordings]`. Clips of 2 s are cut from long recordings (FLAC, 44.1 kHz, mono)
and resampled to 16 kHz, with labels in four formats and splits by artist. The second time everything is made anew.
Prints JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from sqlalchemy import delete, insert

SECONDS, RATE = 2.0, 44_100
CHOICES = {
    "formats": ["jsonl", "csv", "audiofolder", "croissant"],
    "audio": "clips",
    "sample_rate": 16_000,
    "group_by": ["artist"],
}
LABELS = ("speech", "music", "dog")


def main() -> None:
    """Measure in a data folder of its own."""
    clips = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    recordings = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LABELBUDDY_DATA"] = folder
        print(json.dumps(measure(clips, recordings), indent=1))


def measure(clips: int, recordings: int) -> dict[str, Any]:
    """Seconds and CPU seconds of each step, both times, and the hashes."""
    from labelbuddy_core.database import get_database
    from labelbuddy_core.database.tables import Release
    from labelbuddy_core.services.releases import release_making, releases

    actor = world(clips, recordings)
    rows: dict[str, Any] = {"clips": clips, "recordings": recordings}
    for number in ("first", "second"):
        begun = releases.begin(actor, 1, name="Bench", version="1.0", choices=CHOICES, at_once=True)
        release = int(begun["id"])
        taken: dict[str, Any] = {}
        for step in (release_making.freeze_content, release_making.cut, release_making.publish):
            began, cpu = time.perf_counter(), cpu_seconds()
            step(release, lambda _fraction, _message: None)
            taken[step.__name__] = {
                "seconds": round(time.perf_counter() - began, 1), "cpu_seconds": round(cpu_seconds() - cpu, 1),
            }  # fmt: skip
        made = releases.get_release(actor, release)
        taken |= {name: made[name] for name in ("sha256", "content_sha256", "size")}
        rows[number] = {**taken, "splits": {name: one["tasks"] for name, one in made["figures"]["splits"].items()}}
        print(number, rows[number], file=sys.stderr, flush=True)
        with get_database().write() as session:  # the second finds nothing of the first
            session.execute(delete(Release))
        releases.forget_blobs([made["sha256"]])
    rows["same"] = rows["first"]["sha256"] == rows["second"]["sha256"]
    rows["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return rows


def cpu_seconds() -> float:
    """Of this process and of those that decode for it, which end now."""
    from labelbuddy_core.audio import sandbox

    sandbox.close()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def world(clips: int, recordings: int) -> Any:
    """Recordings of noise with an artist each ten, a task a clip, and an approved region in every task."""
    from benchmarks.database import world as project_of
    from labelbuddy_core.audio.storage import open_store, original_key
    from labelbuddy_core.database import get_database
    from labelbuddy_core.database.tables import Annotation, AnnotationItem, ProjectLabel, Recording, Task
    from labelbuddy_core.settings import get_settings

    actor = project_of(1)
    each = clips // recordings
    store, random = open_store(get_settings()), np.random.default_rng(0)
    noise = (0.1 * random.standard_normal(round(each * SECONDS * RATE))).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder, get_database().write() as session:
        session.execute(delete(Recording))  # its task has no audio
        for position, label in enumerate(LABELS[1:], start=1):
            session.add(
                ProjectLabel(project_id=1, id=label, position=position, name=label.title(), color="#E69F00", rules={})
            )
        for number in range(1, recordings + 1):
            file = Path(folder) / f"{number}.flac"
            soundfile.write(file, np.roll(noise, number * 1000), RATE, subtype="PCM_16")
            sha256, size = hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_size
            store.put_file(original_key(sha256), file)
            session.execute(
                insert(Recording).values(
                    id=number, project_id=1, name=file.name, sha256=sha256, size=size, state="ready",
                    duration=each * SECONDS, sample_rate=RATE, channels=1,
                    attributes={"artist": f"artist {number // 10}", "license": "CC BY 4.0"},
                )
            )  # fmt: skip
            tasks, annotations, items = [], [], []
            for position in range(each):
                one, start = (number - 1) * each + position + 1, position * SECONDS
                label = LABELS[one % len(LABELS)]
                value = {
                    "id": "r1", "start": start + 0.5, "end": start + 1.5, "label": label, "origin": {"kind": "human"},
                }  # fmt: skip
                tasks.append(
                    {"id": one, "project_id": 1, "recording_id": number, "start": start, "stop": start + SECONDS}
                )
                annotations.append(
                    {
                        "id": one, "project_id": 1, "task_id": one, "user_id": actor.id, "revision": 1,
                        "state": "approved",
                    }
                )  # fmt: skip
                items.append(
                    {
                        "annotation_id": one, "collection": "regions", "key": "r1", "label": label,
                        "start": value["start"], "stop": value["end"], "value": value,
                    }
                )  # fmt: skip
            session.execute(insert(Task), tasks)
            session.execute(insert(Annotation), annotations)
            session.execute(insert(AnnotationItem), items)
    return actor


if __name__ == "__main__":
    main()
