"""A project into which labels are imported, as the worker does it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson

from labelbuddy_core.domain.operations import Operation, Save
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.services.imports import annotation_importing, annotation_imports
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard
from tests.imports.conftest import context


class Lab:
    """A manager, an annotator and two recordings; imports are run as the worker does."""

    def __init__(self, manager: Actor, anna: Actor, project: str, tasks_: dict[str, str]) -> None:
        self.manager, self.anna, self.project, self.tasks = manager, anna, project, tasks_
        self.number = ""

    def add(self, **files: str | bytes) -> str:
        self.number = annotation_imports.begin(self.manager, self.project)["id"]
        for name, data in files.items():
            raw = data.encode() if isinstance(data, str) else data
            annotation_imports.add_file(self.manager, self.number, name.replace("__", "."), raw)
        return self.number

    def do(self, action: str, **choices: Any) -> dict[str, Any]:
        started = annotation_imports.start(self.manager, self.number, action, choices or None)
        job = started["job"]["id"]
        result = annotation_importing.run(context(job))
        DatabaseJobBoard().finish(job, "succeeded", result, None)
        return annotation_imports.get(self.manager, self.number)["report"]

    def bring(self, **files: str | bytes) -> dict[str, Any]:
        self.add(**files)
        self.do("check")
        return self.do("apply")

    def problems(self) -> list[tuple[str, str, str]]:
        found = annotation_imports.list_problems(self.manager, self.number)["items"]
        return [(one["file"], one["place"], one["reason"]) for one in found]

    def documents(self, task: str = "song") -> dict[str, Any]:
        """By annotator what they said about a task."""
        listed = orjson.loads(annotations.list_for_task(self.manager, self.tasks[task]))["items"]
        return {one["user"]: one for one in listed}


def save(actor: Actor, task: str, base: int, *regions: dict[str, Any]) -> None:
    puts = [Operation(op="put", collection="regions", id=one["id"], value=one) for one in regions]  # type: ignore[arg-type]
    annotations.save(actor, task, Save(client=uuid4(), sequence=1, base_revision=base, operations=puts))
