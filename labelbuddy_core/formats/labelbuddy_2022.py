"""JSON and CSV of the LabelBuddy of 2022 (the Django app), for those who come from there, and back.

Source: files that its export wrote. JSON is a list of tasks; CSV has a row an annotation with its regions as JSON in a
cell, whose quotes are not doubled, so that no CSV reader takes it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.json_texts import parsed
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, lines, raising, wrong

SUFFIX = "json"
MEDIA_TYPE = "application/json"
CARRIES = Carries(step=1e-12, fields=("label",), instants=False, annotator=True, empty=True)
LOSES = ("instants", "texts", "frequency bounds", "channels", "scores", "tiers", "attributes", "tags and captions")
HEAD = "audio,audio_length,id,regions,"
_ROW = re.compile(r'(?P<audio>.*?),(?P<length>[\d.]+),(?P<id>\d+),"(?P<regions>\[.*\])",(?P<rest>.*)')


def write(everything: Iterable[Marked]) -> Iterator[str]:
    """A list of tasks; annotations of one recording that follow each other share a task."""
    opened = None
    number = 0
    yield "["
    for annotation, marked in enumerate(everything, start=1):
        if marked.file != opened:
            number += 1
            task = {"id": number, "file_upload": marked.recording, "data": {"audio": marked.file}}
            yield ("]}," if opened is not None else "") + "\n" + _text(task)[:-1] + ',"annotations":['
            opened = marked.file
        else:
            yield ","
        result = [
            {
                "audio_length": marked.duration,
                "value": {"start": mark.start, "end": mark.end, "label": mark.label, "id": f"wavesurfer_{place}"},
            }
            for place, mark in enumerate(mark for mark in marked.marks if not mark.instant)
        ]
        by = {"username": marked.annotator}
        yield _text({"id": annotation, "completed_by": by, "reviewed_by": {}, "result": result, "task": number})
    yield "]}\n]\n" if opened is not None else "]\n"


def is_of_2022(tasks: object) -> bool:
    """Whether a list of tasks is of that export, not of Label Studio, which is alike."""
    first = tasks[0] if isinstance(tasks, list) and tasks else None
    if not isinstance(first, dict):
        return False
    results = [one for annotation in first.get("annotations") or [] for one in annotation.get("result") or []]
    return (
        "project_created_at" in first
        or any("audio_length" in one for one in results)
        or (not results and "reviewed_by" in next(iter(first.get("annotations") or []), {}))
    )


def read(text: str, refuse: Refuse = raising) -> Iterator[Marked]:
    """What every annotation says, from JSON or CSV. What is wrong is `Invalid` with its place, and goes to `refuse`."""
    if text.lstrip().startswith("["):
        yield from _read_json(text, refuse)
    else:
        yield from _read_csv(text, refuse)


def _read_json(text: str, refuse: Refuse) -> Iterator[Marked]:
    tasks = parsed(text)
    for position, task in enumerate(tasks):
        where = f"tasks[{position}]"
        with Refusing(refuse):
            if not isinstance(task, dict) or not (task.get("file_upload") or task.get("data")):
                raise Invalid(f"{where}: expected an object with file_upload.", field=where)
            name = str(task.get("file_upload") or "")
            audio = str((task.get("data") or {}).get("audio") or "")
            for number, one in enumerate(task.get("annotations") or []):
                by = one.get("completed_by") or {}
                place = f"{where}.annotations[{number}]"
                with Refusing(refuse):
                    values = [result.get("value") for result in one.get("result") or []]
                    yield _marked(name, audio, values, str(by.get("username") or by.get("email") or ""), place)


def _read_csv(text: str, refuse: Refuse) -> Iterator[Marked]:
    for line, row in lines(text):
        if line == 1 and row.startswith(HEAD):
            continue
        with Refusing(refuse):
            match = _ROW.fullmatch(row)
            if match is None:
                raise wrong(line, "row", "expected audio, audio_length, id and the regions as JSON within quotes")
            try:
                regions = json.loads(match["regions"].replace('""', '"'))
            except json.JSONDecodeError:
                raise wrong(line, "regions", "this is not JSON") from None
            rest = next(csv.reader([match["rest"]]))
            author = rest[2] if len(rest) > 2 else ""
            yield _marked(match["audio"].rsplit("/", 1)[-1], match["audio"], regions, author, f"Line {line}")


def _marked(name: str, audio: str, values: Iterable[Any], author: str, place: str) -> Marked:
    marks = [_mark(value, f"{place}.result[{number}]") for number, value in enumerate(values)]
    marks.sort(key=lambda mark: (mark.start, mark.end, mark.label))
    return Marked(name or audio, 0.0, tuple(marks), annotator=author, audio_path=audio)


def _mark(value: object, place: str) -> Mark:
    if not isinstance(value, Mapping):
        raise Invalid(f"{place}: expected an object with start, end and label.", field=place)
    start, end = value.get("start"), value.get("end")
    for one in (start, end):
        if isinstance(one, bool) or not isinstance(one, int | float):
            raise Invalid(f"{place}: expected numbers as start and end.", field=place)
    assert isinstance(start, int | float)
    assert isinstance(end, int | float)
    if end < start:
        raise Invalid(f"{place}: the end ({end:g} s) lies before the start ({start:g} s).", field=place)
    return Mark(float(start), float(end), str(value.get("label") or ""), place=place)


def _text(value: object) -> str:
    return orjson.dumps(value).decode()
