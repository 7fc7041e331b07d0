"""What a report is made of, whatever it is written as: headings, paragraphs, lists, tables and charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labelbuddy_core.formats.drawings import Drawing


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 1 is the title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Running text; `strong` begins it."""

    text: str
    strong: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True)
class Link:
    """Text that leads to an address."""

    text: str
    address: str


Cell = str | Link


@dataclass(frozen=True)
class Table:
    """A table; columns of `numbers` are aligned on the right. `wide` is the column that takes the room left over."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[int] = frozenset()
    wide: int = 0


@dataclass(frozen=True)
class Chart:
    """A drawing with what it shows."""

    drawing: Drawing
    caption: str


Block = Heading | Paragraph | Bullets | Table | Chart
