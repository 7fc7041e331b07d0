"""Parquet as the Hugging Face Hub shows and plays it: a row a task, its audio within, lists of events, tags, captions.

Source: the documentation of `datasets`, "Audio feature": a struct of `bytes` and `path`, and the features as JSON in
the schema's metadata under `huggingface`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.dataset_rows import ReadAudio, Tally, row_of
from labelbuddy_core.formats.streamed_archive import Sink

MEDIA_TYPE = "application/vnd.apache.parquet"
SUFFIX = "parquet"
_GROUP_BYTES = 32 * 1024**2
_GROUP_EVENTS = 20_000
_NUMBER, _TEXT, _WHOLE = "float64", "string", "int64"
_EVENT = {
    "start": _NUMBER, "end": _NUMBER, "label": _TEXT, "text": _TEXT, "low": _NUMBER, "high": _NUMBER,
    "channel": _WHOLE, "score": _NUMBER, "position": _WHOLE, "annotator": _TEXT,
}  # fmt: skip
_TAG = {"label": _TEXT, "score": _NUMBER, "annotator": _TEXT}
_CAPTION = {"text": _TEXT, "annotator": _TEXT}
_FLAT = {
    "recording": _TEXT, "sha256": _TEXT, "license": _TEXT, "duration": _NUMBER, "start": _NUMBER, "stop": _NUMBER,
}  # fmt: skip
_LISTS = {"events": _EVENT, "tags": _TAG, "captions": _CAPTION}


def write(
    tasks: Iterable[ExportedTask], context: ExportContext, read_audio: ReadAudio | None = None
) -> Iterator[bytes]:
    """The file in blocks; the audio is within where `read_audio` gives it. One group of rows is in memory at a time."""
    import pyarrow as pa  # half a second that only this format needs
    import pyarrow.parquet as pq

    schema = _schema(pa)
    sink, tally = _Counted(), Tally()
    held: list[dict[str, Any]] = []
    size = events = 0
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        for task in tasks:
            row = row_of(task, context, tally)
            audio = None if read_audio is None else b"".join(read_audio(task.recording["sha256"]))
            held.append({"audio": {"bytes": audio, "path": task.audio_path or task.recording["name"]}, **row})
            size += len(audio or b"")
            events += len(row["events"])
            if size >= _GROUP_BYTES or events >= _GROUP_EVENTS:
                writer.write_table(pa.Table.from_pylist(held, schema=schema))
                held.clear()
                size = events = 0
                yield from sink.taken()
        if held:
            writer.write_table(pa.Table.from_pylist(held, schema=schema))
            yield from sink.taken()
    yield from sink.taken(all_of_it=True)


class _Counted(Sink):
    """A sink that knows how much went through it, as Parquet writes it at the end."""

    def __init__(self) -> None:
        super().__init__()
        self._written = 0

    def write(self, data: Any) -> int:
        size = super().write(bytes(data))
        self._written += size
        return size

    def tell(self) -> int:
        return self._written


def _schema(pa: Any) -> Any:
    kinds = {_NUMBER: pa.float64(), _TEXT: pa.string(), _WHOLE: pa.int64()}
    audio = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    fields = [("audio", audio), *((name, kinds[kind]) for name, kind in _FLAT.items())]
    fields.append(("annotators", pa.list_(pa.string())))
    for name, members in _LISTS.items():
        fields.append((name, pa.list_(pa.struct([(one, kinds[kind]) for one, kind in members.items()]))))
    features: dict[str, Any] = {"audio": {"_type": "Audio"}, **_values(_FLAT)}
    features["annotators"] = [_values({"annotator": _TEXT})["annotator"]]
    features |= {name: [_values(members)] for name, members in _LISTS.items()}
    return pa.schema(fields, metadata={"huggingface": orjson.dumps({"info": {"features": features}}).decode()})


def _values(kinds: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"dtype": kind, "_type": "Value"} for name, kind in kinds.items()}
