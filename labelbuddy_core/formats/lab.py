"""Interval and event lists as mir_eval, MIREX and the Isophonics data sets keep them: `.lab` and beats.

Source: mir_eval 0.8 `io.load_labeled_intervals` (`start⇥end⇥label`) and `io.load_labeled_events` (`time⇥label`); the
Isophonics beat files have the position in the bar as label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, in_order, lines, number, one_line, raising, wrong

CARRIES_LAB = Carries(step=1e-9, fields=("label",), instants=False)
CARRIES_BEATS = Carries(step=1e-9, fields=("position",), regions=False)
LOSES_LAB = (
    "instants",
    "texts beside labels",
    "frequency bounds",
    "scores",
    "tiers",
    "attributes",
    "tags and captions",
)
LOSES_BEATS = ("regions", "labels of instants", "attributes", "tags, captions and answers")
_SPACE = re.compile(r"[\t ]+")


def write_lab(marked: Marked) -> str:
    """The regions, a row each."""
    regions = (mark for mark in marked.marks if not mark.instant)
    return "".join(f"{_time(mark.start)}\t{_time(mark.end)}\t{one_line(mark.label)}\n" for mark in regions)


def write_beats(marked: Marked) -> str:
    """The instants with their position in the bar, without where it is not known."""
    instants = (mark for mark in marked.marks if mark.instant)
    return "".join(
        f"{_time(mark.start)}\n" if mark.position is None else f"{_time(mark.start)}\t{mark.position}\n"
        for mark in instants
    )


def read_lab(text: str, refuse: Refuse = raising) -> Sequence[Mark]:
    """Labeled intervals. A wrong row is `Invalid` with line and field, and goes to `refuse`."""
    found = []
    for line, row in _rows(text):
        with Refusing(refuse):
            cells = _SPACE.split(row, maxsplit=2)
            if len(cells) < 3:
                raise wrong(line, "row", "expected start, end and label")
            start, end = in_order(number(cells[0], line, "start"), number(cells[1], line, "end"), line)
            found.append(Mark(start, end, cells[2], place=f"Line {line}"))
    return found


def read_beats(text: str, refuse: Refuse = raising) -> Sequence[Mark]:
    """Beats with their position in the bar where the second column is a whole number. Wrong rows as `read_lab`."""
    found = []
    for line, row in _rows(text):
        with Refusing(refuse):
            cells = _SPACE.split(row)
            time = number(cells[0], line, "time")
            position = int(cells[1]) if len(cells) > 1 and cells[1].isascii() and cells[1].isdigit() else None
            found.append(Mark(time, time, "beat", position=position, place=f"Line {line}"))
    return found


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are no comments."""
    return ((line, row.strip()) for line, row in lines(text) if not row.lstrip().startswith("#"))


def _time(seconds: float) -> str:
    text = f"{seconds:.9f}".rstrip("0")
    return text + "0" if text.endswith(".") else text
