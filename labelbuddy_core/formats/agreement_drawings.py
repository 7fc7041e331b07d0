"""The charts of a report of agreement: intervals, matrices, boundaries, months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labelbuddy_core.formats.drawings import COLOR, FAINT, INK, OTHER_COLOR, Box, Dot, Drawing, Line, Shape, Words

WIDTH = 640.0
_ROW = 20.0
_CELL = 44.0
_LEFT = 170.0
_MARKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_NAMES_BELOW = 6
"""Names of columns lie in so many lines."""
_LONGEST = 26
"""Signs of a name; the table has all of it."""
MOST_ROWS = 40
MOST_CELLS = 14
"""Rows and columns of a matrix: more do not fit on a page."""


def intervals(rows: Sequence[tuple[str, float, float | None, float | None]], says: str) -> Drawing:
    """(name, value, low, high) of each row as a point with its interval, on a scale that goes at least from 0 to 1."""
    rows = rows[:MOST_ROWS]
    lows = [low if low is not None else value for _, value, low, _ in rows]
    least, most = min([0.0, *lows]), max([1.0, *(high if high is not None else value for _, value, _, high in rows)])
    height = _ROW * len(rows) + 30.0

    def across(value: float) -> float:
        return _LEFT + (WIDTH - _LEFT - 20.0) * (value - least) / (most - least)

    shapes: list[Shape] = _scale(across, height - 20.0, (least, *_MARKS, most))
    for number, (name, value, low, high) in enumerate(rows):
        y = _ROW * (number + 0.5)
        shapes.append(Words(_LEFT - 8.0, y + 3.5, short(name), 10.0, "end"))
        if low is not None and high is not None:
            shapes.append(Line(across(low), y, across(high), y, COLOR, 1.5))
        shapes.append(Dot(across(value), y))
    return Drawing(WIDTH, height, tuple(shapes), says)


def matrix(
    rows: Sequence[str], columns: Sequence[str], values: Mapping[tuple[str, str], float], says: str, *, form: str
) -> Drawing:
    """Numbers in cells, darker the larger their share of the largest of the row; `form` is how numbers are written."""
    rows, columns = rows[:MOST_CELLS], columns[:MOST_CELLS]
    cell = min(_CELL, (WIDTH - _LEFT) / max(1, len(columns)))
    height = 24.0 * len(rows) + 20.0 + 13.0 * min(_NAMES_BELOW, len(columns))
    shapes: list[Shape] = []
    for r, row in enumerate(rows):
        y = 24.0 * r
        shapes.append(Words(_LEFT - 8.0, y + 16.0, short(row), 10.0, "end"))
        largest = max((abs(values.get((row, column), 0.0)) for column in columns), default=0.0) or 1.0
        for c, column in enumerate(columns):
            value = values.get((row, column))
            if value is not None:
                shade = max(0.05, min(1.0, abs(value) / largest) * 0.6)
                shapes.append(Box(_LEFT + c * cell, y, cell - 2.0, 22.0, COLOR, shade))
                text = form.format(value)
                shapes.append(Words(_LEFT + (c + 0.5) * cell - 1.0, y + 15.0, text, 9.0, "middle"))
    for c, column in enumerate(columns):
        # names lie below each other, each with a line to its column, so that none has to be turned
        x, y = _LEFT + (c + 0.5) * cell - 1.0, 24.0 * len(rows) + 14.0 + 13.0 * (c % _NAMES_BELOW)
        shapes += [
            Line(x, 24.0 * len(rows), x, y - 9.0, FAINT, 0.5),
            Words(x, y, short(column), 9.0, "middle" if x < WIDTH - 60.0 else "end"),
        ]
    return Drawing(WIDTH, height, tuple(shapes), says)


def boundaries(centers: Sequence[float], counts: Mapping[str, Sequence[int]], says: str) -> Drawing:
    """Histograms of deviations in seconds, one above the other."""
    each, shapes = 90.0, []
    width = (WIDTH - 40.0) / len(centers)
    for number, (name, bars) in enumerate(counts.items()):
        bottom = (number + 1) * each
        most = max(bars, default=0) or 1
        shapes.append(Words(0.0, bottom - each + 22.0, name, 10.0))
        for place, bar in enumerate(bars):
            if bar:
                tall = (each - 20.0) * bar / most
                color = COLOR if number % 2 == 0 else OTHER_COLOR
                shapes.append(Box(20.0 + place * width, bottom - tall, width - 1.0, tall, color))
        shapes.append(Line(20.0, bottom, WIDTH - 20.0, bottom, FAINT))
        middle = 20.0 + len(centers) * width / 2.0
        shapes.append(Line(middle, bottom - each + 10.0, middle, bottom, FAINT))
    bottom = len(counts) * each
    for place in range(0, len(centers), max(1, len(centers) // 8)):
        x = 20.0 + (place + 0.5) * width
        shapes.append(Words(x, bottom + 14.0, f"{1000 * centers[place]:.0f} ms", 9.0, "middle", INK))
    return Drawing(WIDTH, bottom + 20.0, tuple(shapes), says)


def months(points: Sequence[tuple[str, float, float | None, float | None]], says: str) -> Drawing:
    """(month, value, low, high) from left to right."""
    tall, left = 180.0, 50.0
    least = min([0.0, *(value if low is None else low for _, value, low, _ in points)])
    most = max([1.0, *(value if high is None else high for _, value, _, high in points)])
    step = (WIDTH - left - 20.0) / max(1, len(points))

    def up(value: float) -> float:
        return 10.0 + (tall - 10.0) * (most - value) / (most - least)

    shapes: list[Shape] = []
    for mark in sorted({least, 0.0, 0.5, most}):
        shapes += [
            Line(left, up(mark), WIDTH - 10.0, up(mark), FAINT, 0.5),
            Words(left - 6.0, up(mark) + 3.5, f"{mark:.2g}", 9.0, "end"),
        ]
    every = max(1, len(points) // 12)
    for number, (month, value, low, high) in enumerate(points):
        x = left + (number + 0.5) * step
        if low is not None and high is not None:
            shapes.append(Line(x, up(low), x, up(high), COLOR, 1.5))
        shapes.append(Dot(x, up(value)))
        if number % every == 0:
            shapes.append(Words(x, tall + 16.0, month, 9.0, "middle"))
    return Drawing(WIDTH, tall + 24.0, tuple(shapes), says)


def short(name: str) -> str:
    """A name that fits beside a chart."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _scale(across: Any, bottom: float, marks: Sequence[float]) -> list[Shape]:
    shapes: list[Shape] = []
    apart = 0.06 * (max(marks) - min(marks))
    usual = [mark for mark in marks if mark in _MARKS]
    for mark in sorted({*usual, *(mark for mark in marks if all(abs(mark - other) > apart for other in usual))}):
        shapes.append(Line(across(mark), 0.0, across(mark), bottom, FAINT, 0.5))
        shapes.append(Words(across(mark), bottom + 14.0, f"{mark:.2g}", 9.0, "middle"))
    return shapes
