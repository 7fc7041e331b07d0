"""Lists of recordings as CSV: a column that names the file, and columns of attributes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labelbuddy_core.domain.attributes import attribute_name, checked_attributes
from labelbuddy_core.errors import Invalid

FILE_COLUMNS = ("file", "path", "url", "filename", "file_name", "audio")
MAX_ROWS = 1_000_000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class ListedFile:
    """A row: where the file is (path or URL, as written), its attributes, and the line in the list."""

    address: str
    attributes: dict[str, str]
    line: int


def read_list(path: Path) -> Iterator[ListedFile]:
    """The rows of a list, in order. UTF-8 with commas, semicolons, tabs or bars; blank lines are skipped.

    Raises `Invalid` with the line and what to change.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            first = file.readline()
            delimiter = max(_DELIMITERS, key=first.count)
            file.seek(0)
            rows = csv.reader(file, delimiter=delimiter, strict=True)
            header = [attribute_name(name) for name in next(rows, [])]
            column = _file_column(header)
            for number, row in enumerate(rows):
                if number >= MAX_ROWS:
                    raise Invalid(f"The list has more than {MAX_ROWS:,} rows; split it.", field="list")
                if any(cell.strip() for cell in row):
                    yield _listed(header, column, row, rows.line_num)
        except UnicodeDecodeError:
            raise Invalid("The list is not UTF-8; save it as “CSV UTF-8”.", field="list") from None
        except csv.Error as error:
            raise Invalid(f"The list cannot be read: {error}. Save it as CSV again.", field="list") from None


def _file_column(header: list[str]) -> int:
    for name in FILE_COLUMNS:
        if name in header:
            return header.index(name)
    raise Invalid(
        f"The first line of the list must name its columns, one of them {', '.join(FILE_COLUMNS[:-1])} or "
        f"{FILE_COLUMNS[-1]}; found: {', '.join(header)[:200] or 'nothing'}.",
        field="list",
    )


def _listed(header: list[str], column: int, row: list[str], line: int) -> ListedFile:
    if len(row) > len(header):
        raise Invalid(
            f"Line {line} of the list has {len(row)} cells, but the first line names {len(header)} columns. "
            "Put a text that has the separator in it into quotes.",
            field="list",
        )
    cells = dict(zip(header, row, strict=False))
    address = row[column].strip() if column < len(row) else ""
    if not address:
        raise Invalid(f"Line {line} of the list names no file.", field="list")
    try:
        attributes = checked_attributes({name: text for name, text in cells.items() if name and name != header[column]})
    except Invalid as problem:
        raise Invalid(f"Line {line} of the list: {problem.detail}", field="list") from None
    return ListedFile(address, attributes, line)
