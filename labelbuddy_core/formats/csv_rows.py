"""CSV with a line of names, of our own exports: a row at a time with its line number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Set

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.rows import Refuse, Refusing, wrong


def csv_rows(text: str, needed: Set[str], refuse: Refuse) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by column without the empty ones); rows of another length go to `refuse`.

    Raises `Invalid` where a needed column is missing, or the file is no CSV from some line on.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        names = [one.strip() for one in next(reader, [])]
        missing = needed - set(names)
        if missing:
            raise Invalid(f"Line 1: the column {min(missing)} is missing.", field=min(missing), line=1)
        for row in reader:
            with Refusing(refuse):
                if row and len(row) != len(names):
                    raise wrong(reader.line_num, "row", f"expected {len(names)} cells, found {len(row)}")
                if row:
                    yield reader.line_num, {one: cell for one, cell in zip(names, row, strict=True) if cell}
    except csv.Error as error:
        raise Invalid(f"Line {reader.line_num}: {error}.", field="file", line=reader.line_num) from None
