"""Marks of other tools as items of our documents, with ids that follow from what they say: the same file again gives
the same items, so that nothing is imported twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import orjson

from labelbuddy_core.domain.documents import Collection, Item, fitted, parse_item
from labelbuddy_core.domain.times import TOLERANCE
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.lab import is_beat
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.services.imports.recording_matches import KnownRecording, Span

LabelOf = Callable[[str], str | None]
"""The id of the label that a name means; None when it is left out. Raises `Invalid` for a name that means nothing."""
Refuse = Callable[[str, str], None]
"""Hears of what cannot be taken: its place in the file, and why."""

NUMBERED = re.compile(r" \d+$")


@dataclass(frozen=True)
class Labels:
    """How names become labels: `of` gives the id, `ids` are all that may be used."""

    of: LabelOf
    ids: frozenset[str]


def items_by_task(
    marked: Marked, recording: KnownRecording, labels: Labels, *, texts: bool, untiered: bool, refuse: Refuse
) -> Iterator[tuple[int, list[tuple[Collection, Item]]]]:
    """What was marked on a recording, by its tasks; a recording in which nothing was marked is an empty answer.

    With `texts` the words of a mark on a tier are its text, and the tier is its label; with `untiered` those of a mark
    on none as well, which then has the label `speech`.
    """
    if not recording.tasks:
        refuse("", f"{recording.name} has no task yet; wait until it has been read.")
        return
    found: dict[int, list[tuple[Collection, Item]]] = {}
    alike: Counter[bytes] = Counter()
    for mark in marked.marks:
        try:
            mark = _as_text(mark, untiered=untiered) if texts else _without_own_tier(mark)
            span = _span_of(mark, recording)
            item = _item(mark, labels, span, alike)
        except Invalid as problem:
            refuse(mark.place, problem.detail)
            continue
        if item is not None:
            found.setdefault(span.task, []).append(item)
    _add_whole(marked, recording, labels, found, refuse)
    if not marked.marks and len(recording.tasks) == 1:
        found.setdefault(recording.tasks[0].task, [])
    yield from found.items()


def _as_text(mark: Mark, *, untiered: bool) -> Mark:
    if not mark.tier:  # files without tiers mostly say themselves what is a label
        return replace(mark, label="speech", text=mark.label) if untiered and not mark.instant else mark
    if mark.instant:  # instants have no text: what is written at one stays its label
        return mark if mark.label != mark.tier else replace(mark, tier="")
    return replace(mark, label=mark.tier, text=mark.text or mark.label, tier="")


def _without_own_tier(mark: Mark) -> Mark:
    """Formats of tiers put each label on one of its own; that says nothing."""
    own = mark.tier == mark.label or NUMBERED.sub("", mark.tier) == mark.label
    return replace(mark, tier="") if mark.tier and own else mark


def _span_of(mark: Mark, recording: KnownRecording) -> Span:
    for span in recording.tasks:
        if mark.start >= span.start - TOLERANCE and mark.end <= span.stop + TOLERANCE:
            return span
    last = max(span.stop for span in recording.tasks)
    if len(recording.tasks) == 1 or mark.end > last + TOLERANCE:
        raise Invalid(f"{mark.start:g} to {mark.end:g} s lies outside {recording.name}, which ends at {last:g} s.")
    raise Invalid(f"{mark.start:g} to {mark.end:g} s lies in no task of {recording.name} as a whole.")


def _item(mark: Mark, labels: Labels, span: Span, alike: Counter[bytes]) -> tuple[Collection, Item] | None:
    beat = is_beat(mark)
    label = None if beat else labels.of(mark.label)
    if label is None and not beat:
        return None
    value: dict[str, Any] = {"id": _id_of(mark, alike), "origin": _origin(mark), "tier": mark.tier or None}
    if mark.instant:
        value |= {"time": mark.start, "kind": "beat" if beat else "event", "position": mark.position, "label": label}
        collection = Collection.POINTS
    else:
        value |= {
            "start": mark.start, "end": mark.end, "low": mark.low, "high": mark.high, "channel": mark.channel,
            "label": label, "text": mark.text or None,
        }  # fmt: skip
        collection = Collection.REGIONS
    value["attributes"] = _attributes(mark)
    item = parse_item(collection, value, field=collection.value[:-1])
    return collection, fitted(item, labels=labels.ids, start=span.start, stop=span.stop)


def _add_whole(
    marked: Marked,
    recording: KnownRecording,
    labels: Labels,
    found: dict[int, list[tuple[Collection, Item]]],
    refuse: Refuse,
) -> None:
    """Tags and caption, which are about a recording as a whole."""
    if not (marked.tags or marked.caption):
        return
    if len(recording.tasks) > 1:
        refuse("", f"Tags and caption are about all of {recording.name}, which is cut into tasks.")
        return
    items = found.setdefault(next(iter(recording.tasks)).task, [])
    seen: set[str] = set()
    for name, score in marked.tags:
        try:
            label = labels.of(name)
            if label is not None and label not in seen:
                seen.add(label)
                value = {"label": label, "score": _score(score), "origin": {"kind": "import"}}
                items.append((Collection.TAGS, parse_item(Collection.TAGS, value, field="tag")))
        except Invalid as problem:
            refuse(f"Tag {name!r}", problem.detail)
    if marked.caption:
        value = {"text": marked.caption, "origin": {"kind": "import"}}
        try:
            items.append((Collection.CAPTION, parse_item(Collection.CAPTION, value, field="caption")))
        except Invalid as problem:
            refuse("Caption", problem.detail)


def _origin(mark: Mark) -> dict[str, Any]:
    return {"kind": "import", "score": _score(mark.score)}


def _score(score: float | None) -> float | None:
    return score if score is not None and 0.0 <= score <= 1.0 else None


def _attributes(mark: Mark) -> Mapping[str, str | float]:
    """What formats say further; a score on another scale than 0 to 1 is kept among it."""
    found: dict[str, str | float] = dict(mark.attributes)
    if mark.score is not None and _score(mark.score) is None:
        found["score"] = mark.score
    return found


def _id_of(mark: Mark, alike: Counter[bytes]) -> str:
    """From all that a mark says, and how many before it say the same."""
    said: Sequence[Any] = (
        round(mark.start, 6), round(mark.end, 6), mark.label, mark.text, mark.low, mark.high, mark.channel, mark.tier,
        mark.attributes, mark.position,
    )  # fmt: skip
    content = orjson.dumps(said)
    alike[content] += 1
    return "i_" + blake2b(content + str(alike[content]).encode(), digest_size=12).hexdigest()


def in_chunks(items: Sequence[tuple[Collection, Item]], size: int) -> Iterable[Sequence[tuple[Collection, Item]]]:
    """The items in pieces; none is one empty piece."""
    return (items[first : first + size] for first in range(0, len(items) or 1, size))
