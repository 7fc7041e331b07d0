"""Interval and event lists as mir_eval, MIREX and the Isophonics data sets keep them: `.lab` and beats.

Source: mir_eval 0.8 `io.load_labeled_intervals` (`start⇥end⇥label`) and `io.load_labeled_events` (`time⇥label`), with
spaces or, as CSV without a head, commas or semicolons between the columns; the label is the rest of the line. The
Isophonics beat files have the position in the bar as label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from labelbuddy_core.formats.losses import Carries, in_one_line
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.quoted_cells import cells_of
from labelbuddy_core.formats.rows import Refuse, Refusing, in_order, lines, number, one_line, raising, wrong

CARRIES_LAB = Carries(step=1e-9, fields=("label",), instants=False, also=in_one_line("label"))
BEATS = frozenset({"beat", "downbeat"})
"""Labels of instants that are beats."""
CARRIES_BEATS = Carries(
    step=1e-9, fields=("position",), regions=False,
    also=(("instant(s) left out that are no beats", lambda mark: mark.instant and not is_beat(mark)),),
)  # fmt: skip
LOSES_LAB = (
    "instants",
    "texts beside labels",
    "frequency bounds",
    "scores",
    "tiers",
    "attributes",
    "tags and captions",
    "line breaks and tabs",
)
LOSES_BEATS = (
    "regions",
    "instants that are no beats",
    "labels of instants",
    "attributes",
    "tags, captions and answers",
)
_SPACE, _COMMA, _SEMICOLON = re.compile(r"[\t ]+"), re.compile(","), re.compile(";")
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?", re.IGNORECASE)
_IN_BAR = re.compile(r"[1-9]|1\d")
_TOLD = (
    (_SEMICOLON, re.compile(r"[-+\d.,e]+\s*;", re.IGNORECASE)),
    # a decimal point before the comma, no digit after it, or a third column
    (
        _COMMA,
        re.compile(r"[-+]?\d*\.\d*(e[-+]?\d+)?\s*,|[-+]?\d+\s*,\s*([^\s\d.+-]|[-+]?[\d.]+\s*,\s*\S)", re.IGNORECASE),
    ),
)


def write_lab(marked: Marked) -> str:
    """The regions, a row each."""
    regions = (mark for mark in marked.marks if not mark.instant)
    return "".join(f"{_time(mark.start)}\t{_time(mark.end)}\t{one_line(mark.label)}\n" for mark in regions)


def is_beat(mark: Mark) -> bool:
    """Whether a mark is a beat: an instant with a position in the bar, or that is called so."""
    return mark.instant and (mark.position is not None or mark.label.casefold() in BEATS)


def write_beats(marked: Marked) -> str:
    """The beats with their position in the bar, without where it is not known."""
    instants = (mark for mark in marked.marks if is_beat(mark))
    return "".join(
        f"{_time(mark.start)}\n" if mark.position is None else f"{_time(mark.start)}\t{mark.position}\n"
        for mark in instants
    )


def read_lab(text: str, refuse: Refuse = raising) -> Sequence[Mark]:
    """Labeled intervals, and events with commas. A wrong row is `Invalid` with line and field, and goes to `refuse`."""
    separator = _separator(text)
    found = []
    for line, row in _rows(text):
        with Refusing(refuse):
            cells = _cells(row, separator, 3)
            if len(cells) == 2 and separator is not _SPACE and not _NUMBER.fullmatch(cells[1]):
                time = number(cells[0], line, "time")
                found.append(Mark(time, time, cells[1], place=f"Line {line}"))
                continue
            if len(cells) < 3:
                raise wrong(line, "row", "expected start, end and label")
            start, end = in_order(number(cells[0], line, "start"), number(cells[1], line, "end"), line)
            found.append(Mark(start, end, cells[2], place=f"Line {line}"))
    return found


def read_beats(text: str, refuse: Refuse = raising) -> Sequence[Mark]:
    """Beats with their position in the bar where the second column is a whole number. Wrong rows as `read_lab`."""
    separator = _separator(text)
    found = []
    for line, row in _rows(text):
        with Refusing(refuse):
            cells = _cells(row, separator)
            time = number(cells[0], line, "time")
            position = int(cells[1]) if len(cells) > 1 and cells[1].isascii() and cells[1].isdigit() else None
            found.append(Mark(time, time, "beat", position=position, place=f"Line {line}"))
    return found


def kind_of(text: str) -> str | None:
    """What a CSV without a head lists: "lab" for intervals and labeled events, "beats" for times, None for others."""
    separator = _separator(text)
    row = next((row for _, row in _rows(text)), "")
    cells = _cells(row, separator)
    if separator is _SPACE or not _NUMBER.fullmatch(cells[0]):
        return None
    if len(cells) == 2:
        return "beats" if _NUMBER.fullmatch(cells[1]) else "lab"
    return "lab" if len(cells) == 3 and _NUMBER.fullmatch(cells[1]) else None


def are_beats(text: str) -> bool:
    """Whether every row of a text is a time and a place in the bar, as in the Isophonics data sets.

    Two columns may be intervals or durations as well; but places in the bar count up, and begin again with 1.
    """
    before: tuple[float, int] | None = None
    begins_again = False
    for _, row in _rows(text):
        cells = _cells(row, _SPACE)
        if len(cells) != 2 or not (_NUMBER.fullmatch(cells[0]) and _IN_BAR.fullmatch(cells[1])):
            return False
        time, place = float(cells[0].replace(",", ".")), int(cells[1])
        if before is not None and (time <= before[0] or place not in (1, before[1] + 1)):
            return False
        begins_again = begins_again or (before is not None and place == 1)
        before = (time, place)
    return begins_again


def _separator(text: str) -> re.Pattern[str]:
    """A semicolon or comma where a row can have no other, since a comma may be one of decimals; else spaces."""
    for _, row in _rows(text):
        for separator, told in _TOLD:
            if told.match(row):
                return separator
    return _SPACE


def _cells(row: str, separator: re.Pattern[str], most: int = 0) -> list[str]:
    """Of at most so many columns the last is the rest of the line, without quotes around it."""
    if separator is _SPACE:
        return separator.split(row, maxsplit=most - 1 if most else 0)
    *cells, last = separator.split(row, maxsplit=most - 1 if most else 0)
    return [*(cell.strip() for cell in cells), " ".join(cells_of(last.strip(), "\n"))]


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are no comments."""
    return ((line, row.strip()) for line, row in lines(text) if not row.lstrip().startswith("#"))


def _time(seconds: float) -> str:
    text = f"{seconds:.9f}".rstrip("0")
    return text + "0" if text.endswith(".") else text
