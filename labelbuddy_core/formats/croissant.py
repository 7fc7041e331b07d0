"""Croissant 1.0: a table of events with the description of a data set that machines read, and the audio beside it.

Source: MLCommons, "Croissant Format Specification 1.0": JSON-LD with the files (and their hashes) and the columns of
their records.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.blocks import in_blocks
from labelbuddy_core.formats.csv_export import harmless
from labelbuddy_core.formats.csv_lines import row_writer
from labelbuddy_core.formats.dataset_rows import CARRIES as ROWS_CARRY
from labelbuddy_core.formats.dataset_rows import LOSES as ROWS_LOSE
from labelbuddy_core.formats.dataset_rows import Members, Tally, card, row_of

CARRIES = replace(ROWS_CARRY, fields=("label", "text", "frequencies", "channel", "score"), empty=False)
LOSES = (*ROWS_LOSE, "positions of beats", "annotations without any item")
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("audio", "sc:Text", "Where the recording lies beside the table."),
    ("recording", "sc:Text", "The name of the recording."),
    ("kind", "sc:Text", "event, tag or caption."),
    ("start", "sc:Float", "Onset in seconds of the recording."),
    ("end", "sc:Float", "Offset in seconds of the recording."),
    ("label", "sc:Text", "What is heard."),
    ("text", "sc:Text", "What is said or written about it."),
    ("low", "sc:Float", "Lower bound in Hz."),
    ("high", "sc:Float", "Upper bound in Hz."),
    ("channel", "sc:Integer", "Channel, from 0."),
    ("score", "sc:Float", "From 0 to 1, of what a model suggested."),
    ("annotator", "sc:Text", "Who marked it."),
)
_BESIDE = tuple(column for column, _, _ in COLUMNS[3:])
_TABLE = "events.csv"
_CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract", "field": "cr:field",
    "fileObject": "cr:fileObject", "fileProperty": "cr:fileProperty", "fileSet": "cr:fileSet", "format": "cr:format",
    "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key",
    "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated",
    "replace": "cr:replace", "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/", "separator": "cr:separator", "source": "cr:source",
    "subField": "cr:subField", "transform": "cr:transform",
}  # fmt: skip


def members(tasks: Iterable[ExportedTask], context: ExportContext) -> Members:
    """The table; its description, once its hash is known; and a card for people."""
    tally, sha256 = Tally(), hashlib.sha256()

    def rows() -> Iterator[bytes]:
        for block in in_blocks(_rows(tasks, context, tally)):
            sha256.update(block)
            yield block

    yield _TABLE, rows()
    described = description(context, tally, sha256.hexdigest())
    yield "croissant.json", iter([orjson.dumps(described, option=orjson.OPT_INDENT_2) + b"\n"])
    yield "README.md", iter([card(context, tally, f"`{_TABLE}` is described by `croissant.json`.", LOSES).encode()])


def description(context: ExportContext, tally: Tally, sha256: str) -> dict[str, Any]:
    """The description of a table with this hash."""
    name = str(context.project["name"])
    fields = [
        {
            "@type": "cr:Field", "@id": f"events/{column}", "name": f"events/{column}", "description": about,
            "dataType": kind, "source": {"fileObject": {"@id": _TABLE}, "extract": {"column": column}},
        }
        for column, kind, about in COLUMNS
    ]  # fmt: skip
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": name,
        "description": f"{name}: {counted(tally.rows, 'task')} with {counted(sum(tally.events.values()), 'event')}, "
        "annotated in LabelBuddy.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": ", ".join(sorted(tally.licenses)) or "not stated",
        "datePublished": context.changed_at[:10],
        "version": "1.0.0",
        "distribution": [
            {
                "@type": "cr:FileObject", "@id": _TABLE, "name": _TABLE, "contentUrl": _TABLE,
                "encodingFormat": "text/csv", "sha256": sha256,
            }
        ],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "events", "name": "events", "field": fields}],
    }  # fmt: skip


def _rows(tasks: Iterable[ExportedTask], context: ExportContext, tally: Tally) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    write_row = row_writer(buffer)
    write_row([column for column, _, _ in COLUMNS])
    for task in tasks:
        row = row_of(task, context, tally)
        about = (harmless(task.audio_path), harmless(row["recording"]))
        for kind, found in (("event", row["events"]), ("tag", row["tags"]), ("caption", row["captions"])):
            for one in found:
                write_row((*about, kind, *[_cell(one.get(column)) for column in _BESIDE]))
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else repr(value)
