"""Drawings as lists of shapes, so that the same chart stands in a page (SVG) and in a PDF. Pixels, y goes down."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

Anchor = Literal["start", "middle", "end"]

INK = "#1f2937"
FAINT = "#9ca3af"
COLOR = "#0f766e"
OTHER_COLOR = "#d97706"


@dataclass(frozen=True)
class Box:
    """A filled rectangle; `opacity` from 0 to 1."""

    x: float
    y: float
    width: float
    height: float
    color: str = COLOR
    opacity: float = 1.0


@dataclass(frozen=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    color: str = INK
    width: float = 1.0


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float = 3.5
    color: str = COLOR


@dataclass(frozen=True)
class Words:
    """Text whose baseline is at `y`."""

    x: float
    y: float
    text: str
    size: float = 10.0
    anchor: Anchor = "start"
    color: str = INK


Shape = Box | Line | Dot | Words


@dataclass(frozen=True)
class Drawing:
    """Shapes on a sheet; `says` describes it to those who cannot see it."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    says: str


def svg(drawing: Drawing) -> str:
    """The drawing as an SVG element that can stand in HTML; it refers to nothing outside."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.width:g}" height="{drawing.height:g}" '
        f'viewBox="0 0 {drawing.width:g} {drawing.height:g}" role="img" aria-label="{escape(drawing.says)}">'
    ]
    parts += [_element(shape) for shape in drawing.shapes]
    return "".join([*parts, "</svg>"])


def _element(shape: Shape) -> str:
    match shape:
        case Box():
            return (
                f'<rect x="{shape.x:.2f}" y="{shape.y:.2f}" width="{shape.width:.2f}" height="{shape.height:.2f}" '
                f'fill="{shape.color}" fill-opacity="{shape.opacity:.3f}"/>'
            )
        case Line():
            return (
                f'<line x1="{shape.x1:.2f}" y1="{shape.y1:.2f}" x2="{shape.x2:.2f}" y2="{shape.y2:.2f}" '
                f'stroke="{shape.color}" stroke-width="{shape.width:g}"/>'
            )
        case Dot():
            return f'<circle cx="{shape.x:.2f}" cy="{shape.y:.2f}" r="{shape.radius:g}" fill="{shape.color}"/>'
        case Words():
            return (
                f'<text x="{shape.x:.2f}" y="{shape.y:.2f}" font-size="{shape.size:g}" text-anchor="{shape.anchor}" '
                f'fill="{shape.color}">{escape(shape.text)}</text>'
            )
