"""Hugging Face's AudioFolder read: `metadata.jsonl` or `metadata.csv`, ours or others', in a ZIP or alone.

Source: the documentation of `datasets`, "Create an audio dataset".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.dataset_rows_import import marked_of_row
from labelbuddy_core.formats.json_lines import is_json_lines, objects
from labelbuddy_core.formats.json_values import text
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, decoded, raising, wrong


def read(data: bytes, name: str, refuse: Refuse = raising) -> Iterator[Marked]:
    """What each person said in each row, a row in memory at a time; a wrong row goes to `refuse`."""
    for line, row in objects(data, refuse) if is_json_lines(data) else _rows(decoded(data), refuse):
        with Refusing(refuse):
            where = f"Line {line}"
            yield from marked_of_row(row, _beside(name, text(row, "file_name", where)), where, refuse)


def _beside(name: str, file: str) -> str:
    """The path of the audio from where the metadata's own path begins: the folder may tell equal names apart."""
    folder = name.replace("\\", "/").rpartition("/")[0]
    return f"{folder}/{file}" if folder and file else file


def _rows(text: str, refuse: Refuse) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        names = [one.strip() for one in next(reader, [])]
        if "file_name" not in names:
            raise Invalid("Line 1: the column file_name is missing.", field="file_name", line=1)
        for row in reader:
            with Refusing(refuse):
                if row and len(row) != len(names):
                    raise wrong(reader.line_num, "row", f"expected {len(names)} cells, found {len(row)}")
                if row:
                    cells = zip(names, row, strict=True)
                    yield reader.line_num, {one: cell for one, cell in cells if cell}
    except csv.Error as error:
        raise Invalid(f"Line {reader.line_num}: {error}.", field="file", line=reader.line_num) from None
