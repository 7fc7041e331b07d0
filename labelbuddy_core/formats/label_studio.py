"""Label Studio's JSON: tasks with annotations and predictions, each a list of results.

Source: Label Studio's documentation, "Label Studio JSON format of annotated tasks", and tasks exported by 1.23. A
region is a result of type `labels`; results with the same id (textarea, choices, rating, number) say more about it;
results without start and end are about the whole clip. `from_name` and `to_name` are the names of the tags in the
labeling interface.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, raising

SUFFIX = "json"
MEDIA_TYPE = "application/json"
CARRIES = Carries(
    step=1e-12, fields=("label", "text", "channel", "score"), tags=True, caption=True, annotator=True, empty=True
)
LOSES = ("frequency bounds", "positions of beats", "tiers", "attributes", "scores of tags", "answers")
_TEXT = ("textarea",)
_ATTRIBUTES = ("choices", "rating", "number", "taxonomy")


def write(everything: Iterable[Marked]) -> Iterator[str]:
    """An array of tasks; annotations of one recording that follow each other share a task."""
    opened = None
    number = 0
    yield "["
    for marked in everything:
        if marked.file != opened:
            number += 1
            close = "]}," if opened is not None else ""
            yield f"{close}\n" + _text({"id": number, "data": {"audio": marked.file}})[:-1]
            yield ', "annotations": ['
            opened = marked.file
        else:
            yield ", "
        results = [
            one for position, mark in enumerate(marked.marks) for one in _results(mark, position, marked.duration)
        ]
        results += _of_clip(marked)
        yield _text({"result": results, "meta": {"annotator": marked.annotator}})
    yield "]}\n]\n" if opened is not None else "]\n"


def read(text: str, refuse: Refuse = raising) -> Iterator[Marked]:
    """What every annotation and prediction of every task says; predictions are by `model:VERSION`.

    What is wrong in a task is `Invalid` that names task and field, and goes to `refuse`. Raises `Invalid` where the
    whole is no list of tasks.
    """
    try:
        tasks = json.loads(text)
    except json.JSONDecodeError as error:
        raise Invalid(
            f"Line {error.lineno}: this is not JSON ({error.msg}).", field="file", line=error.lineno
        ) from None
    if not isinstance(tasks, list):
        raise Invalid("Expected a list of tasks, as Label Studio's JSON export writes it (not JSON_MIN).", field="file")
    for position, task in enumerate(tasks):
        where = f"tasks[{position}]"
        with Refusing(refuse):
            audio = _audio(task, where)
            for kind in ("annotations", "predictions"):
                for number, one in enumerate(task.get(kind) or []):
                    if isinstance(one, dict) and not one.get("was_cancelled"):
                        with Refusing(refuse):
                            yield _marked(audio, one, f"{where}.{kind}[{number}]", model=kind == "predictions")


def _audio(task: object, where: str) -> str:
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict):
        raise Invalid(f"{where}.data: expected an object with the address of the audio.", field=f"{where}.data")
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    found = texts.get("audio") or next((value for value in texts.values() if "/" in value or "." in value), None)
    if found is None:
        raise Invalid(f"{where}.data: no address of a recording in it.", field=f"{where}.data")
    return found


def _marked(audio: str, one: Mapping[str, Any], where: str, *, model: bool) -> Marked:
    results = one.get("result")
    if not isinstance(results, list):
        raise Invalid(f"{where}.result: expected a list.", field=f"{where}.result")
    marks: dict[str, Mark] = {}
    tags: list[tuple[str, float | None]] = []
    caption, length = [], 0.0
    for position, result in enumerate(results):
        value = result.get("value") if isinstance(result, dict) else None
        if not isinstance(value, dict):
            raise Invalid(f"{where}.result[{position}].value: expected an object.", field=f"{where}.result")
        length = max(length, _number(result.get("original_length")) or 0.0)
        kind, key = str(result.get("type")), str(result.get("id") or position)
        start, end = _number(value.get("start")), _number(value.get("end"))
        said = [str(text) for text in _list(value.get(kind if kind not in _TEXT else "text"))]
        if start is None or end is None:
            if kind in _TEXT:
                caption += said
            elif kind in _ATTRIBUTES:
                tags += [(text, _number(result.get("score"))) for text in said]
            continue
        if end < start:
            raise Invalid(f"{where}.result[{position}]: the end lies before the start.", field=f"{where}.result")
        present = marks.get(key) or Mark(
            start,
            end,
            "",
            channel=_channel(value),
            score=_number(result.get("score")),
            place=f"{where}.result[{position}]",
        )
        if kind in _TEXT:
            present = replace(present, text="\n".join(said))
        elif kind in _ATTRIBUTES:
            name = str(result.get("from_name") or kind)
            present = replace(present, attributes=(*present.attributes, (name, ", ".join(said))))
        elif said:
            present = replace(present, label=said[0])
        marks[key] = present
    by = one.get("completed_by")
    by = by.get("email") or by.get("id") if isinstance(by, dict) else by
    meta = one.get("meta")
    author = (meta.get("annotator") if isinstance(meta, dict) else None) or by
    return Marked(
        recording=audio,
        duration=length,
        marks=tuple(sorted(marks.values(), key=lambda mark: (mark.start, mark.end, mark.label))),
        annotator=f"model:{one.get('model_version') or ''}" if model else str(author or ""),
        tags=tuple(tags),
        caption="\n".join(caption),
    )


def _results(mark: Mark, position: int, duration: float) -> Iterator[dict[str, Any]]:
    span: dict[str, Any] = {"start": mark.start, "end": mark.end, "channel": mark.channel or 0}
    about: dict[str, Any] = {"id": f"r{position}", "to_name": "audio", "original_length": duration, "origin": "manual"}
    if mark.score is not None:
        about |= {"score": mark.score, "origin": "prediction"}
    yield {**about, "from_name": "label", "type": "labels", "value": {**span, "labels": [mark.label]}}
    if mark.text:
        yield {**about, "from_name": "text", "type": "textarea", "value": {**span, "text": [mark.text]}}


def _of_clip(marked: Marked) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if marked.tags:
        value = {"choices": [name for name, _ in marked.tags]}
        found.append({"id": "tags", "from_name": "tags", "to_name": "audio", "type": "choices", "value": value})
    if marked.caption:
        value = {"text": [marked.caption]}
        found.append({"id": "caption", "from_name": "caption", "to_name": "audio", "type": "textarea", "value": value})
    return found


def _text(value: object) -> str:
    return orjson.dumps(value).decode()


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _channel(value: Mapping[str, Any]) -> int | None:
    channel = value.get("channel")
    return channel if isinstance(channel, int) and not isinstance(channel, bool) and channel >= 0 else None
