"""Cells of tables that may stand within quotes, as csv writers and pandas put them, or have quotes of their own.

Conventions: a cell that begins and ends with a quote and has only doubled ones between is quoted. Any other quote is a
letter like all others, so that one in the middle of a text, or one that nobody closed, swallows nothing. A quoted cell
has separators or line breaks in it, not both: that would be two rows with a quote each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache


def quoted(cell: str) -> str:
    """A cell as csv readers take it: within quotes where it has any."""
    return '"' + cell.replace('"', '""') + '"' if '"' in cell else cell


def rows_of(text: str, separator: str = "\t") -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row that says something; lines count from 1."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if '"' not in text:
        yield from ((line, row.split(separator)) for line, row in enumerate(text.split("\n"), start=1) if row.strip())
        return
    line, cells = 1, []
    for match in _cell(separator).finditer(text):
        cells.append(_plain(match))
        if match[3] != separator:
            if any(cells):
                yield line, cells
            line, cells = line + match[0].count("\n"), []


def cells_of(row: str, separator: str = "\t") -> list[str]:
    """The cells of one row."""
    return row.split(separator) if '"' not in row else next((cells for _, cells in rows_of(row, separator)), [""])


@lru_cache
def _cell(separator: str) -> re.Pattern[str]:
    end = re.escape(separator)
    return re.compile(rf'(?:"((?:[^"{end}]|"")*+|(?:[^"\n]|"")*+)"|([^{end}\n]*))({end}|\n|\Z)')


def _plain(match: re.Match[str]) -> str:
    return match[2] if match[1] is None else match[1].replace('""', '"')
