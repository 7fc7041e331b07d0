"""JSON: the whole project in one object, `{project, changed_at, tasks: [{task, recording, annotations, …}]}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.blocks import in_blocks
from labelbuddy_core.formats.documents import annotation_json, named, task_json

MEDIA_TYPE = "application/json"
SUFFIX = "json"
LOSES: tuple[str, ...] = ()


def write(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    """The export in blocks of bytes."""
    return in_blocks(_pieces(tasks, context))


def _pieces(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    head = orjson.dumps({"project": context.project, "changed_at": context.changed_at})
    yield head[:-1] + b',"tasks":['
    separator = b"\n"
    for task in tasks:
        yield separator + orjson.dumps(_task(task, context))
        separator = b",\n"
    yield b"\n]}\n"


def _task(task: ExportedTask, context: ExportContext) -> dict[str, Any]:
    return {
        "task": task_json(task),
        "recording": task.recording,
        "audio_path": task.audio_path,
        "annotations": [annotation_json(annotation, context) for annotation in task.annotations],
        "reviews": [review for annotation in task.annotations for review in annotation.reviews],
        "consensus": task.consensus and {**task.consensus, "document": named(task.consensus["document"], context)},
    }
