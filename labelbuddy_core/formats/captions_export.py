"""Captions for training: `{"audio_path", "text_caption", "start", "end", …}`, as JSON Lines or CSV.

A row for every caption of a clip and every region with text; times in seconds of recording time.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.blocks import in_blocks
from labelbuddy_core.formats.csv_export import harmless
from labelbuddy_core.formats.csv_lines import row_writer
from labelbuddy_core.formats.items import ExportedItem, items, seconds
from labelbuddy_core.formats.losses import Carries

LOSES = (
    *("regions without text", "tags", "points", "answers", "frequency bounds", "channels", "tiers", "attributes"),
    *("confidence", "scores", "reviews"),
)
CARRIES = Carries(
    step=1e-9, fields=("text", "label"), caption=True, annotator=True, instants=False,
    also=(("region(s) without a text left out", lambda mark: not mark.text),),
)  # fmt: skip
CARRIES_CSV = replace(CARRIES, step=1e-6)
COLUMNS = (
    *("audio_path", "text_caption", "start", "end", "label", "recording", "recording_sha256", "task", "annotation"),
    *("annotator", "state", "origin", "model", "version", "recording_license", "model_license"),
)


def write_jsonl(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    """The captions as JSON Lines, in blocks of bytes."""
    return in_blocks(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in _rows(tasks, context))


def write_csv(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    """The captions as CSV (as `csv_export` writes it), in blocks of bytes."""
    return in_blocks(_lines(tasks, context))


def _lines(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    write_row = row_writer(buffer)
    buffer.write("\ufeff")
    write_row(COLUMNS)
    for row in _rows(tasks, context):
        texts = {name: harmless(value) if isinstance(value, str) else seconds(value) for name, value in row.items()}
        write_row([texts[name] for name in COLUMNS])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue().encode()


def _rows(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[dict[str, Any]]:
    for task in tasks:
        for item in items(task):
            if item.kind in ("caption", "region") and item.value.get("text"):
                yield _row(item, context)


def _row(item: ExportedItem, context: ExportContext) -> dict[str, Any]:
    value, task = item.value, item.task
    origin = value.get("origin") or {}
    whole = value.get("start") is None
    return {
        "audio_path": task.audio_path,
        "text_caption": value["text"],
        "start": task.start if whole else value["start"],
        "end": task.stop if whole else value["end"],
        "label": context.name_of(value.get("label")),
        "recording": task.recording["name"],
        "recording_sha256": task.recording["sha256"],
        "task": task.id,
        "annotation": item.annotation.id,
        "annotator": item.annotation.annotator,
        "state": item.annotation.state,
        "origin": origin.get("kind") or "",
        "model": origin.get("model") or "",
        "version": origin.get("version") or "",
        "recording_license": str(task.recording.get("license") or ""),
        "model_license": context.license_of(origin),
    }
