"""A table of spans to be labeled: which recording, from when to when. CSV or TSV with a head."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Final

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.rows import wrong

NAMES: Final = {
    "recording": ("recording", "file", "filename", "file_name", "audio", "path", "sha256"),
    "start": ("start", "onset", "begin", "from", "begin time (s)"),
    "stop": ("stop", "end", "offset", "to", "end time (s)"),
}
MAX_ROWS: Final = 100_000


@dataclass(frozen=True)
class SpanRow:
    """A row of the table; times in seconds of recording time, `line` counts from 1 with the head."""

    line: int
    recording: str
    start: float
    stop: float


def read(text: str) -> list[SpanRow]:
    """The rows of a table. Raises `Invalid` naming line and column of the first mistake."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    head = lines[0] if lines else ""
    delimiter = max("\t;,", key=head.count)
    rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    names = [cell.strip().casefold() for cell in next(rows, [])]
    columns = {field: next((names.index(one) for one in known if one in names), None) for field, known in NAMES.items()}
    missing = [field for field, place in columns.items() if place is None]
    if missing:
        raise Invalid(
            f"The table needs a head with the columns recording, start and stop; {missing[0]} is missing.",
            field="table",
        )
    found: list[SpanRow] = []
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        line = rows.line_num
        if len(found) >= MAX_ROWS:
            raise Invalid(f"The table has more than {MAX_ROWS:,} rows.", field="table")
        values = {field: cells[place].strip() if place is not None and place < len(cells) else ""
                  for field, place in columns.items()}  # fmt: skip
        if not values["recording"]:
            raise wrong(line, "recording", "there is no name")
        start, stop = (seconds(values[name], line, name) for name in ("start", "stop"))
        found.append(SpanRow(line, values["recording"], start, stop))
    if not found:
        raise Invalid("The table has no rows.", field="table")
    return found


def seconds(cell: str, line: int, field: str) -> float:
    """Seconds, or minutes and seconds (`1:30.5`), or hours too. Raises `Invalid` that names line and column."""
    parts = cell.replace(",", ".").split(":")
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if not values or len(values) > 3 or any(not 0 <= value < 1e9 for value in values):
        raise wrong(line, field, f"expected seconds or h:m:s, found {cell[:40]!r}")
    total = 0.0
    for value in values:
        total = 60 * total + value
    return total
