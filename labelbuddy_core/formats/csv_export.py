"""CSV: one row a region, point, tag, caption or answer; opens in pandas and in a spreadsheet.

UTF-8 with a byte order mark (spreadsheets need it for other than ASCII, pandas skips it), comma, RFC 4180 quoting.
Text that a spreadsheet would take for a formula is preceded by an apostrophe.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.blocks import in_blocks
from labelbuddy_core.formats.csv_lines import row_writer
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
_MADE_BY_HAND = ("human", "", "")
_NOT_REVIEWED = ("", "", "")
_repeated = lru_cache(maxsize=1024)(seconds)
"""Bounds and scores are often those of other rows, times are not."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_FIRST_OF_GUARDED = frozenset(("'", *_DANGEROUS))


def write(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    """The export in blocks of bytes."""
    return in_blocks(_pieces(tasks, context))


def _pieces(tasks: Iterable[ExportedTask], context: ExportContext) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    write_row = row_writer(buffer)
    buffer.write("\ufeff")
    write_row(COLUMNS)
    for task in tasks:
        annotation, before, after = None, (), ()
        for item in items(task):
            if item.annotation is not annotation:
                annotation = item.annotation
                before, after = _same_for_all(item)
            tier = item.value.get("tier")
            tier = harmless(tier) if tier else ""
            write_row((*before, *_cells(item, context), *after, *_source(item, context), tier))
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


def _cells(item: ExportedItem, context: ExportContext) -> tuple[str, ...]:
    value, kind, review = item.value, item.kind, item.review
    start, end = (value["time"], value["time"]) if kind == "point" else (value.get("start"), value.get("end"))
    low, high, channel = value.get("low"), value.get("high"), value.get("channel")
    label, text = context.name_of(value.get("label")), value.get("answer" if kind == "answer" else "text")
    origin = value.get("origin") or {}
    score = value.get("score") if kind == "tag" else origin.get("score")
    return (
        kind,
        harmless(item.key),
        seconds(start),
        seconds(end),
        "" if low is None else _repeated(low),
        "" if high is None else _repeated(high),
        "" if channel is None else str(channel),
        harmless(label or (value["kind"] if kind == "point" else "")),
        harmless(text) if text else "",
        "" if score is None else _repeated(score),
        *(_MADE_BY_HAND if origin == _BY_HAND else _made(origin)),
        *(_said(review) if review else _NOT_REVIEWED),
    )


def _made(origin: Mapping[str, Any]) -> tuple[str, str, str]:
    return origin.get("kind") or "", harmless(origin.get("model") or ""), harmless(origin.get("version") or "")


def _said(review: Mapping[str, Any]) -> tuple[str, str, str]:
    reviewer, feedback = review.get("reviewer") or "", review.get("feedback") or ""
    return harmless(reviewer), review.get("decision") or "", harmless(feedback)


def _source(item: ExportedItem, context: ExportContext) -> tuple[str, str, str]:
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


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP, "CSV Injection")."""
    if text[:1] not in _FIRST_OF_GUARDED:  # nearly every cell, and a million rows have twelve million of them
        return text
    return "'" + text if text.lstrip("'").startswith(_DANGEROUS) else text


def unguarded(cell: str) -> str:
    """The text that `harmless` was given."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(_DANGEROUS) else cell
