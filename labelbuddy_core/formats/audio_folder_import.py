"""Hugging Face's AudioFolder read: `metadata.jsonl` or `metadata.csv`, ours or others', in a ZIP or alone.

Source: the documentation of `datasets`, "Create an audio dataset".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labelbuddy_core.formats.csv_rows import csv_rows
from labelbuddy_core.formats.dataset_rows_import import marked_of_row
from labelbuddy_core.formats.json_lines import is_json_lines, objects
from labelbuddy_core.formats.json_values import text
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, decoded, raising

_NUMBERS = frozenset({"duration", "start", "stop"})


def read(data: bytes, name: str, refuse: Refuse = raising) -> Iterator[Marked]:
    """What each person said in each row, a row in memory at a time; a wrong row goes to `refuse`."""
    for line, row in objects(data, refuse) if is_json_lines(data) else _csv(data, refuse):
        with Refusing(refuse):
            where = f"Line {line}"
            yield from marked_of_row(row, _beside(name, text(row, "file_name", where)), where, refuse)


def _csv(data: bytes, refuse: Refuse) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows of a table, whose numbers are text there."""
    for line, row in csv_rows(decoded(data), {"file_name"}, refuse):
        yield line, {name: _number(cell) if name in _NUMBERS else cell for name, cell in row.items()}


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell  # told with its place, where it is needed


def _beside(name: str, file: str) -> str:
    """The path of the audio from where the metadata's own path begins: the folder may tell equal names apart."""
    folder = name.replace("\\", "/").rpartition("/")[0]
    return f"{folder}/{file}" if folder and file else file
