"""Our captions files read again, JSON Lines or CSV: rows without a label are captions, others texts of regions.

Rows of one annotation stand together. Ids are not in the file and made from what a row says; a caption of a whole task
has the times of the task, and becomes one of the whole again where a task has the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from labelbuddy_core.domain.documents import Collection
from labelbuddy_core.formats.csv_export import unguarded
from labelbuddy_core.formats.csv_rows import csv_rows
from labelbuddy_core.formats.json_lines import is_json_lines, objects
from labelbuddy_core.formats.json_values import number, text
from labelbuddy_core.formats.marks import Marked, Said
from labelbuddy_core.formats.rows import Refuse, Refusing, decoded, in_order, raising, wrong
from labelbuddy_core.formats.rows import number as number_in

KNOWN_BY = frozenset({"audio_path", "text_caption"})
_TEXTS = (
    "audio_path", "text_caption", "label", "recording", "recording_sha256", "annotation", "annotator", "state",
    "origin", "model", "version",
)  # fmt: skip
_WHOSE = ("recording", "recording_sha256", "audio_path", "annotation", "annotator")
_TIMES = ("start", "end")
_Row = dict[str, Any]


def read(data: bytes, name: str, refuse: Refuse = raising) -> Iterator[Marked]:
    """What every annotation says; a wrong row is `Invalid` with line and field, and goes to `refuse`."""
    rows = objects(data, refuse) if is_json_lines(data) else _cells(decoded(data), refuse)
    for _, group in groupby(_checked(rows, refuse), key=lambda row: [row[name] for name in _WHOSE]):
        yield _marked(list(group))


def _marked(rows: list[_Row]) -> Marked:
    first = rows[0]
    return Marked(
        recording=first["recording"] or first["audio_path"],
        duration=0.0,
        marks=(),
        annotator=first["annotator"],
        audio_path=first["recording_sha256"] or first["audio_path"],
        said=tuple(_said(row) for row in rows),
        state=first["state"],
    )


def _said(row: _Row) -> Said:
    origin = {"kind": row["origin"] or "import"}
    origin |= {name: row[name] for name in ("model", "version") if row[name]}
    value = {"start": row["start"], "end": row["end"], "text": row["text_caption"], "origin": origin}
    if row["label"]:
        return Said(Collection.REGIONS.value, {**value, "label": row["label"]}, f"Line {row['line']}")
    return Said(Collection.CAPTION.value, value, f"Line {row['line']}")


def _checked(rows: Iterator[tuple[int, Mapping[str, Any]]], refuse: Refuse) -> Iterator[_Row]:
    for line, row in rows:
        with Refusing(refuse):
            texts = {name: text(row, name, f"Line {line}") for name in _TEXTS}
            if not (texts["recording"] or texts["recording_sha256"] or texts["audio_path"]):
                raise wrong(line, "recording", "expected its name, hash or path")
            if not texts["text_caption"]:
                raise wrong(line, "text_caption", "expected text")
            start, end = (_seconds(row, name, line) for name in _TIMES)
            if (start is None) != (end is None):
                raise wrong(line, "end" if end is None else "start", "expected seconds, as the other has")
            if start is not None and end is not None:
                in_order(start, end, line)
            yield {**texts, "start": start, "end": end, "line": line}


def _seconds(row: Mapping[str, Any], name: str, line: int) -> float | None:
    value = row.get(name)
    if isinstance(value, str):
        return number_in(value, line, name, least=0) if value else None
    return number(row, name, f"Line {line}", "seconds")


def _cells(text: str, refuse: Refuse) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if text.strip():
        for line, row in csv_rows(text, KNOWN_BY, refuse):
            yield line, {name: unguarded(cell) for name, cell in row.items()}
