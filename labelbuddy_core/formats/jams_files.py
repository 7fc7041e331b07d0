"""JAMS 0.3: one JSON file a recording, an annotation a person and namespace.

Source: Humphrey et al., "JAMS: A JSON Annotated Music Specification for Reproducible MIR Research" (ISMIR 2014), and
the schema of the jams package 0.3. Regions are `segment_open`, instants `beat` where their position in the bar is known
and `onset` where not, tags `tag_open`; the caption and what else the namespaces cannot hold is in the sandbox.

Read are segments, chords, keys, beats, onsets, lyrics, notes (`note_midi`, `note_hz`) and the events of Scaper; what
other namespaces hold is listed. A title is that of a song: what names files (sandbox, identifiers) comes before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, raising

SUFFIX = "jams"
MEDIA_TYPE = "application/json"
CARRIES = Carries(
    step=1e-12, fields=("label", "score", "position", "text", "frequencies", "channel", "tier", "attributes"),
    tags=True, caption=True, annotator=True, empty=True,
)  # fmt: skip
LOSES = ("answers",)
VERSION = "0.3.4"
_HELD = ("beat", "onset", "segment_", "multi_segment", "chord", "key_mode", "lyrics", "note_midi", "note_hz", "scaper")
_FILE = re.compile(r"[^\n]*[^\n.]\.[A-Za-z]\w{1,4}")


def write(together: Sequence[Marked]) -> str:
    """All that was marked on one recording."""
    first = together[0]
    annotations = [one for marked in together for one in _annotations(marked)]
    whole = {
        "file_metadata": {
            "title": first.recording, "artist": "", "release": "", "duration": first.duration,
            "identifiers": {}, "jams_version": VERSION,
        },
        "annotations": annotations,
        "sandbox": {"audio": first.file},
    }  # fmt: skip
    return orjson.dumps(whole).decode() + "\n"


def read(text: str, refuse: Refuse = raising) -> Iterator[Marked]:
    """What each annotation says. A wrong observation is `Invalid` that names it, and goes to `refuse`.

    Raises `Invalid` where the file is not JAMS.
    """
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise Invalid(
            f"Line {error.lineno}: this is not JSON ({error.msg}).", field="file", line=error.lineno
        ) from None
    if not isinstance(whole, dict) or not isinstance(whole.get("annotations"), list):
        raise Invalid("Expected an object with annotations, as JAMS files have it.", field="annotations")
    about = whole.get("file_metadata")
    about = about if isinstance(about, dict) else {}
    by_person: dict[str, list[Mark]] = {}
    tags: dict[str, list[tuple[str, float | None]]] = {}
    for number, annotation in enumerate(whole["annotations"]):
        where = f"annotations[{number}]"
        if not isinstance(annotation, dict):
            raise Invalid(f"{where}: expected an object.", field=where)
        space, data = str(annotation.get("namespace")), annotation.get("data")
        person = _person(annotation)
        if not space.startswith((*_HELD, "tag_")):
            count = sum(1 for _ in _observations(data))
            refuse(Invalid(f"{where}: the namespace {space[:40]} is not read ({count:,} observation(s)).", field=where))
            continue
        marks = by_person.setdefault(person, [])
        further = _kept_further(annotation)
        for row, one in enumerate(_observations(data)):
            place = f"{where}.data[{row}]"
            if space.startswith("tag_"):
                tags.setdefault(person, []).append((str(one.get("value")), _number(one.get("confidence"))))
            else:
                with Refusing(refuse):
                    marks.append(_completed(_mark(one, space, place), further[row] if row < len(further) else {}))
    audio, *others = [*_file_names(whole, about), ""]
    for person, marks in by_person.items():
        marks.sort(key=lambda mark: (mark.start, mark.end, mark.label))
        yield Marked(
            recording=str(about.get("title") or ""), duration=_number(about.get("duration")) or 0.0, marks=tuple(marks),
            annotator=person, tags=tuple(tags.get(person, ())), caption=_caption(whole, person),
            audio_path=audio, also_called=tuple(others[:-1]),
        )  # fmt: skip


def _file_names(whole: dict[str, Any], about: dict[str, Any]) -> list[str]:
    """What a file calls the audio: where we write it, then whatever looks like the name of a file."""
    found: dict[str, None] = {}
    for one in (whole.get("sandbox"), about.get("identifiers")):
        values = one if isinstance(one, dict) else {}
        if isinstance(values.get("audio"), str):
            found[values["audio"]] = None
        found |= dict.fromkeys(text for text in values.values() if isinstance(text, str) and _FILE.fullmatch(text))
    return [name for name in found if name]


def _annotations(marked: Marked) -> Iterator[dict[str, Any]]:
    regions = [mark for mark in marked.marks if not mark.instant]
    beats = [mark for mark in marked.marks if mark.instant and mark.position is not None]
    others = [mark for mark in marked.marks if mark.instant and mark.position is None]
    yield _annotation(marked, "segment_open", [_observation(mark, mark.label) for mark in regions], regions)
    if beats:
        yield _annotation(marked, "beat", [_observation(mark, mark.position) for mark in beats], beats)
    if others:
        yield _annotation(marked, "onset", [_observation(mark, None) for mark in others], others)
    if marked.tags:
        data = [
            {"time": 0.0, "duration": marked.duration, "value": tag, "confidence": score} for tag, score in marked.tags
        ]
        yield _annotation(marked, "tag_open", data, ())


def _annotation(marked: Marked, space: str, data: list[dict[str, Any]], marks: Iterable[Mark]) -> dict[str, Any]:
    further = [_further(mark) for mark in marks]
    sandbox: dict[str, Any] = {"labelbuddy": further} if any(further) else {}
    if marked.caption and space == "segment_open":
        sandbox["caption"] = marked.caption
    return {
        "namespace": space,
        "annotation_metadata": {
            "curator": {"name": "", "email": ""}, "annotator": {"name": marked.annotator}, "version": "", "corpus": "",
            "annotation_tools": "LabelBuddy", "annotation_rules": "", "validation": "", "data_source": "",
        },
        "data": data, "sandbox": sandbox, "time": 0.0, "duration": marked.duration,
    }  # fmt: skip


def _further(mark: Mark) -> dict[str, Any]:
    """What the namespace cannot hold, in the order of the data."""
    found = {
        "label": mark.label if mark.instant else "", "text": mark.text, "low": mark.low, "high": mark.high,
        "channel": mark.channel, "tier": mark.tier, "attributes": dict(mark.attributes),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value not in (None, "", {})}


def _kept_further(annotation: dict[str, Any]) -> list[Any]:
    sandbox = annotation.get("sandbox")
    kept = sandbox.get("labelbuddy") if isinstance(sandbox, dict) else None
    return kept if isinstance(kept, list) else []


def _completed(mark: Mark, further: object) -> Mark:
    """The mark with what its namespace cannot hold."""
    if not isinstance(further, dict):
        return mark
    attributes = further.get("attributes")
    channel = further.get("channel")
    return replace(
        mark,
        label=str(further.get("label") or mark.label),
        text=str(further.get("text") or ""),
        low=_number(further.get("low")),
        high=_number(further.get("high")),
        channel=channel if isinstance(channel, int) else None,
        tier=str(further.get("tier") or ""),
        attributes=tuple((str(name), str(value)) for name, value in attributes.items())
        if isinstance(attributes, dict)
        else mark.attributes,
    )


def _observation(mark: Mark, value: object) -> dict[str, Any]:
    return {"time": mark.start, "duration": mark.duration, "value": value, "confidence": mark.score}


def _observations(data: object) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):  # dense namespaces and the files of old versions keep columns
        columns = {name: values for name, values in data.items() if isinstance(values, list)}
        for row in zip(*columns.values(), strict=False):
            yield dict(zip(columns, row, strict=True))
    else:
        yield from (one for one in data or [] if isinstance(one, dict)) if isinstance(data, list) else ()


def _mark(one: dict[str, Any], space: str, place: str) -> Mark:
    start, duration = _number(one.get("time")), _number(one.get("duration")) or 0.0
    if start is None or duration < 0:
        raise Invalid(f"{place}: expected a time, and a duration of 0 or more.", field=place)
    value, position = one.get("value"), None
    if space == "beat_position" and isinstance(value, dict):
        value = value.get("position")
    if space in ("beat", "beat_position"):
        position = int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 1 else None
    attributes: tuple[tuple[str, str], ...] = ()
    if space == "scaper" and isinstance(value, dict) and value.get("role"):
        attributes = (("role", str(value["role"])),)
    if space.startswith("note_"):
        value, attributes = "note", ((space.removeprefix("note_"), str(value)),)
    if isinstance(value, dict):
        value = value.get("label")
    label = "beat" if position is not None or space in ("beat", "beat_position") else str(value or space)
    score = _number(one.get("confidence"))
    return Mark(start, start + duration, label, score=score, position=position, attributes=attributes, place=place)


def _person(annotation: dict[str, Any]) -> str:
    about = annotation.get("annotation_metadata")
    annotator = about.get("annotator") if isinstance(about, dict) else None
    return str(annotator.get("name") or annotator.get("email") or "") if isinstance(annotator, dict) else ""


def _caption(whole: dict[str, Any], person: str) -> str:
    for annotation in whole["annotations"]:
        sandbox = annotation.get("sandbox")
        if isinstance(sandbox, dict) and sandbox.get("caption") and _person(annotation) == person:
            return str(sandbox["caption"])
    return ""


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
