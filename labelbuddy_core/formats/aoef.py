"""AOEF 1.1, the exchange format of soundevent and whombat: an annotation set in JSON with tables that refer by UUID.

Source: soundevent 2.10, `soundevent.io.aoef`. A region is a `TimeInterval`, with frequencies a `BoundingBox`, an
instant a `TimeStamp`; its label is a tag with the key `label`, its text a note. We write a set a task, each
in a file of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

import orjson

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.json_texts import parsed
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, raising

SUFFIX = "aoef.json"
CARRIES = Carries(
    step=1e-12, fields=("label", "text", "frequencies"), tags=True, caption=True, annotator=True, empty=True,
    also=(
        (
            "missing frequency bound(s) become that of the full band",
            lambda mark: (mark.low is None) != (mark.high is None),
        ),
    ),
)  # fmt: skip
LOSES = ("channels", "scores", "tiers", "attributes", "positions of beats", "scores of tags", "answers")
VERSION = "1.1.0"
_SPACE = UUID("6f1c8d7e-2b0a-5e57-9f4e-1d2c3b4a5968")
"""Names become UUIDs below this one: the same labels are the same file."""
_WHEN = "1970-01-01T00:00:00"
_LABEL = "label"


def write(together: Sequence[Marked]) -> str:
    """All that was marked in one task."""
    first = together[0]
    recording, clip = _id("recording", first.file), _id("clip", first.file, str(first.duration))
    tags: dict[str, int] = {}
    events: list[str] = []  # rows as text: a file has thousands, and a million take a third less time than as dicts
    annotations: list[str] = []
    clips: list[dict[str, Any]] = []
    for marked in together:
        mine: list[str] = []
        event_of, annotation_of, note_of = (
            _ids_begin(kind, first.file, marked.annotator) for kind in ("event", "annotation", "note")
        )
        by = _id("user", marked.annotator)
        for number, mark in enumerate(marked.marks):
            digits = f"{number:012x}"
            event, annotation = event_of + digits, annotation_of + digits
            events.append(f'{{"uuid":"{event}","recording":"{recording}","geometry":{_geometry(mark, first)}}}')
            tag = tags.setdefault(mark.label, len(tags))
            notes = orjson.dumps(_note(note_of + digits, mark.text, by)).decode() if mark.text else ""
            annotations.append(
                f'{{"uuid":"{annotation}","sound_event":"{event}","tags":[{tag}],"created_by":"{by}",'
                f'"created_on":"{_WHEN}","notes":[{notes}]}}'
            )
            mine.append(annotation)
        clips.append(
            {
                "uuid": _id("clip annotation", first.file, marked.annotator), "clip": clip, "sound_events": mine,
                "tags": [tags.setdefault(tag, len(tags)) for tag, _ in marked.tags],
                "notes": [_note(_id("note", first.file, "clip"), marked.caption, by)] if marked.caption else [],
                "created_on": _WHEN,
            }
        )  # fmt: skip
    users = dict.fromkeys(marked.annotator for marked in together)
    whole = {
        "uuid": _id("set", first.file), "name": first.recording, "collection_type": "annotation_set",
        "users": [{"uuid": _id("user", name), "username": name} for name in users],
        "tags": [{"id": number, "key": _LABEL, "value": name} for name, number in tags.items()],
        "recordings": [
            {
                "uuid": recording, "path": first.file, "duration": first.duration, "channels": first.channels,
                "samplerate": first.sample_rate or 0,
            }
        ],
        "clips": [{"uuid": clip, "recording": recording, "start_time": 0.0, "end_time": first.duration}],
        "sound_events": _list(events), "sound_event_annotations": _list(annotations), "clip_annotations": clips,
        "created_on": _WHEN,
    }  # fmt: skip
    return orjson.dumps({"version": VERSION, "created_on": _WHEN, "data": whole}).decode() + "\n"


def read(text: str, refuse: Refuse = raising) -> Iterator[Marked]:
    """What each person marked on each recording of an annotation set or project.

    An annotation that is wrong is `Invalid` with its UUID, and goes to `refuse`. Raises `Invalid` where the file is not
    AOEF.
    """
    whole = parsed(text)
    data = whole.get("data") if isinstance(whole, dict) else None
    if not isinstance(data, dict) or data.get("collection_type") not in ("annotation_set", "annotation_project"):
        raise Invalid(
            "Expected AOEF with data of the collection_type annotation_set or annotation_project", field="data"
        )
    yield from _Set(data, refuse).marked()


def is_aoef(whole: object) -> bool:
    """Whether JSON looks like AOEF."""
    return isinstance(whole, dict) and isinstance(whole.get("data"), dict) and "collection_type" in whole["data"]


class _Set:
    """The tables of a set, by UUID."""

    def __init__(self, data: Mapping[str, Any], refuse: Refuse) -> None:
        self._refuse = refuse
        self._tags = {one.get("id"): str(one.get("value") or "") for one in _rows(data, "tags")}
        self._users = {
            one.get("uuid"): str(one.get("username") or one.get("email") or one.get("name") or "")
            for one in _rows(data, "users")
        }
        self._recordings = {one.get("uuid"): one for one in _rows(data, "recordings")}
        self._clips = {one.get("uuid"): one for one in _rows(data, "clips")}
        self._events = {one.get("uuid"): one for one in _rows(data, "sound_events")}
        self._annotations = {one.get("uuid"): one for one in _rows(data, "sound_event_annotations")}
        self._clip_annotations = _rows(data, "clip_annotations")

    def marked(self) -> Iterator[Marked]:
        for number, one in enumerate(self._clip_annotations):
            where = f"clip_annotations[{number}]"
            with Refusing(self._refuse):
                yield from self._of_clip(one, where)

    def _of_clip(self, one: Mapping[str, Any], where: str) -> Iterator[Marked]:
        clip = self._clips.get(one.get("clip"))
        recording = self._recordings.get((clip or {}).get("recording"))
        if clip is None or recording is None:
            raise Invalid(f"{where}: its clip or recording is not in the file.", field=where)
        by_person: dict[str, list[Mark]] = {}
        for name in one.get("sound_events") or []:
            with Refusing(self._refuse):
                person, mark = self._mark(str(name))
                by_person.setdefault(person, []).append(mark)
        notes = [note for note in one.get("notes") or [] if isinstance(note, Mapping)]
        path = str(recording.get("path") or "")
        author = next(iter(by_person), "") or self._users.get(
            next((note.get("created_by") for note in notes), None), self._author(one, path)
        )
        tags = tuple((self._tags.get(tag, ""), None) for tag in one.get("tags") or [])
        caption = "\n".join(str(note.get("message") or "") for note in notes)
        for person, marks in (by_person or {author: []}).items():
            marks.sort(key=lambda mark: (mark.start, mark.end, mark.label))
            first = person == author
            yield Marked(
                path, float(recording.get("duration") or 0.0), tuple(marks), person,
                tags if first else (), caption if first else "", audio_path=path,
            )  # fmt: skip

    def _author(self, one: Mapping[str, Any], path: str) -> str:
        """Whose clip annotation it is: AOEF has no word for it, in our own files its UUID tells."""
        uuid = one.get("uuid")
        return next((name for name in self._users.values() if uuid == _id("clip annotation", path, name)), "")

    def _mark(self, name: str) -> tuple[str, Mark]:
        place = f"sound event annotation {name}"
        annotation = self._annotations.get(name)
        event = self._events.get((annotation or {}).get("sound_event"))
        if annotation is None or event is None:
            raise Invalid(f"{place}: it is not in the file.", field="sound_events")
        start, low, end, high = _span(event.get("geometry"), place)
        labels = [self._tags.get(tag, "") for tag in annotation.get("tags") or []]
        notes = [str(note.get("message") or "") for note in annotation.get("notes") or [] if isinstance(note, Mapping)]
        mark = Mark(
            start, end, labels[0] if labels else "", text="\n".join(notes), low=low, high=high, place=place,
            attributes=(("further labels", ", ".join(labels[1:])),) if len(labels) > 1 else (),
        )  # fmt: skip
        return self._users.get(annotation.get("created_by"), ""), mark


def _span(geometry: object, place: str) -> tuple[float, float | None, float, float | None]:
    """Start, lower bound, end, upper bound of a geometry; of lines and polygons those of the box around them."""
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    found = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    try:
        match kind:
            case "TimeStamp":
                return float(found), None, float(found), None  # type: ignore[arg-type]
            case "TimeInterval":
                start, end = map(float, found)  # type: ignore[arg-type]
                return start, None, end, None
            case "BoundingBox":
                start, low, end, high = map(float, found)  # type: ignore[arg-type]
                return start, low, end, high
            case _:
                points = list(_points(found))
                times, bounds = [time for time, _ in points], [bound for _, bound in points]
                return min(times), min(bounds), max(times), max(bounds)
    except (TypeError, ValueError):
        raise Invalid(f"{place}: its geometry {kind!r} is not one of AOEF.", field="geometry") from None


def _points(found: object) -> Iterator[tuple[float, float]]:
    """All pairs of numbers, however deep."""
    if not isinstance(found, list):
        return
    if len(found) == 2 and all(isinstance(one, int | float) for one in found):
        yield float(found[0]), float(found[1])
        return
    for one in found:
        yield from _points(one)


def _geometry(mark: Mark, marked: Marked) -> str:
    start, end = mark.start, mark.end
    if start == end:
        return f'{{"type":"TimeStamp","coordinates":{start!r}}}'
    if mark.low is None and mark.high is None:
        return f'{{"type":"TimeInterval","coordinates":[{start!r},{end!r}]}}'
    high = (marked.sample_rate or 48_000) / 2 if mark.high is None else mark.high
    return f'{{"type":"BoundingBox","coordinates":[{start!r},{mark.low or 0.0!r},{end!r},{high!r}]}}'


def _list(rows: Sequence[str]) -> orjson.Fragment:
    return orjson.Fragment(f"[{','.join(rows)}]")


def _note(uuid: str, text: str, by: str) -> dict[str, Any]:
    return {"uuid": uuid, "message": text, "created_by": by, "is_issue": False, "created_on": _WHEN}


def _rows(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = data.get(name)
    return [one for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) else []


def _id(*named: str) -> str:
    return str(uuid5(_SPACE, "\0".join(named)))


def _ids_begin(*named: str) -> str:
    """What the UUIDs of all that is numbered below a name begin with; twelve hexadecimal digits of a number follow.

    Their version is 8, "custom" (RFC 9562): a file has two for every region, and hashing each took nearly half of the
    time that writing it took.
    """
    name = _id(*named)
    return f"{name[:14]}8{name[15:24]}"
