"""CSV: one row a region, point, tag, caption or answer; opens in pandas and in a spreadsheet.

UTF-8 with a byte order mark (spreadsheets need it for other than ASCII, pandas skips it), comma, RFC 4180 quoting.
Text that a spreadsheet would take for a formula is preceded by an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from functools import lru_cache

from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.blocks import in_blocks
from labelbuddy_core.formats.items import ExportedItem, items, seconds

MEDIA_TYPE = "text/csv; charset=utf-8"
SUFFIX = "csv"
LOSES = (
    "attributes of regions",
    "evidence of answers",
    "all but the last review",
    "recordings and annotations without any item",
)

COLUMNS = (
    *("recording", "recording_sha256", "task", "annotation", "annotator", "state", "kind", "id", "start", "end"),
    *("low", "high", "channel", "label", "text", "score", "origin", "model", "version", "reviewer", "decision"),
    *("feedback", "updated_at", "audio_path", "recording_license", "model_license"),
)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    """The export in blocks of bytes."""
    return in_blocks(_pieces(tasks, context))


def _pieces(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(COLUMNS)
    for task in tasks:
        for item in items(task):
            writer.writerow(_row(item, context))
        if buffer.tell():
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue().encode()


def _row(item: ExportedItem, context: ExportContext) -> tuple[str, ...]:
    value, annotation, recording = item.value, item.annotation, item.task.recording
    origin = value.get("origin") or {}
    point = item.kind == "point"
    model = origin.get("model") or ""
    score = value.get("score") if item.kind == "tag" else origin.get("score")
    channel = value.get("channel")
    text = value.get("answer") if item.kind == "answer" else value.get("text")
    return (
        harmless(recording["name"]),
        recording["sha256"],
        item.task.id,
        annotation.id,
        harmless(annotation.annotator),
        annotation.state,
        item.kind,
        harmless(item.key),
        seconds(value["time"] if point else value.get("start")),
        seconds(value["time"] if point else value.get("end")),
        seconds(value.get("low")),
        seconds(value.get("high")),
        "" if channel is None else str(channel),
        harmless(value["kind"] if point and not value.get("label") else context.name_of(value.get("label"))),
        harmless(text or ""),
        seconds(score),
        origin.get("kind") or "",
        harmless(model),
        harmless(origin.get("version") or ""),
        harmless(item.review.get("reviewer") or ""),
        item.review.get("decision") or "",
        harmless(item.review.get("feedback") or ""),
        annotation.updated_at,
        harmless(item.task.audio_path),
        harmless(str(recording.get("license") or "")),
        harmless(context.model_licenses.get(model, "")),
    )


@lru_cache(maxsize=4096)  # most cells repeat from row to row
def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP, "CSV Injection")."""
    return "'" + text if text.startswith(_DANGEROUS) else text
