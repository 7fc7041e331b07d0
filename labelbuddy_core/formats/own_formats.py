"""What we write ourselves and read again, by the names that exports have: read from bytes, because it may be large."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import (
    audio_folder_import,
    captions_import,
    json_import,
    jsonl_import,
    parquet_import,
)
from labelbuddy_core.formats.json_lines import beginning, objects
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.formats.rows import Refuse

ReadBytes = Callable[[bytes, str, Refuse], Iterator[Marked]]
"""What a file of this name says; wrong rows go to `Refuse`."""


@dataclass(frozen=True)
class OwnSource:
    """A format of ours that annotations are read from."""

    title: str
    read: ReadBytes


OWN: dict[str, OwnSource] = {
    "json": OwnSource("LabelBuddy, JSON", json_import.read),
    "jsonl": OwnSource("LabelBuddy, JSON Lines", jsonl_import.read),
    "captions": OwnSource("Captions, JSON Lines and CSV", captions_import.read),
    "audiofolder": OwnSource("Hugging Face AudioFolder, its metadata", audio_folder_import.read),
    "parquet": OwnSource("Parquet of the Hugging Face Hub", parquet_import.read),
}
_HEAD = 1_000_000
"""Bytes in which the first annotation of an export has begun."""
_DOCUMENT = re.compile(rb'"schema"\s*:\s*"labelbuddy/annotation@')
_PROJECT = re.compile(rb'\s*\{\s*"project"\s*:\s*\{')
_TRIED = 20
"""Lines at the beginning, right or wrong, by which the format is told; those below are not looked at."""


def told(name: str, data: bytes) -> str | None:
    """Which of our formats a file is in; None for none of them."""
    low = name.lower().replace("\\", "/").rsplit("/", 1)[-1]
    if low.endswith(".parquet") or data.startswith(b"PAR1"):
        return "parquet"
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if low.endswith(".json") and (_PROJECT.match(head) or (head.lstrip()[:1] == b"{" and _DOCUMENT.search(head))):
        return "json"
    if low.endswith(".jsonl"):
        return _of_lines(data, low)
    if low.endswith(".csv"):
        first = head.split(b"\n", 1)[0].decode(errors="replace")
        columns = {cell.strip().strip('"') for cell in first.split(",")}
        if columns >= captions_import.KNOWN_BY:
            return "captions"
        if low == "metadata.csv" and "file_name" in columns:
            return "audiofolder"
    return None


def _of_lines(data: bytes, name: str) -> str | None:
    if _DOCUMENT.search(data, 0, _HEAD):
        return "jsonl"
    for _, row in objects(beginning(data, _TRIED, _HEAD), _unheard):
        if isinstance(row.get("document"), dict) and "annotator" in row:
            return "jsonl"
        if row.keys() >= captions_import.KNOWN_BY:
            return "captions"
        if "file_name" in row and (name == "metadata.jsonl" or "events" in row):
            return "audiofolder"
    return None


def _unheard(_: Invalid) -> None:
    """Wrong lines are told of when the file is read."""
