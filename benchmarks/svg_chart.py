"""Small charts as SVG, for the documentation: lines with intervals, and stacked bars. No library draws here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 64, 48
_COLORS = ("#0f766e", "#b45309", "#4338ca", "#be123c", "#78716c")
_INK, _FAINT = "#1c1917", "#d6d3d1"


@dataclass(frozen=True)
class Point:
    """A value with its interval."""

    value: float
    low: float
    high: float


def lines(title: str, x_title: str, y_title: str, places: Sequence[str], series: Mapping[str, Sequence[Point]]) -> str:
    """A line a series over named places, from 0 to 1."""
    chart = _Chart(title, y_title, 1.0, 0.2)
    step = chart.width / len(places)
    for place, name in enumerate(places):
        chart.text(_LEFT + (place + 0.5) * step, HEIGHT - _BOTTOM + 18, name, "middle")
    chart.text(_LEFT + chart.width / 2, HEIGHT - 8, x_title, "middle")
    for number, (name, points) in enumerate(series.items()):
        color = _COLORS[number % len(_COLORS)]
        chart.legend(name, color)
        # beside each other, so that intervals can be told apart
        xs = [_LEFT + (place + 0.5) * step + (number - (len(series) - 1) / 2) * 10 for place in range(len(points))]
        path = " ".join(f"{x:.1f},{chart.y(point.value):.1f}" for x, point in zip(xs, points, strict=True))
        chart.add(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        for x, point in zip(xs, points, strict=True):
            low, high = chart.y(point.low), chart.y(point.high)
            chart.add(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{color}"/>')
            chart.add(f'<circle cx="{x:.1f}" cy="{chart.y(point.value):.1f}" r="4" fill="{color}"/>')
    return chart.drawn()


def stacked_bars(title: str, y_title: str, bars: Mapping[str, Mapping[str, float]]) -> str:
    """A bar a name, of parts whose values add up; the sum stands above it."""
    top = max(sum(parts.values()) for parts in bars.values())
    step = next(one for one in (0.5, 1.0, 2.0, 5.0, 10.0, 20.0) if top / one <= 8)
    chart = _Chart(title, y_title, step * (int(top / step) + 1), step)
    room = chart.width / len(bars)
    kinds = list(dict.fromkeys(kind for parts in bars.values() for kind in parts))
    for number, kind in enumerate(kinds):
        chart.legend(kind, _COLORS[number % len(_COLORS)])
    for place, (name, parts) in enumerate(bars.items()):
        x, below = _LEFT + place * room + room * 0.2, 0.0
        for kind, value in parts.items():
            high, low = chart.y(below + value), chart.y(below)
            color = _COLORS[kinds.index(kind) % len(_COLORS)]
            chart.add(
                f'<rect x="{x:.1f}" y="{high:.1f}" width="{room * 0.6:.1f}" height="{low - high:.1f}" fill="{color}"/>'
            )
            below += value
        chart.text(x + room * 0.3, chart.y(below) - 5, f"{below:.1f}", "middle")
        for row, words in enumerate(name.split("\n")):
            chart.text(x + room * 0.3, HEIGHT - _BOTTOM + 18 + 15 * row, words, "middle")
    return chart.drawn()


class _Chart:
    """The frame: title, grid and numbers of the vertical axis."""

    def __init__(self, title: str, y_title: str, top: float, step: float) -> None:
        self._top, self._legend = top, 0.0
        self.width = WIDTH - _LEFT - _RIGHT
        self._parts: list[str] = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>']
        self.add(f'<text x="{_LEFT}" y="22" font-size="15" font-weight="600">{escape(title)}</text>')
        count = round(top / step)
        for number in range(count + 1):
            y = self.y(number * step)
            self.add(f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_FAINT}"/>')
            self.text(_LEFT - 8, y + 4, f"{number * step:g}", "end")
        middle = (_TOP + HEIGHT - _BOTTOM) / 2
        self.add(f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">{escape(y_title)}</text>')

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - value / self._top * (HEIGHT - _TOP - _BOTTOM)

    def add(self, part: str) -> None:
        self._parts.append(part)

    def text(self, x: float, y: float, words: str, anchor: str) -> None:
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>')

    def legend(self, name: str, color: str) -> None:
        """Entries stand side by side above the grid."""
        x = _LEFT + self._legend
        self.add(f'<rect x="{x:.1f}" y="37" width="12" height="12" fill="{color}"/>')
        self.add(f'<text x="{x + 17:.1f}" y="47">{escape(name)}</text>')
        self._legend += 36 + 6.6 * len(name)

    def drawn(self) -> str:
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            f'font-family="system-ui, sans-serif" font-size="12" fill="{_INK}">'
        )
        return "\n".join([head, *self._parts, "</svg>", ""])
