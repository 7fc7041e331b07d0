"""What a person has said in a task already, however it came there: an imported item that says the same is not added.

The same is: label, times within the rounding of the format, and whatever else the format carries of frequency bounds,
channel, text, tier, attributes and positions of beats. Each item that is there answers for one of a file.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import AnnotationItem
from labelbuddy_core.domain.documents import CAPTION_KEY, Collection, Item, Point, Region, key_of
from labelbuddy_core.domain.label_matching import normalized
from labelbuddy_core.formats.carried import Ways
from labelbuddy_core.formats.lab import BEATS
from labelbuddy_core.services.imports.imported_items import NUMBERED

_PRECISION = 1.5e-6
"""Seconds: times are kept to 1 µs."""
_HERTZ = 1e-3
"""Formats write frequencies with three decimals or more."""
_COMPARED = (Collection.REGIONS.value, Collection.POINTS.value, Collection.CAPTION.value)
Key = tuple[str, str]
"""(collection, key)."""


@dataclass(frozen=True)
class SaidIn:
    """A file's word on one recording by one person: a number of its own, how its format says things, and the highest
    frequency of the recording in Hz."""

    number: int
    ways: Ways
    top: float


@dataclass(frozen=True, slots=True)
class _Said:
    """An item without what only we know of it."""

    key: Key
    names: tuple[str, ...]
    """Its label, else its kind; a beat with a label has both."""
    start: float
    end: float
    low: float | None
    high: float | None
    channel: int | None
    text: str
    tier: str
    attributes: Mapping[str, str]
    position: int | None


@dataclass
class _Document:
    """One person's marks in a task, by name and start, and the caption."""

    by_name: dict[str, list[_Said]]
    caption: str


class AlreadyThere:
    """Looks into annotations as a run of an import meets them; remembers those of the present batch."""

    def __init__(self) -> None:
        self._documents: dict[int, _Document] = {}
        self._claimed: dict[tuple[int, int], set[Key]] = {}
        """By annotation and source what that has spoken for."""

    def keep_only(self, annotation_ids: Iterable[int]) -> None:
        """Forget all other annotations: a run goes through one after the other."""
        wanted = set(annotation_ids)
        self._documents = {number: one for number, one in self._documents.items() if number in wanted}
        self._claimed = {pair: keys for pair, keys in self._claimed.items() if pair[0] in wanted}

    def load(self, session: Session, annotation_ids: Iterable[int]) -> None:
        """Read what these annotations say, in one query."""
        missing = set(annotation_ids) - set(self._documents)
        if not missing:
            return
        said: dict[int, list[tuple[str, str, Mapping[str, Any]]]] = {number: [] for number in missing}
        rows = session.execute(
            select(
                AnnotationItem.annotation_id, AnnotationItem.collection, AnnotationItem.key, AnnotationItem.value
            ).where(AnnotationItem.annotation_id.in_(missing), AnnotationItem.collection.in_(_COMPARED))
        )
        for number, collection, key, value in rows.tuples():
            said[number].append((collection, key, value))
        self._documents.update({number: _document_of(those) for number, those in said.items()})

    def find(
        self,
        annotation_id: int,
        source: SaidIn,
        items: Sequence[tuple[Collection, Item]],
        known: Iterable[Key],
    ) -> set[Key]:
        """The keys of `items` that a loaded annotation says in other items; `known` are there by their keys."""
        claimed = self._claimed.setdefault((annotation_id, source.number), set())
        claimed.update(known)
        found: set[Key] = set()
        if not items:
            return found
        document = self._documents[annotation_id]
        for collection, item in items:
            if isinstance(item, Region | Point):
                there = _nearest(_said(collection.value, key_of(item), vars(item)), document, source, claimed)
                if there is not None:
                    claimed.add(there.key)
                    found.add((collection.value, key_of(item)))
        return found

    def caption(self, annotation_id: int) -> str:
        """The caption of a loaded annotation, else an empty text."""
        return self._documents[annotation_id].caption


def same_words(one: str | None, other: str | None) -> bool:
    """Whether two texts differ in white space at most, which few formats keep."""
    return (one or "").split() == (other or "").split()


