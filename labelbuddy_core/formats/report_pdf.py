"""A report as PDF, by reportlab: pure Python, no browser. The same report gives the same bytes.

Its font (DejaVu Sans) has Latin, Greek, Cyrillic and the signs of formulas; other scripts are in the HTML only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelbuddy_core.formats.drawings import INK, Box, Dot, Drawing, Line, Shape, Words
from labelbuddy_core.formats.report_blocks import Block, Bullets, Cell, Chart, Heading, Link, Paragraph, Table

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

FONT = "DejaVuSans"
_FILE = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
_MARGIN = 50.0
_SIZES = {1: 17.0, 2: 13.0, 3: 11.0}
_LINK_COLOR = "#0f766e"
_NUMBER_WIDTH = 52.0
_RULE = "#d1d5db"


def write(title: str, blocks: Sequence[Block]) -> bytes:
    """The report on pages of A4 with numbers at the bottom."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    _register_font()
    file = BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=title,
        author="LabelBuddy",
        invariant=1,
    )
    room = A4[0] - 2 * _MARGIN - 12.0
    flow = [element for block in blocks for element in _elements(block, room)]
    document.build(flow, onFirstPage=_number_page, onLaterPages=_number_page)
    return file.getvalue()


@cache
def _register_font() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont(FONT, str(_FILE)))
    pdfmetrics.registerFontFamily(FONT, FONT, FONT, FONT, FONT)


def _elements(block: Block, room: float) -> list[Any]:
    from reportlab.platypus import Spacer

    match block:
        case Heading():
            return [_text(escape(block.text), _SIZES[block.level], before=14.0, after=5.0, with_next=True)]
        case Paragraph():
            strong = f"{escape(block.strong)} " if block.strong else ""
            return [_text(strong + escape(block.text), 9.5, after=5.0)]
        case Bullets():
            return [_text(f"• {escape(one)}", 9.5, after=3.0, indent=10.0) for one in block.items]
        case Chart():
            return [_drawn(block.drawing, room), _text(escape(block.caption), 8.5, after=10.0)]
        case Table():
            return [_table(block, room), Spacer(1, 8)] if block.rows else []


def _text(
    markup: str,
    size: float,
    *,
    before: float = 0.0,
    after: float = 0.0,
    indent: float = 0.0,
    with_next: bool = False,
    right: bool = False,
) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph as Text

    style = ParagraphStyle(
        f"{size}-{before}-{after}-{indent}-{with_next}-{right}",
        fontName=FONT,
        fontSize=size,
        leading=1.4 * size,
        spaceBefore=before,
        spaceAfter=after,
        leftIndent=indent,
        firstLineIndent=-indent,
        textColor=HexColor(INK),
        keepWithNext=int(with_next),
        alignment=TA_RIGHT if right else TA_LEFT,
        splitLongWords=1,
    )
    return Text(markup, style)


def _table(table: Table, room: float) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table as Grid
    from reportlab.platypus import TableStyle

    numbers = [_NUMBER_WIDTH if place in table.numbers else None for place in range(len(table.columns))]
    others = sum(width is None for width in numbers)
    left_over = room - sum(width or 0.0 for width in numbers)
    share = left_over / (others + 1) if others > 1 else left_over
    widths = [
        width if width is not None else 2 * share if others > 1 and place == table.wide else share
        for place, width in enumerate(numbers)
    ]
    rows = [
        [_cell(cell, right=place in table.numbers) for place, cell in enumerate(row)]
        for row in (table.columns, *table.rows)
    ]
    style = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(_RULE)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 6),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )
    return Grid(rows, colWidths=widths, style=style, repeatRows=1, hAlign="LEFT")


def _cell(cell: Cell, *, right: bool) -> Any:
    if isinstance(cell, Link):
        markup = f'<a href="{escape(cell.address)}" color="{_LINK_COLOR}">{escape(cell.text)}</a>'
    else:
        markup = escape(cell)
    return _text(markup, 8.0, right=right)


def _drawn(drawing: Drawing, room: float) -> Any:
    from reportlab.platypus import Flowable

    scale = min(1.0, room / drawing.width)

    class Drawn(Flowable):
        """The drawing among paragraphs; its caption stays with it."""

        def __init__(self) -> None:
            super().__init__()
            self.width, self.height = scale * drawing.width, scale * drawing.height
            self.keepWithNext = 1

        def draw(self) -> None:
            canvas: Canvas = self.canv
            canvas.scale(scale, scale)
            for shape in drawing.shapes:
                _draw(canvas, shape, drawing.height)

    return Drawn()


def _draw(canvas: Canvas, shape: Shape, height: float) -> None:
    from reportlab.lib.colors import HexColor

    color = HexColor(shape.color)
    match shape:
        case Box():
            canvas.setFillColor(color, alpha=shape.opacity)
            canvas.rect(shape.x, height - shape.y - shape.height, shape.width, shape.height, stroke=0, fill=1)
        case Line():
            canvas.setStrokeColor(color)
            canvas.setLineWidth(shape.width)
            canvas.line(shape.x1, height - shape.y1, shape.x2, height - shape.y2)
        case Dot():
            canvas.setFillColor(color, alpha=1.0)
            canvas.circle(shape.x, height - shape.y, shape.radius, stroke=0, fill=1)
        case Words():
            canvas.setFillColor(color, alpha=1.0)
            canvas.setFont(FONT, shape.size)
            write_at = {
                "start": canvas.drawString,
                "middle": canvas.drawCentredString,
                "end": canvas.drawRightString,
            }[shape.anchor]
            write_at(shape.x, height - shape.y, shape.text)


def _number_page(canvas: Canvas, document: Any) -> None:
    canvas.setFont(FONT, 8)
    canvas.drawRightString(document.pagesize[0] - _MARGIN, _MARGIN / 2, str(document.page))
