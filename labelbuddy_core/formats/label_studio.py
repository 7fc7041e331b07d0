"""Label Studio's JSON: tasks with annotations and predictions, each a list of results.

Source: Label Studio's documentation, "Label Studio JSON format of annotated tasks", and tasks exported by 1.23. A
region is a result of type `labels`; results with the same id (textarea, choices, rating, number) say more about it;
results without start and end are about the whole clip. A region with several labels is a region for each; a path of a
taxonomy is one name, "Animal / Dog". `from_name` and `to_name` are the names of the tags in the
labeling interface.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.json_texts import parsed
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
_TAGS = ("choices", "taxonomy")
_ATTRIBUTES = (*_TAGS, "rating", "number")


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
    tasks = parsed(text)
    if not isinstance(tasks, list):
        raise Invalid("Expected a list of tasks, as Label Studio's JSON export writes it.", field="file")
    if tasks and isinstance(tasks[0], dict) and "annotation_id" in tasks[0] and "data" not in tasks[0]:
        raise Invalid(
            "This is Label Studio's JSON_MIN, which leaves out what belongs together; export JSON.", field="file"
        )
    for position, task in enumerate(tasks):
        where = f"tasks[{position}]"
        with Refusing(refuse):
            audio = _audio(task, where)
            for kind in ("annotations", "predictions"):
                for number, one in enumerate(task.get(kind) or []):
                    if isinstance(one, dict) and one.get("was_cancelled"):
                        told = f"{where}.{kind}[{number}]: skipped by its annotator (was_cancelled), nothing is taken."
                        refuse(Invalid(told, field="was_cancelled"))
                    elif isinstance(one, dict):
                        with Refusing(refuse):
                            yield _marked(audio, one, f"{where}.{kind}[{number}]", refuse, model=kind == "predictions")


def _audio(task: object, where: str) -> str:
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict):
        raise Invalid(f"{where}.data: expected an object with the address of the audio.", field=f"{where}.data")
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    found = texts.get("audio") or next((value for value in texts.values() if "/" in value or "." in value), None)
    if found is None:
        raise Invalid(f"{where}.data: no address of a recording in it.", field=f"{where}.data")
    return found


@dataclass(frozen=True)
class _Region:
    """What the results with one id say: a stretch of sound with any number of labels."""

    mark: Mark
    labels: tuple[str, ...] = ()

    def with_more(self, kind: str, name: str, said: Sequence[str]) -> _Region:
        if kind in _TEXT:
            return replace(self, mark=replace(self.mark, text="\n".join(said)))
        if kind in _ATTRIBUTES:
            return replace(self, mark=replace(self.mark, attributes=(*self.mark.attributes, (name, ", ".join(said)))))
        return replace(self, labels=tuple(dict.fromkeys((*self.labels, *said))))

    def marks(self) -> Iterator[Mark]:
        """One for each label."""
        return (replace(self.mark, label=label) for label in self.labels or ("",))


def _said(kind: str, value: Mapping[str, Any]) -> list[str]:
    """The words of a result; a path of a taxonomy is one, with its parts in order."""
    found = _list(value.get("text" if kind in _TEXT else kind))
    return [" / ".join(map(str, one)) if isinstance(one, list) else str(one) for one in found]


def _without_place(kind: str, said: Sequence[str], place: str) -> Invalid:
    words = f" ({', '.join(said)[:60]})" if said else ""
    return Invalid(f"{place}: a {kind}{words} about the whole clip is neither a tag nor a caption.", field=place)


def _marked(audio: str, one: Mapping[str, Any], where: str, refuse: Refuse, *, model: bool) -> Marked:
    results = one.get("result")
    if not isinstance(results, list):
        raise Invalid(f"{where}.result: expected a list.", field=f"{where}.result")
    regions: dict[str, _Region] = {}
    tags: list[tuple[str, float | None]] = []
    caption, length = [], 0.0
    for position, result in enumerate(results):
        place = f"{where}.result[{position}]"
        value = result.get("value") if isinstance(result, dict) else None
        if not isinstance(value, dict):
            refuse(Invalid(f"{place}.value: expected an object.", field=f"{where}.result"))
            continue
        length = max(length, _number(result.get("original_length")) or 0.0)
        kind, key = str(result.get("type")), str(result.get("id") or position)
        start, end = _number(value.get("start")), _number(value.get("end"))
        said = _said(kind, value)
        if start is None or end is None:
            if kind in _TEXT:
                caption += said
            elif kind in _TAGS:
                tags += [(text, _number(result.get("score"))) for text in said]
            else:
                refuse(_without_place(kind, said, place))
            continue
        if end < start:
            raise Invalid(f"{place}: the end lies before the start.", field=f"{where}.result")
        region = regions.get(key) or _Region(
            Mark(start, end, "", channel=_channel(value), score=_number(result.get("score")), place=place)
        )
        regions[key] = region.with_more(kind, str(result.get("from_name") or kind), said)
    marks = [mark for region in regions.values() for mark in region.marks()]
    by = one.get("completed_by")
    by = by.get("email") or by.get("id") if isinstance(by, dict) else by
    meta = one.get("meta")
    author = (meta.get("annotator") if isinstance(meta, dict) else None) or by
    return Marked(
        recording=audio,
        duration=length,
        marks=tuple(sorted(marks, key=lambda mark: (mark.start, mark.end, mark.label))),
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
