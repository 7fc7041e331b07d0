"""A report as one HTML file: nothing is loaded from elsewhere and no script runs, so that it can be sent and kept."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from labelbuddy_core.formats.drawings import svg
from labelbuddy_core.formats.report_blocks import Block, Bullets, Cell, Chart, Heading, Link, Paragraph, Table

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2937; background: #fff; max-width: 860px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2.2rem; border-bottom: 1px solid #e5e7eb; }
h3 { font-size: 1.05rem; margin-top: 1.4rem; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: 13px; margin: .8rem 0; }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid #e5e7eb; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1rem 0; } figcaption { color: #4b5563; font-size: 13px; } svg { max-width: 100%; height: auto; }
svg text { font-family: system-ui, sans-serif; } a { color: #0f766e; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
"""  # noqa: E501


def write(title: str, blocks: Sequence[Block], attached: tuple[str, bytes] | None = None) -> bytes:
    """The report; `attached` (name, CSV) is put into the file, behind a link that saves it."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    ]
    parts += [_element(block) for block in blocks]
    if attached is not None:
        name, data = attached
        address = f"data:text/csv;charset=utf-8;base64,{b64encode(data).decode()}"
        parts.append(f'<p><a download="{escape(name)}" href="{address}">All numbers as CSV</a></p>')
    return "".join([*parts, "</body></html>\n"]).encode()


def _element(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
        case Paragraph():
            strong = f"<b>{escape(block.strong)}</b> " if block.strong else ""
            return f"<p>{strong}{escape(block.text)}</p>"
        case Bullets():
            return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in block.items)}</ul>"
        case Chart():
            return f"<figure>{svg(block.drawing)}<figcaption>{escape(block.caption)}</figcaption></figure>"
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    def cells(tag: str, row: Sequence[Cell]) -> str:
        return "".join(
            f"<{tag}{' class=number' if place in table.numbers else ''}>{_cell(cell)}</{tag}>"
            for place, cell in enumerate(row)
        )

    head = f"<thead><tr>{cells('th', table.columns)}</tr></thead>"
    rows = "".join(f"<tr>{cells('td', row)}</tr>" for row in table.rows)
    return f'<div class="table"><table>{head}<tbody>{rows}</tbody></table></div>'


def _cell(cell: Cell) -> str:
    if isinstance(cell, Link):
        return f'<a href="{escape(cell.address)}">{escape(cell.text)}</a>'
    return escape(cell)
