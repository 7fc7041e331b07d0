"""Agreement over a project: 10,000 tasks × 3 annotators in < 10 s (DESIGN §10), in memory that does not grow; and
merging their annotations by Dawid–Skene.

Measures 1,000 and 10,000 tasks (6 regions of 8 labels and a tag an annotator) in processes of their own; prints JSON.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from typing import Any

from sqlalchemy import insert

from labelbuddy_core.database import get_database, migrate
from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Membership,
    Project,
    ProjectLabel,
    Recording,
    Task,
    User,
)
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.accounts.accounts import actor_of
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import merged_consensus
from labelbuddy_core.services.agreement.agreement import agreement
from labelbuddy_core.settings import get_settings

ANNOTATORS = 3
LABELS = [f"label-{number}" for number in range(8)]
REGIONS = 6
SECONDS = 30.0
_AT_ONCE = 1000


def main() -> None:
    """Measure each size in a process and data folder of its own."""
    if len(sys.argv) == 2:
        print(json.dumps(measure(int(sys.argv[1]))))
        return
    rows = {}
    for tasks in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "LABELBUDDY_DATA": folder}
            command = [sys.executable, "-m", "benchmarks.agreement", str(tasks)]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            rows[f"{tasks} tasks"] = json.loads(done.stdout)
    print(json.dumps(rows, indent=1))


def measure(tasks: int) -> dict[str, Any]:
    """Wall and CPU seconds of the report and of the merge, and by how much the process grew over the report."""
    manager = world(tasks)
    before, cpu, wall = peak_mb(), time.process_time(), time.perf_counter()
    report = agreement(manager, 1)
    measured = {
        "tasks": report["tasks"],
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
        "peak_mb": round(peak_mb()),
        "grown_mb": round(peak_mb() - before),
        "figures": len(report["figures"]),
    }
    cpu, wall = time.process_time(), time.perf_counter()
    arguments = {"project": 1, "method": "dawid_skene"}
    merged_consensus.run(JobContext("bench", arguments, lambda _, do: do(), lambda *_: None, lambda: False))
    return measured | {
        "merge_wall_s": round(time.perf_counter() - wall, 2),
        "merge_cpu_s": round(time.process_time() - cpu, 2),
        "merge_peak_mb": round(peak_mb()),
    }


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def world(tasks: int) -> Actor:
    """A project whose annotators hear nearly the same, each with some imprecision."""
    migrate(get_settings())
    draw = random.Random(1)
    with get_database().write() as session:
        manager = User(username="bench", name="Bench", password_hash="!")
        people = [User(username=f"ann{number}", name="Ann", password_hash="!") for number in range(ANNOTATORS)]
        session.add_all([manager, *people, Project(name="Bench", template="sound-events", annotators_per_task=3)])
        session.flush()
        session.add(Membership(project_id=1, user_id=manager.id, role="manager"))
        for place, label in enumerate(LABELS):
            session.add(ProjectLabel(project_id=1, id=label, position=place, name=label, color="#E69F00", rules={}))
        ids = [person.id for person in people]
        actor = actor_of(manager)
    for first in range(1, tasks + 1, _AT_ONCE):
        _fill(range(first, min(tasks + 1, first + _AT_ONCE)), ids, draw)
    return actor


def _fill(numbers: range, people: list[int], draw: random.Random) -> None:
    common = {"project_id": 1, "size": 1, "state": "ready", "duration": SECONDS, "original_type": "audio/wav"}
    annotations, items = [], []
    for task in numbers:
        heard = [(draw.uniform(0, SECONDS - 3), draw.uniform(0.3, 3), draw.choice(LABELS)) for _ in range(REGIONS)]
        for place, person in enumerate(people):
            annotation = task * ANNOTATORS + place
            annotations.append(
                {"id": annotation, "project_id": 1, "task_id": task, "user_id": person, "revision": 1,
                 "state": "submitted"}
            )  # fmt: skip
            items += _items(annotation, heard, draw)
    with get_database().write() as session:
        session.execute(
            insert(Recording),
            [{"id": n, "name": f"{n}.wav", "sha256": f"{n:064d}", "attributes": {}, **common} for n in numbers],
        )
        session.execute(
            insert(Task),
            [{"id": n, "project_id": 1, "recording_id": n, "start": 0.0, "stop": SECONDS} for n in numbers],
        )
        session.execute(insert(Annotation), annotations)
        session.execute(insert(AnnotationItem), items)


def _items(annotation: int, heard: list[tuple[float, float, str]], draw: random.Random) -> list[dict[str, Any]]:
    common = {"annotation_id": annotation, "tier": None}
    rows: list[dict[str, Any]] = []
    for number, (onset, length, label) in enumerate(heard):
        if draw.random() < 0.85:
            start = max(0.0, onset + draw.gauss(0, 0.1))
            end = start + max(0.1, length + draw.gauss(0, 0.2))
            origin = {"kind": "human"}
            value = {"id": f"r{number}", "start": start, "end": end, "label": label, "low": None, "high": None,
                     "channel": None, "tier": None, "text": None, "attributes": {}, "confidence": None,
                     "origin": origin}  # fmt: skip
            rows.append(
                {"collection": "regions", "key": f"r{number}", "label": label, "start": start, "stop": end,
                 "value": value, **common}
            )  # fmt: skip
    tag = draw.choice(LABELS[:3])
    value = {"label": tag, "score": None, "origin": {"kind": "human"}}
    rows.append({"collection": "tags", "key": tag, "label": tag, "start": None, "stop": None, "value": value, **common})
    return rows


if __name__ == "__main__":
    main()
