"""Tables with a row a recording: its tags in one column, or a column a tag with 0 and 1.

Sources: `meta/esc50.csv` of ESC-50 (Piczak, 2015: filename, fold, target, category, esc10, src_file, take), `dev.csv`
of FSD50K (Fonseca et al., 2022: fname, labels with commas, mids, split), `annotations_final.csv` of MagnaTagATune (Law
et al., 2009: clip_id, a column for each of 188 tags, mp3_path, with tabs between them).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, number, raising, wrong
from labelbuddy_core.formats.table import rows_of, told, unguarded

MARKS, TAGS, TAG_COLUMNS = "marks", "tags", "tag-columns"
ROWS = (MARKS, TAGS, TAG_COLUMNS)
"""What the rows of a table are: marks, tags of recordings in one column, or in a column each."""
_YES, _NO = frozenset({"1", "1.0", "true", "yes", "x"}), frozenset({"", "0", "0.0", "false", "no"})
_SEPARATORS = ("|", ";", ",")
_LOOKED_AT = 2_000
"""Rows that tell which columns are tags."""


@dataclass(frozen=True)
class Layout:
    """What the rows of a table are; with a column a tag, which columns those are."""

    rows: str
    tag_columns: tuple[str, ...] = ()


@dataclass
class _Clip:
    tags: dict[str, float | None] = field(default_factory=dict)
    captions: list[str] = field(default_factory=list)


def layout_of(
    text: str, columns: Mapping[str, str], rows: str | None = None, tag_columns: Sequence[str] = ()
) -> Layout:
    """What the rows are, as chosen (`rows`, `tag_columns`), else as the names of the columns and what is in them tell.

    A table with a column of starts has a row a mark. Raises `Invalid` for a chosen column that is not there.
    """
    names, where = _columns(text, columns)
    missing = [one for one in tag_columns if one not in names]
    if missing:
        raise Invalid(f"Line 1: there is no column {missing[0]!r}.", field="tag_columns")
    if rows is None and tag_columns:
        rows = TAG_COLUMNS
    if rows is not None and rows != TAG_COLUMNS:
        return Layout(rows)
    flags = tuple(tag_columns) or _flags(text, names, {where[one] for one in ("recording", "hash") if one in where})
    if rows == TAG_COLUMNS:
        return Layout(TAG_COLUMNS, flags)
    if "start" in where:
        return Layout(MARKS)
    if "recording" in where and any(one in where and where[one] not in flags for one in ("tags", "label")):
        return Layout(TAGS)
    return Layout(TAG_COLUMNS, flags) if "recording" in where and flags else Layout(MARKS)


def read(text: str, layout: Layout, columns: Mapping[str, str], refuse: Refuse = raising) -> Iterator[Marked]:
    """The tags of every recording and annotator; a row without any says that nothing was found.

    A wrong row is `Invalid` with line and field, and goes to `refuse`. Raises `Invalid` where the column of recordings
    is missing, or that of tags.
    """
    names, where = _columns(text, columns)
    places = {one: names.index(column) for one, column in where.items() if column not in layout.tag_columns}
    if "recording" not in places and "hash" not in places:
        raise Invalid("Line 1: no column says which recording a row is about; choose it.", field="recording")
    each = {name: names.index(name) for name in layout.tag_columns}
    one = next((field for field in ("tags", "label") if field in places), None)
    if layout.rows == TAG_COLUMNS and not each:
        raise Invalid("Line 1: no column holds nothing but 0 and 1; choose the columns of tags.", field="tag_columns")
    if layout.rows == TAGS and one is None:
        raise Invalid("Line 1: no column of tags; say which it is.", field="tags")
    separator = _separator(text, names, places["tags"]) if one == "tags" else None
    found: dict[tuple[str, str, str], _Clip] = {}
    for line, row in islice(rows_of(text), 1, None):
        if not any(row):
            continue
        cells = {name: unguarded(row[place].strip()) for name, place in places.items() if place < len(row)}
        with Refusing(refuse):
            if not cells.get("recording") and not cells.get("hash"):
                raise wrong(line, "recording", "it does not say which recording it is about")
            if layout.rows == TAG_COLUMNS:
                tags = [name for name, place in each.items() if _is_set(_cell(row, place), line, name)]
            else:
                tags = _split(_cell(row, places[one or "tags"], len(names)), separator)
            score = number(cells["score"], line, "score") if cells.get("score") else None
            whose = (cells.get("recording", ""), cells.get("hash", ""), cells.get("annotator", ""))
            clip = found.setdefault(whose, _Clip())
            clip.tags.update((tag, score) for tag in tags)
            if cells.get("text"):
                clip.captions.append(cells["text"])
    for (recording, sha256, annotator), clip in found.items():
        yield Marked(
            recording, 0.0, (), annotator, tuple(clip.tags.items()), "\n".join(clip.captions), audio_path=sha256
        )


def _columns(text: str, chosen: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """All names, and the column of each field."""
    names = [name.strip() for name in next(rows_of(text), (1, []))[1]]
    return names, told(names, chosen)


def _flags(text: str, names: Sequence[str], others: set[str]) -> tuple[str, ...]:
    """The columns with nothing but 0 and 1; one that is always empty is none."""
    left = {place for place, name in enumerate(names) if name and name not in others}
    said: set[int] = set()
    for _, row in islice(rows_of(text), 1, _LOOKED_AT):
        for place in list(left):
            cell = _cell(row, place).lower()
            if cell not in _YES and cell not in _NO:
                left.discard(place)
            elif cell:
                said.add(place)
    return tuple(name for place, name in enumerate(names) if place in left & said)


def _is_set(cell: str, line: int, name: str) -> bool:
    if cell.lower() in _YES:
        return True
    if cell.lower() in _NO:
        return False
    raise wrong(line, name, f"expected 0 or 1, found {cell[:40]!r}")


def _cell(row: Sequence[str], place: int, columns: int = 0) -> str:
    """A cell; tags with commas in the last of `columns` go on in further cells where nobody quoted them."""
    if columns and place == columns - 1:
        return ",".join(row[place:]).strip()
    return row[place].strip() if place < len(row) else ""


def _separator(text: str, names: Sequence[str], place: int) -> str | None:
    """What stands between tags, the same in the whole column: a bar, else a semicolon, else a comma."""
    found = {
        one for _, row in islice(rows_of(text), 1, None) for one in _SEPARATORS if one in _cell(row, place, len(names))
    }
    return next((one for one in _SEPARATORS if one in found), None)


def _split(cell: str, separator: str | None) -> list[str]:
    parts = cell.split(separator) if separator else [cell]
    return [unguarded(part.strip()) for part in parts if part.strip()]
