"""Annotations of ours as JSON and JSON Lines carry them: which recording, stretch, person and state, and every item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labelbuddy_core.domain.documents import LISTS, Collection
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.json_values import is_number, shown, text
from labelbuddy_core.formats.marks import Marked, Said
from labelbuddy_core.formats.rows import Refuse, Refusing


def marked_of(annotation: object, task: object, recording: object, where: str, refuse: Refuse) -> Marked:
    """What an annotation says. Raises `Invalid` where it cannot be told whose it is, or of what.

    Parts of its document that are no lists and items that are no objects go to `refuse`, with `where` before their
    names; what is in items is checked when they are placed.
    """
    whose = _object(annotation, where, "annotation")
    about = _object(recording, where, "recording")
    name, sha256 = text(about, "name", where, "recording."), text(about, "sha256", where, "recording.")
    if not (name or sha256):
        raise Invalid(f"{where}, recording: expected its name or sha256.", field="recording")
    return Marked(
        recording=name or sha256,
        duration=_seconds(about.get("duration")) or 0.0,
        marks=(),
        annotator=text(whose, "annotator", where),
        audio_path=sha256,
        said=tuple(_items(_object(whose.get("document"), where, "document"), where, refuse)),
        span=_span(task),
        state=text(whose, "state", where),
    )


def _items(document: Mapping[str, Any], where: str, refuse: Refuse) -> Iterator[Said]:
    for collection in LISTS:
        found = document.get(collection.value)
        with Refusing(refuse):
            if not isinstance(found, list | None):
                raise Invalid(f"{where}, document.{collection.value}: expected a list.", field=collection.value)
            for number, value in enumerate(found or ()):
                place = f"{where}, {collection.value}[{number}]"
                with Refusing(refuse):
                    yield Said(collection.value, _object(value, place, ""), place)
    if document.get("caption") is not None:
        with Refusing(refuse):
            place = f"{where}, caption"
            yield Said(Collection.CAPTION.value, _object(document["caption"], place, ""), place)


def _span(task: object) -> tuple[float, float] | None:
    if not isinstance(task, Mapping):
        return None
    start, stop = _seconds(task.get("start")), _seconds(task.get("stop"))
    return None if start is None or stop is None else (start, stop)


def _object(value: object, where: str, field: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        place = f"{where}, {field}" if field else where
        raise Invalid(f"{place}: expected an object, found {shown(value)}.", field=field or where)
    return value


def _seconds(value: object) -> float | None:
    return float(value) if is_number(value) else None
