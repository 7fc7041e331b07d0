"""Audacity's label tracks: `start⇥end⇥label`, an instant with equal times, frequencies on a second row.

Source: the Audacity manual, "Importing and Exporting Labels": seconds with six decimals; a row `\\⇥low⇥high` (Hz)
follows a label that was made in the spectral view; a bound that is not there is -1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from labelbuddy_core.formats.losses import Carries, in_one_line
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, in_order, lines, number, one_line, raising, wrong

SUFFIX = "txt"
MEDIA_TYPE = "text/plain; charset=utf-8"
CARRIES = Carries(step=1e-6, fields=("label", "frequencies"), also=in_one_line("label"))
LOSES = (
    "line breaks and tabs",
    "texts beside labels",
    "channels",
    "scores",
    "tiers",
    "attributes",
    "tags, captions and answers",
)


def write(marked: Marked) -> str:
    """A label track."""
    rows: list[str] = []
    for mark in marked.marks:
        rows.append(f"{mark.start:.6f}\t{mark.end:.6f}\t{one_line(mark.label)}")
        if mark.low is not None or mark.high is not None:
            rows.append(f"\\\t{_bound(mark.low)}\t{_bound(mark.high)}")
    return "".join(row + "\n" for row in rows)


def read(text: str, refuse: Refuse = raising) -> Sequence[Mark]:
    """The marks of a label track. A wrong row is `Invalid` with line and field, and goes to `refuse`."""
    found: list[Mark] = []
    for line, row in lines(text):
        with Refusing(refuse):
            cells = row.split("\t")
            if cells[0] == "\\":
                found[-1:] = [_with_band(found[-1:], cells, line)]
            else:
                found.append(_mark(cells, line))
    return found


def _mark(cells: Sequence[str], line: int) -> Mark:
    if len(cells) < 2:
        raise wrong(line, "row", "expected start, end and label with tabs between them")
    start, end = in_order(number(cells[0], line, "start"), number(cells[1], line, "end"), line)
    return Mark(start, end, "\t".join(cells[2:]).strip(), place=f"Line {line}")


def _with_band(last: Sequence[Mark], cells: Sequence[str], line: int) -> Mark:
    if not last or len(cells) < 3:
        raise wrong(line, "frequencies", "expected a label before them, and a lower and an upper one")
    low, high = (number(cell, line, "frequency") for cell in cells[1:3])
    return replace(last[0], low=None if low < 0 else low, high=None if high < 0 else high)


def _bound(frequency: float | None) -> str:
    return "-1.000000" if frequency is None else f"{frequency:.6f}"
