"""Rows of data sets read again (see `dataset_rows`): a row a task, by person; and others' rows with a label or a text.

Others' rows have the labels of a clip in a column like `label`, and its words in one like `transcription`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.json_values import number, shown, text, text_of, whole
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing

LABELS = ("label", "labels", "category", "class", "tags", "genre")
TEXTS = ("caption", "transcription", "transcript", "text", "sentence", "description")
_OURS = ("events", "tags", "captions")


@dataclass
class _Of:
    """What one person said in a row."""

    marks: list[Mark] = field(default_factory=list)
    tags: list[tuple[str, float | None]] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)


def marked_of_row(row: Mapping[str, Any], file: str, where: str, refuse: Refuse) -> Iterator[Marked]:
    """What each person said in a row; `file` is where its audio lies.

    What is wrong is `Invalid` with `where`, the list and the field, and goes to `refuse`. Raises `Invalid` for a row of
    no recording.
    """
    name, sha256 = (text(row, one, where) for one in ("recording", "sha256"))
    if not (name or sha256 or file):
        raise Invalid(f"{where}, file_name: expected the path of the audio.", field="file_name")
    people: dict[str, _Of] = {}
    if any(one in row for one in ("events", "captions")) or isinstance(_first(row.get("tags")), Mapping):
        _add_ours(people, row, where, refuse)
    else:
        _add_others(people, row, where, refuse)
    start, stop, duration = (number(row, one, where) for one in ("start", "stop", "duration"))
    for person, said in people.items():
        yield Marked(
            recording=name or file or sha256,
            duration=duration or 0.0,
            marks=tuple(sorted(said.marks, key=lambda mark: (mark.start, mark.end, mark.label))),
            annotator=person,
            tags=tuple(said.tags),
            caption="\n".join(said.captions),
            audio_path=sha256 or file,
            span=None if start is None or stop is None else (start, stop),
        )


def _add_ours(people: dict[str, _Of], row: Mapping[str, Any], where: str, refuse: Refuse) -> None:
    with Refusing(refuse):
        for position, person in enumerate(_listed(row.get("annotators"), f"{where}, annotators")):
            with Refusing(refuse):
                if person is not None:
                    people.setdefault(text_of(person, where, f"annotators[{position}]"), _Of())
    for name in _OURS:
        with Refusing(refuse):
            for position, value in enumerate(_listed(row.get(name), f"{where}, {name}")):
                place = f"{where}, {name}[{position}]"
                with Refusing(refuse):
                    if not isinstance(value, Mapping):
                        raise Invalid(f"{place}: expected an object, found {shown(value)}.", field=name)
                    _add(people, name, value, place)


def _add(people: dict[str, _Of], name: str, value: Mapping[str, Any], place: str) -> None:
    person = text(value, "annotator", place)
    if name == "events":
        mark = _mark(value, place)
        people.setdefault(person, _Of()).marks.append(mark)
        return
    said = text(value, "label" if name == "tags" else "text", place)
    if not said:
        raise Invalid(f"{place}, {'label' if name == 'tags' else 'text'}: expected text.", field=name)
    if name == "tags":
        score = number(value, "score", place)
        people.setdefault(person, _Of()).tags.append((said, score))
    else:
        people.setdefault(person, _Of()).captions.append(said)


def _add_others(people: dict[str, _Of], row: Mapping[str, Any], where: str, refuse: Refuse) -> None:
    person = next((text(row, one, where) for one in ("annotator", "annotated_by") if row.get(one)), "")
    for name in LABELS:
        for label in _listed(row[name] if isinstance(row.get(name), list) else [row.get(name)], name):
            with Refusing(refuse):
                if called := text_of(label, where, name):
                    people.setdefault(person, _Of()).tags.append((called, None))
    for name in TEXTS:
        with Refusing(refuse):
            if caption := text(row, name, where):
                people.setdefault(person, _Of()).captions.append(caption)


def _mark(value: Mapping[str, Any], place: str) -> Mark:
    start, end = number(value, "start", place), number(value, "end", place)
    if start is None or end is None:
        missing = "start" if start is None else "end"
        raise Invalid(f"{place}, {missing}: expected seconds, found nothing.", field=missing)
    if end < start:
        raise Invalid(f"{place}, end: the end ({end:g} s) lies before the start ({start:g} s).", field="end")
    return Mark(
        start, end, text(value, "label", place), text=text(value, "text", place),
        low=number(value, "low", place), high=number(value, "high", place),
        channel=whole(value, "channel", place), score=number(value, "score", place),
        position=whole(value, "position", place), place=place,
    )  # fmt: skip


def _listed(value: object, where: str) -> list[Any]:
    """A list, also where it came as an object of lists, as `datasets` has lists of objects in memory."""
    if value is None:
        return []
    if isinstance(value, Mapping) and value and all(isinstance(one, list) for one in value.values()):
        if len({len(one) for one in value.values()}) > 1:
            raise Invalid(f"{where}: expected lists of one length.", field=where)
        return [dict(zip(value, cells, strict=True)) for cells in zip(*value.values(), strict=True)]
    if not isinstance(value, list):
        raise Invalid(f"{where}: expected a list, found {shown(value)}.", field=where)
    return value


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None