def _document_of(rows: Iterable[tuple[str, str, Mapping[str, Any]]]) -> _Document:
    document = _Document({}, "")
    for collection, key, value in rows:
        if collection == Collection.CAPTION.value:
            document.caption = value["text"] if key == CAPTION_KEY else ""
            continue
        one = _said(collection, key, value)
        for name in one.names:
            document.by_name.setdefault(name, []).append(one)
    for those in document.by_name.values():
        those.sort(key=lambda one: one.start)
    return document


def _said(collection: str, key: str, value: Mapping[str, Any]) -> _Said:
    point = collection == Collection.POINTS.value
    start, end = (value["time"], value["time"]) if point else (value["start"], value["end"])
    label, tier = value.get("label"), value.get("tier") or ""
    kind = ("beat" if value["kind"] in BEATS else value["kind"]) if point else None
    names = tuple(one for one in (label, kind if label is None or kind == "beat" else None) if one)
    attributes = {name: str(one) for name, one in (value.get("attributes") or {}).items() if one is not None}
    return _Said(
        key=(collection, key), names=names, start=start, end=end, low=value.get("low"), high=value.get("high"),
        channel=value.get("channel"), text=value.get("text") or "", tier=tier, attributes=attributes,
        position=value.get("position"),
    )  # fmt: skip


def _nearest(mark: _Said, document: _Document, source: SaidIn, claimed: set[Key]) -> _Said | None:
    """What is there that says the same and that nothing else has spoken for, the nearest in time."""
    step = source.ways.carries.step
    within = step / 2 + _PRECISION
    found = [
        one
        for name in mark.names
        for one in _from(document.by_name.get(name, ()), mark.start - within, mark.start + within)
        if one.key not in claimed and _ends_alike(one, mark, step, within) and _is_same(one, mark, source)
    ]
    return min(found, key=lambda one: abs(one.start - mark.start) + abs(one.end - mark.end), default=None)


def _ends_alike(there: _Said, mark: _Said, step: float, within: float) -> bool:
    """Formats without instants write them as the shortest regions that they know."""
    short = there.start == there.end and mark.end - mark.start <= step + _PRECISION
    return short or abs(there.end - mark.end) <= within


def _from(those: Sequence[_Said], first: float, last: float) -> Iterator[_Said]:
    for place in range(bisect_left(those, first, key=lambda one: one.start), len(those)):
        if those[place].start > last:
            return
        yield those[place]


def _is_same(there: _Said, mark: _Said, source: SaidIn) -> bool:
    """Whether what is there says what the mark says, as far as the format can; what a file says beyond that counts."""
    carried = source.ways.carries.fields

    def fits(field: str, says: object, same: bool) -> bool:
        return same or (field not in carried and says in (None, "", {}))

    return (
        fits("frequencies", mark.low if mark.high is None else mark.high, _is_same_band(there, mark, source))
        and fits("channel", mark.channel, _channel(there, source.ways) == _channel(mark, source.ways))
        and fits("text", mark.text, same_words(there.text, mark.text))
        and fits("position", mark.position, there.position == mark.position)
        and fits("attributes", mark.attributes, there.attributes == mark.attributes)
        and fits("tier", mark.tier, _is_same_tier(there, mark, source.ways))
    )


def _is_same_band(there: _Said, mark: _Said, source: SaidIn) -> bool:
    low, high = there.low, there.high
    if source.ways.full_band and (mark.low is not None or mark.high is not None):
        low, high = low or 0.0, source.top if high is None else high
    return _is_near(low, mark.low) and _is_near(high, mark.high)


def _is_near(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) <= _HERTZ


def _channel(one: _Said, ways: Ways) -> int | None:
    return 0 if one.channel is None and ways.first_channel else one.channel


def _is_same_tier(there: _Said, mark: _Said, ways: Ways) -> bool:
    """Formats of tiers put each label on one of its own, which says nothing."""
    says = {mark.tier, NUMBERED.sub("", mark.tier)} if ways.numbered_tiers else {mark.tier}
    own = {"", *map(normalized, there.names)}
    return there.tier in says or (normalized(there.tier) in own and any(normalized(one) in own for one in says))
