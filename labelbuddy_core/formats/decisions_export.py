"""What annotators decided about suggestions, or reviewers about annotations, a row each, as CSV or JSON Lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from labelbuddy_core.formats.blocks import in_blocks
from labelbuddy_core.formats.csv_export import harmless
from labelbuddy_core.formats.items import seconds

Row = Mapping[str, Any]

COLUMNS = (
    *("at", "user", "action", "task", "annotation", "revision", "prediction", "model", "version", "region", "label"),
    *("score", "edited", "how", "threshold", "predictions", "setting"),
)
REVIEW_COLUMNS = (
    *("at", "review", "recording", "task", "annotation", "revision", "annotator", "reviewer", "decision", "reason"),
    *("feedback", "regions_rejected"),
)
_ROWS_AT_ONCE = 200


def write_csv(rows: Iterable[Row], columns: Sequence[str] = COLUMNS) -> Iterator[bytes]:
    """The rows as CSV (as `csv_export` writes it), in blocks of bytes."""
    return in_blocks(_lines(rows, columns))


def write_jsonl(rows: Iterable[Row], columns: Sequence[str] = COLUMNS) -> Iterator[bytes]:
    """The rows as JSON Lines, each with every column, in blocks of bytes."""
    return in_blocks(
        orjson.dumps({name: row.get(name) for name in columns}, option=orjson.OPT_APPEND_NEWLINE) for row in rows
    )


def _lines(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(row.get(name)) for name in columns])
        if number % _ROWS_AT_ONCE == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return seconds(value)
        case list():
            return " ".join(str(one) for one in value)
        case _:
            return harmless(str(value))
