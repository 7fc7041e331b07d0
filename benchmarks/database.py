"""Saves, exports and lists against a real database, each in numbers of DESIGN §10.

`save`: CPU of one PATCH upon a document of 5,000 regions (≤ 6 ms), `ruled`: the same with a label that has rules and
forbids overlaps. `export`: 1,000,000 regions as CSV and JSON Lines
(≥ 50,000 regions/s, < 200 MB). `lists`: a project with 100,000 tasks (< 300 ms). Prints JSON.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import insert, update

from labelbuddy_core.database import get_database, migrate
from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Assignment,
    Membership,
    Project,
    ProjectLabel,
    Recording,
    Revision,
    Task,
    User,
)
from labelbuddy_core.domain.operations import Save
from labelbuddy_core.services.accounts.accounts import actor_of
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.tasks import queues, tasks
from labelbuddy_core.settings import get_settings

PARTS = ("save", "ruled", "export", "lists")
RULES = {
    "overlap": "forbid",
    "shortest": 0.1,
    "vocabulary": "harte",
    "attributes": [{"id": "sure", "name": "Sure", "kind": "rating", "choices": [], "required": True}],
}


def main() -> None:
    """Measure each part in a process and data folder of its own."""
    if len(sys.argv) == 2:
        print(json.dumps(globals()[f"measure_{sys.argv[1]}"]()))
        return
    rows = {}
    for part in PARTS:
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "LABELBUDDY_DATA": folder}
            command = [sys.executable, "-m", "benchmarks.database", part]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            rows[part] = json.loads(done.stdout)
    print(json.dumps(rows, indent=1))


def world(task_count: int, rules: dict[str, object] | None = None) -> Actor:
    """A project with tasks; the person is its manager and annotator."""
    migrate(get_settings())
    with get_database().write() as session:
        user = User(username="bench", name="Bench", password_hash="!")
        session.add(user)
        session.add(Project(name="Bench", template="sound-events", annotators_per_task=1))
        session.flush()
        session.add(
            ProjectLabel(project_id=1, id="speech", position=0, name="Speech", color="#E69F00", rules=rules or {})
        )
        for role in ("manager", "annotator"):
            session.add(Membership(project_id=1, user_id=user.id, role=role))
        session.flush()
        numbers = range(1, task_count + 1)
        common = {"project_id": 1, "size": 1, "state": "ready", "duration": 3600.0, "original_type": "audio/wav"}
        session.execute(
            insert(Recording),
            [{"id": n, "name": f"{n}.wav", "sha256": f"{n:064d}", "attributes": {}, **common} for n in numbers],
        )
        session.execute(
            insert(Task), [{"id": n, "project_id": 1, "recording_id": n, "start": 0.0, "stop": 3600.0} for n in numbers]
        )
        return actor_of(user)


def region(number: int) -> dict[str, Any]:
    """A region of a document."""
    start = number * 0.5
    return {"id": f"r{number}", "start": start, "end": start + 0.4, "label": "speech", "origin": {"kind": "human"}}


def add_items(session: object, annotation: int, count: int, made: Callable[[int], dict[str, Any]] = region) -> None:
    """Fill an annotation with regions, as `made` says of the number of each."""
    rows = []
    for n in range(count):
        value = made(n)
        span = {"start": value["start"], "stop": value["end"]}
        rows.append(
            {
                "annotation_id": annotation,
                "collection": "regions",
                "key": f"r{n}",
                "label": "speech",
                **span,
                "value": value,
            }
        )
    session.execute(insert(AnnotationItem), rows)  # type: ignore[attr-defined]


def measure_save() -> dict[str, float]:
    """CPU and wall time of a save upon 5,000 regions."""
    return saves(world(1), {"end": 3000.0})


def measure_ruled() -> dict[str, float]:
    """The same where the label has every rule there is."""
    return saves(world(1, RULES), {"text": "C:maj7", "attributes": {"sure": 4}})


def saves(actor: Actor, changes: dict[str, object]) -> dict[str, float]:
    """CPU and wall time of saves that each change one region."""
    with get_database().write() as session:
        session.add(Assignment(task_id=1, user_id=actor.id, project_id=1))
        session.add(Annotation(id=1, project_id=1, task_id=1, user_id=actor.id, revision=1))
        session.flush()
        session.add(
            Revision(annotation_id=1, revision=1, user_id=actor.id, client=str(uuid4()), sequence=0, operations=[])
        )
        add_items(session, 1, 5000)
    client, walls = uuid4(), []
    for number in range(20):
        annotations.save(actor, 1, save_of(client, number, changes))
    cpu = time.process_time()
    for number in range(20, 320):
        began = time.perf_counter()
        annotations.save(actor, 1, save_of(client, number, changes))
        walls.append(time.perf_counter() - began)
    walls.sort()
    spent = (time.process_time() - cpu) / 300
    return {
        "cpu_ms": round(spent * 1e3, 2),
        "median_ms": round(walls[150] * 1e3, 2),
        "p95_ms": round(walls[285] * 1e3, 2),
    }


def save_of(client: object, number: int, changes: dict[str, object]) -> Save:
    """One changed region, near the end of the document, that begins a little later."""
    value = region(4680 + number)
    value |= {"start": value["start"] + 0.01, **changes}
    operation = {"op": "put", "collection": "regions", "id": value["id"], "value": value}
    return Save.model_validate(
        {"client": client, "sequence": number, "base_revision": number + 1, "operations": [operation]}
    )


def measure_export() -> dict[str, object]:
    """Regions per second and peak memory of CSV and JSON Lines with 1,000,000 regions."""
    count, each = 2000, 500
    actor = world(count)
    with get_database().write() as session:
        for n in range(1, count + 1):
            session.execute(
                insert(Annotation).values(id=n, project_id=1, task_id=n, user_id=actor.id, revision=1, state="approved")
            )
            add_items(session, n, each)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows: dict[str, object] = {"regions": count * each, "peak_mb_before": round(before)}
    for name in ("csv", "jsonl"):
        began, size = time.perf_counter(), 0
        for block in exports.open_export(actor, 1, format_name=name, which="all").blocks:
            size += len(block)
        seconds = time.perf_counter() - began
        rows[name] = {"regions_per_s": round(count * each / seconds), "seconds": round(seconds, 1), "mb": size // 10**6}
    rows["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return rows


def measure_lists() -> dict[str, float]:
    """Milliseconds of the dashboard, the first page of tasks and an annotator's queue at 100,000 tasks, most done."""
    actor = world(100_000)
    with get_database().write() as session:
        session.execute(update(Task).where(Task.id <= 90_000).values(state="approved"))
    rows = {}
    for name, action in (
        ("dashboard_ms", lambda: projects.list_projects(actor)),
        ("tasks_ms", lambda: tasks.list_tasks(actor, 1)),
        ("my_queue_ms", lambda: queues.my_queue(actor, 1)),
        ("next_task_ms", lambda: queues.next_task(actor, 1)),
    ):
        action()
        began = time.perf_counter()
        orjson.dumps(action())
        rows[name] = round((time.perf_counter() - began) * 1e3, 1)
    return rows


if __name__ == "__main__":
    main()
