"""Parquet of the Hugging Face Hub read, ours or others': a group of rows at a time, and never the audio in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.dataset_rows_import import LABELS, TEXTS, marked_of_row
from labelbuddy_core.formats.json_values import text
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, raising

_READ = frozenset(
    {"recording", "sha256", "duration", "start", "stop", "events", "tags", "captions", "annotators"}
    | {"file_name", "annotator", "annotated_by", *LABELS, *TEXTS}
)
_MOST = 1024**3
"""Bytes that the columns of one group of rows may have in memory."""
_AT_ONCE = 64
"""Rows."""


def read(data: bytes, name: str, refuse: Refuse = raising) -> Iterator[Marked]:
    """What each person said in each row. What is wrong in a row is `Invalid` that names it, for `refuse`.

    Raises `Invalid` for a file that is no Parquet, or has no columns of recordings.
    """
    import pyarrow as pa  # half a second that only this format needs
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        columns = _columns(file.schema_arrow)
        classes = _classes(file.schema_arrow)
        number = 0
        for group in range(file.metadata.num_row_groups):
            _require_fitting(file.metadata.row_group(group), columns, group)
            for batch in file.iter_batches(_AT_ONCE, row_groups=[group], columns=columns):
                for row in _rows(batch, number):
                    number += 1
                    with Refusing(refuse):
                        yield from _of_row(_named(row, classes, f"Row {number}", refuse), f"Row {number}", refuse)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise Invalid(f"This is no Parquet file, or a damaged one ({str(error)[:200]}).", field="file") from None


def _rows(batch: Any, before: int) -> list[dict[str, Any]]:
    """Raises `Invalid` for values that Python cannot have: text in another encoding, times before its calendar."""
    try:
        return batch.to_pylist()
    except UnicodeDecodeError as error:
        problem = f"a text is not UTF-8 (byte {error.start} of it); write it as UTF-8"
    except (ValueError, OverflowError) as error:
        problem = f"a value cannot be read ({str(error)[:200]})"
    raise Invalid(f"Rows {before + 1} to {before + batch.num_rows}: {problem}.", field="file")


def _of_row(row: Mapping[str, Any], where: str, refuse: Refuse) -> Iterator[Marked]:
    audio = row.get("audio")
    path = text(audio, "path", where, "audio.") if isinstance(audio, Mapping) else text(row, "audio", where)
    yield from marked_of_row(row, path or text(row, "file_name", where), where, refuse)


def _classes(schema: Any) -> dict[str, list[str]]:
    """Names of classes by column, as `datasets` keeps them beside the numbers that it writes (ClassLabel)."""
    try:
        features = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
    except (ValueError, KeyError, TypeError):
        return {}
    found: dict[str, list[str]] = {}
    for column, one in features.items() if isinstance(features, dict) else ():
        kind = one[0] if isinstance(one, list) and one else one
        while isinstance(kind, dict) and "names" not in kind and isinstance(kind.get("feature"), dict):
            kind = kind["feature"]
        if column in LABELS and isinstance(kind, dict) and isinstance(kind.get("names"), list):
            found[column] = [str(name) for name in kind["names"]]
    return found


def _named(row: dict[str, Any], classes: Mapping[str, list[str]], where: str, refuse: Refuse) -> dict[str, Any]:
    """The row with names in place of the numbers of classes; a number without a name goes to `refuse`."""
    found = dict(row)
    for column, names in classes.items():
        value, named = row.get(column), []
        for one in value if isinstance(value, list) else [value]:
            with Refusing(refuse):
                named.append(_name(one, names, f"{where}, {column}"))
        found[column] = named if isinstance(value, list) else next(iter(named), None)
    return found


def _name(value: Any, names: list[str], where: str) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if value == -1:  # where nobody has said it, as in the test part of some data sets
        return None
    if not 0 <= value < len(names):
        raise Invalid(f"{where}: there is no class {value}; the file names {len(names)}.", field="label")
    return names[value]


def _columns(schema: Any) -> list[str]:
    """Those that are read: of the audio its path alone."""
    import pyarrow as pa

    found = [name for name in schema.names if name in _READ]
    if "audio" in schema.names:
        kind = schema.field("audio").type
        if pa.types.is_struct(kind) and kind.get_field_index("path") >= 0:
            found.append("audio.path")
        elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
            found.append("audio")
    if not {"recording", "sha256", "file_name", "audio", "audio.path"} & set(found):
        raise Invalid("No column names the recordings: expected audio, recording or file_name.", field="audio")
    return found


def _require_fitting(group: Any, columns: list[str], number: int) -> None:
    """Raises `Invalid` for a group that would fill the memory."""
    size = sum(
        column.total_uncompressed_size
        for column in (group.column(one) for one in range(group.num_columns))
        if any(column.path_in_schema == name or column.path_in_schema.startswith(f"{name}.") for name in columns)
    )
    if size > _MOST:
        raise Invalid(f"Row group {number + 1}: its labels are {size:,} bytes; write smaller groups.", field="file")
