"""Items of our own documents, as files of ours have them, for the tasks of a recording: with their ids and origins.

Links to predictions, and to the annotations that a ground truth was made of, stay out: they are numbers of the
installation that the file came from, and mean something else here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b

import orjson

from labelbuddy_core.domain.documents import Caption, Collection, Item, as_json, fitted, key_of, label_of, parse_item
from labelbuddy_core.domain.times import TOLERANCE
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.marks import Marked, Said
from labelbuddy_core.services.imports.imported_items import Labels, Refuse
from labelbuddy_core.services.imports.recording_matches import KnownRecording, Span

_FROM_SOMEWHERE = frozenset({Collection.REGIONS, Collection.TAGS, Collection.CAPTION})
"""What always says its origin."""
_DIFFERS = 0.2
"""Seconds by which two copies of a recording may differ in length."""
_NEW = "-"
"""The id of what has none."""
_ORIGIN = ("kind", "model", "version", "score", "edited")


def about(recording: KnownRecording, marked: Marked) -> KnownRecording:
    """The recording with only the task that a file of ours is about, where it has that one; else with all of them.

    Raises `Invalid` where the file is about a recording of another length: clips of releases keep the hash of the
    recording that they were cut from, and have a time line of their own.
    """
    if marked.span is None:
        return recording
    if marked.duration and recording.duration and abs(marked.duration - recording.duration) > _DIFFERS:
        raise Invalid(
            f"It is about {marked.duration:g} s of sound, and {recording.name} has {recording.duration:g} s; "
            "labels of clips need the clips as recordings."
        )
    start, stop = marked.span
    for task in recording.tasks:
        if abs(task.start - start) <= TOLERANCE and abs(task.stop - stop) <= TOLERANCE:
            return replace(recording, tasks=(task,))
    return recording


def own_items_by_task(
    marked: Marked, recording: KnownRecording, labels: Labels, refuse: Refuse
) -> Iterator[tuple[int, list[tuple[Collection, Item]]]]:
    """What a file of ours says about a recording, by its tasks; what cannot be taken goes to `refuse`."""
    if not recording.tasks:
        refuse("", f"{recording.name} has no task yet; wait until it has been read.")
        return
    found: dict[int, dict[tuple[Collection, str], Item]] = {}
    alike: Counter[bytes] = Counter()
    for one in marked.said:
        try:
            task, collection, item = _placed(one, recording, labels, alike)
            if item is not None:
                _add(found.setdefault(task, {}), collection, item)
        except Invalid as problem:
            refuse(one.place, problem.detail)
    for task, items in found.items():
        yield task, [(collection, item) for (collection, _), item in items.items()]


def _add(items: dict[tuple[Collection, str], Item], collection: Collection, item: Item) -> None:
    """Nothing twice; two tags may have become one label."""
    present = items.setdefault((collection, key_of(item)), item)
    if present != item and collection is not Collection.TAGS:
        raise Invalid(f"{collection.value}: {key_of(item)!r} appears more than once, and says something else here.")


def _placed(
    said: Said, recording: KnownRecording, labels: Labels, alike: Counter[bytes]
) -> tuple[int, Collection, Item | None]:
    """Its task and the item, None where its label is left out."""
    collection = Collection(said.collection)
    item = _known(_parsed(said, collection), alike)
    span = _span_of(item, collection, recording)
    if isinstance(item, Caption) and (item.start, item.end) == (span.start, span.stop):
        item = item.model_copy(update={"start": None, "end": None})
    name = label_of(item)
    if name is not None:
        label = labels.of(name)
        if label is None:
            return span.task, collection, None
        item = item.model_copy(update={"label": label})
    return span.task, collection, fitted(item, labels=labels.ids, start=span.start, stop=span.stop, field="item")


def _parsed(said: Said, collection: Collection) -> Item:
    value = {name: one for name, one in said.value.items() if name != "label_id"}
    origin = value.get("origin")
    if isinstance(origin, dict):
        value["origin"] = {name: origin[name] for name in _ORIGIN if name in origin}
    elif origin is None and collection in _FROM_SOMEWHERE:
        value["origin"] = {"kind": "import"}
    if collection in (Collection.REGIONS, Collection.POINTS):
        value.setdefault("id", _NEW)
    return parse_item(collection, value, field=collection.value.removesuffix("s"))


def _known(item: Item, alike: Counter[bytes]) -> Item:
    """The item with an id that follows from what it says, and how often that was said before, where it has none."""
    try:
        content = orjson.dumps(as_json(item))
    except orjson.JSONEncodeError:  # names of attributes with halves of characters
        raise Invalid("There is something in it that is no text.") from None
    if getattr(item, "id", None) != _NEW:
        return item
    alike[content] += 1
    name = "i_" + blake2b(content + str(alike[content]).encode(), digest_size=12).hexdigest()
    return item.model_copy(update={"id": name})


def _span_of(item: Item, collection: Collection, recording: KnownRecording) -> Span:
    """The task in which an item lies."""
    if len(recording.tasks) == 1:
        return recording.tasks[0]
    start = getattr(item, "start", getattr(item, "time", None))
    end = getattr(item, "end", start)
    if start is None or end is None:
        what = collection.value.removesuffix("s")
        raise Invalid(f"The {what} is about a task as a whole, and {recording.name} is cut into other tasks.")
    spans = [one for one in recording.tasks if one.start - TOLERANCE <= start and end <= one.stop + TOLERANCE]
    exact = [one for one in spans if isinstance(item, Caption) and (one.start, one.stop) == (start, end)]
    if not spans:
        raise Invalid(f"{start:g} to {end:g} s lies in no task of {recording.name} as a whole.")
    return (exact or spans)[0]
