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
from labelbuddy_core.formats.losses import Carries

MEDIA_TYPE = "text/csv; charset=utf-8"
SUFFIX = "csv"
CARRIES = Carries(
    step=1e-6, fields=("label", "text", "frequencies", "channel", "score", "tier"),
    tags=True, caption=True, answers=True, annotator=True,
)  # fmt: skip
LOSES = (
    "positions of beats",
    "attributes of regions and instants",
    "evidence of answers",
    "all but the last review",
    "tiers that nothing lies on",
    "recordings and annotations without any item",
)

COLUMNS = (
    *("recording", "recording_sha256", "task", "annotation", "annotator", "state", "kind", "id", "start", "end"),
    *("low", "high", "channel", "label", "text", "score", "origin", "model", "version", "reviewer", "decision"),
    *("feedback", "updated_at", "audio_path", "recording_license", "model_license", "prediction", "edited"),
    "tier",
)
_BY_HAND = {"kind": "human"}
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
        annotation, before, after = None, (), ()
        for item in items(task):
            if item.annotation is not annotation:
                annotation = item.annotation
                before, after = _same_for_all(item)
            writer.writerow((*before, *_cells(item, context), *after, *_source(item, context), _tier(item)))
        if buffer.tell():
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue().encode()


def _same_for_all(item: ExportedItem) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first and the last cells of a row, which are the same for all items of an annotation."""
    task, annotation, recording = item.task, item.annotation, item.task.recording
    about = (task.id, annotation.id, harmless(annotation.annotator), annotation.state)
    licensed = harmless(str(recording.get("license") or ""))
    return (
        (harmless(recording["name"]), recording["sha256"], *about),
        (annotation.updated_at, harmless(task.audio_path), licensed),
    )


def _source(item: ExportedItem, context: ExportContext) -> tuple[str, ...]:
    """The license of the model that made the item or what it is a copy of, its prediction, and whether somebody edited
    what a model or the analysis said."""
    origin = item.value.get("origin") or {}
    if origin == _BY_HAND:
        return ("", "", "")
    found = origin.get("kind") == "analysis"
    license_text = "" if found else context.license_of(origin)
    edited = ""
    if found or origin.get("kind") == "model":
        edited = "true" if origin.get("edited") else "false"
    return harmless(license_text), harmless(origin.get("prediction") or ""), edited


def _tier(item: ExportedItem) -> str:
    return harmless(item.value.get("tier") or "")


def _cells(item: ExportedItem, context: ExportContext) -> tuple[str, ...]:
    value, review = item.value, item.review
    origin = value.get("origin") or {}
    point = item.kind == "point"
    score = value.get("score") if item.kind == "tag" else origin.get("score")
    channel = value.get("channel")
    text = value.get("answer") if item.kind == "answer" else value.get("text")
    return (
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
        harmless(origin.get("model") or ""),
        harmless(origin.get("version") or ""),
        harmless(review.get("reviewer") or ""),
        review.get("decision") or "",
        harmless(review.get("feedback") or ""),
    )


@lru_cache(maxsize=4096)  # most cells repeat from row to row
def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP, "CSV Injection")."""
    return "'" + text if text.lstrip("'").startswith(_DANGEROUS) else text


def unguarded(cell: str) -> str:
    """The text that `harmless` was given."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(_DANGEROUS) else cell
