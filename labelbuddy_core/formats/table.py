"""CSV and TSV tables of any columns: a row a mark. Columns are told by their names, or named by whoever imports.

Our own CSV export is read as well. Rows that are no marks (`kind` tag, caption) are tags and captions. Tables with a
row a recording are read by `clip_table`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import csv_export
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, in_order, number, raising, wrong
from labelbuddy_core.formats.span_table import seconds

FIELDS: dict[str, tuple[str, ...]] = {
    "recording": (
        "recording",
        "filename",
        "file_name",
        "file",
        "audio",
        "audio_path",
        "path",
        "begin_file",
        "audio_filename",
        "mp3_path",
        "file_path",
        "filepath",
        "fname",
    ),
    "start": ("start", "onset", "begin", "start_time", "start_s", "begin_time", "time", "from"),
    "end": ("end", "offset", "stop", "end_time", "end_s", "to"),
    "duration": ("duration", "dur", "length"),
    "label": ("label", "event_label", "class", "species", "category", "annotation", "tag", "type", "event"),
    "tags": ("tags", "labels", "positive_labels", "genres", "keywords", "categories", "classes"),
    "text": ("text", "transcript", "transcription", "comment", "caption", "sentence"),
    "low": ("low", "low_freq", "f_low", "fmin", "low_freq_hz", "minimum_frequency"),
    "high": ("high", "high_freq", "f_high", "fmax", "high_freq_hz", "maximum_frequency"),
    "channel": ("channel",),
    "score": ("score", "confidence", "probability"),
    "tier": ("tier",),
    "hash": ("recording_sha256", "sha256", "hash"),
    "annotator": ("annotator", "author", "user", "annotated_by", "labeler", "coder"),
}
"""What a column can be, and what such columns are usually called."""


@dataclass
class _Found:
    marks: list[Mark] = field(default_factory=list)
    tags: list[tuple[str, float | None]] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)


def columns_of(text: str) -> list[str]:
    """The names in the first row."""
    return [name.strip() for name in next(rows_of(text), (1, []))[1]]


def told(names: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Which column each field is in. Raises `Invalid` for a chosen column that is not there."""
    plain = {_plain(name): name for name in reversed(names)}
    found: dict[str, str] = {}
    for one, usual in FIELDS.items():
        if one in chosen:
            if chosen[one] and chosen[one] not in names:
                raise Invalid(
                    f"Line 1: there is no column {chosen[one]!r}; there are {', '.join(names)[:300]}.", field=one
                )
            if chosen[one]:
                found[one] = chosen[one]
            continue
        column = next((plain[name] for name in usual if name in plain), None)
        if column is not None and column not in found.values():
            found[one] = column
    return found


def read(text: str, name: str, refuse: Refuse = raising, columns: Mapping[str, str] | None = None) -> Iterator[Marked]:
    """What the rows say, by recording and annotator; `columns` are names of columns by field, "" for none.

    Without a column of recordings all rows are about `name`. Raises `Invalid` without a column of starts; a wrong row
    is `Invalid` with line and field, and goes to `refuse`.
    """
    rows = rows_of(text)
    names = [one.strip() for one in next(rows, (1, []))[1]]
    where = told(names, columns or {})
    if "start" not in where:
        raise Invalid(
            f"Line 1: no column of starts; say which of {', '.join(names)[:300]} it is, or that rows are tags.",
            field="start",
        )
    places = {one: names.index(column) for one, column in where.items()}
    kind = names.index("kind") if "kind" in names else None
    found: dict[tuple[str, str, str], _Found] = {}
    for line, row in rows:
        if not any(row):
            continue
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            refuse(
                wrong(line, "row", f"expected {len(names)} cells, found {len(row)}; quote what has a separator in it")
            )
            continue
        cells = {one: unguarded(row[place].strip()) for one, place in places.items() if place < len(row)}
        whose = (cells.get("recording") or name, cells.get("hash", ""), cells.get("annotator", ""))
        with Refusing(refuse):
            marked = found.get(whose, _Found())
            _take(marked, cells, row[kind] if kind is not None and kind < len(row) else "", line)
            found[whose] = marked  # after a row that is right: only wrong rows are no empty answer
    for (recording, sha256, annotator), one in found.items():
        marks = tuple(sorted(one.marks, key=lambda mark: (mark.start, mark.end)))
        yield Marked(recording, 0.0, marks, annotator, tuple(one.tags), "\n".join(one.captions), audio_path=sha256)


def _take(found: _Found, cells: Mapping[str, str], kind: str, line: int) -> None:
    score = number(cells["score"], line, "score") if cells.get("score") else None
    if kind == "tag":
        found.tags.append((cells.get("label", ""), score))
    elif kind in ("caption", "answer"):
        found.captions += [cells.get("text", "")] if kind == "caption" else []
    elif any(cells.get(one) for one in ("start", "end", "label", "text")):
        found.marks.append(_mark(cells, score, line))


def _mark(cells: Mapping[str, str], score: float | None, line: int) -> Mark:
    start = _time(cells.get("start", ""), line, "start")
    end = start
    if cells.get("end"):
        end = _time(cells["end"], line, "end")
    elif cells.get("duration"):
        end = start + _time(cells["duration"], line, "duration", least=0)
    in_order(start, end, line)
    low, high, channel = (
        number(cells[one], line, one, least=0) if cells.get(one) else None for one in ("low", "high", "channel")
    )
    if channel is not None and channel != int(channel):
        raise wrong(line, "channel", f"expected a whole number, found {channel:g}")
    return Mark(
        start, end, cells.get("label", ""), text=cells.get("text", ""), low=low, high=high,
        channel=None if channel is None else int(channel), score=score, tier=cells.get("tier", ""),
        place=f"Line {line}",
    )  # fmt: skip


def _time(cell: str, line: int, field: str, *, least: float | None = None) -> float:
    """Seconds, or hours, minutes and seconds with colons between them."""
    return seconds(cell, line, field) if ":" in cell else number(cell, line, field, least=least)


def rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row, the delimiter told by the first one."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text), delimiter=max("\t;,", key=first.count))
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise Invalid(f"Line {reader.line_num}: {error}.", field="file", line=reader.line_num) from None


def unguarded(cell: str) -> str:
    """A cell without the quote that our own CSV puts before what a spreadsheet would take for a formula."""
    return csv_export.unguarded(cell)


def _plain(name: str) -> str:
    return "_".join("".join(one if one.isalnum() else " " for one in name.lower()).split())
