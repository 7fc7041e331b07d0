"""A lab whose labels change while people use them: what they save, and what is kept of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import (
    AnnotationItem,
)
from labelbuddy_core.domain.operations import Save
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.services.projects import projects

MERGE = {"kind": "merge", "labels": ["speech"], "into": "music"}
SIZE = {"id": "size", "name": "Size", "kind": "choice", "choices": ["big", "small"], "required": False}
SPLIT = {"kind": "split", "label": "dog", "attribute": "size", "into": {"big": "Big dog"}}


def region(name: str, label: str, **more: Any) -> dict[str, Any]:
    value = {"id": name, "start": 1.0, "end": 2.0, "label": label, "origin": {"kind": "human"}, **more}
    return {"op": "put", "collection": "regions", "id": name, "value": value}


def tag(label: str) -> dict[str, Any]:
    return {"op": "put", "collection": "tags", "id": label, "value": {"label": label, "origin": {"kind": "human"}}}


def save(person: Actor, task: str, base: int, *operations: dict[str, Any]) -> dict[str, Any]:
    request = {"client": str(uuid4()), "sequence": 1, "base_revision": base, "operations": list(operations)}
    return annotations.save(person, task, Save.model_validate(request))


def labels_in(person: Actor, task: str) -> dict[str, str]:
    document = annotations.get_mine(person, task)["document"]
    return {one["id"]: one["label"] for one in document["regions"]} | {
        f"tag {one['label']}": one["label"] for one in document["tags"]
    }


def kept() -> list[Any]:
    """All items as they are stored."""
    with get_database().read() as session:
        columns = (AnnotationItem.annotation_id, AnnotationItem.collection, AnnotationItem.key, AnnotationItem.label)
        rows = session.execute(select(*columns, AnnotationItem.start, AnnotationItem.stop, AnnotationItem.value))
        return sorted(map(repr, rows))


def ask(manager: Actor, project: str) -> None:
    labels = projects.get_project(manager, project)["labels"]
    labels[2]["attributes"] = [SIZE]
    projects.update_project(manager, project, {"labels": labels})
