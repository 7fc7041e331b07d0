"""JSON Lines: one annotation a line with its full document, task and recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.blocks import in_blocks
from labelbuddy_core.formats.documents import annotation_json, task_json

MEDIA_TYPE = "application/jsonl"
SUFFIX = "jsonl"
LOSES = ("tasks without an annotation",)


def write(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    """The export in blocks of bytes."""
    return in_blocks(_pieces(tasks, context))


def _pieces(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    for task in tasks:
        head = {"task": task_json(task), "recording": task.recording, "audio_path": task.audio_path}
        for annotation in task.annotations:
            line = {**annotation_json(annotation, context), "reviews": annotation.reviews, **head}
            yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
