"""How two releases differ: tasks that came, went or changed split, and items that were added, removed, moved, relabeled
or changed otherwise.

An item is the same when its id is, for what one person marked in one task. A merged consensus numbers its regions anew
each time, so what is not found by its id is matched with what lies where it lay: first with its own label, then with
another one; by intersection over union of at least one half.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ADDED, REMOVED, MOVED, RELABELED, CHANGED = "added", "removed", "moved", "relabeled", "changed"
TASK_ADDED, TASK_REMOVED, SPLIT = "task added", "task removed", "split changed"
KINDS = (TASK_ADDED, TASK_REMOVED, SPLIT, ADDED, REMOVED, MOVED, RELABELED, CHANGED)
_NUMBERED = re.compile(r"c\d+")
_LEAST_OVERLAP = 0.5
_TOLERANCE = 1e-9
"""Seconds; for what is rounded."""
_BOUNDS = ("start", "end", "time", "low", "high", "channel")
_SAYS = ("text", "attributes", "tier", "position", "kind", "answer", "score")

Item = Mapping[str, Any]
_Matched = tuple[list[Item], list[Item], list[tuple[Item, Item]]]
Answers = Mapping[str, Mapping[str, Any]]
"""Documents by annotator."""


@dataclass(frozen=True)
class Change:
    """One difference in a task. `before` and `after` are the item, the split, or None."""

    kind: str
    what: str
    """task, region, point, tag, caption or answer."""
    annotator: str = ""
    before: Any = None
    after: Any = None

    @property
    def span(self) -> tuple[float, float] | None:
        """Where it is heard, in seconds of the recording; of what moved, where it was and is."""
        times = [time for item in (self.before, self.after) if isinstance(item, Mapping) for time in _times(item)]
        return (min(times), max(times)) if times else None


def task_changes(before: Answers, after: Answers) -> Iterator[Change]:
    """The differences in a task that is in both releases, person by person."""
    for annotator in sorted({*before, *after}):
        old, new = before.get(annotator), after.get(annotator)
        for collection, what in (("regions", "region"), ("points", "point")):
            yield from _marks(what, annotator, (old or {}).get(collection, ()), (new or {}).get(collection, ()))
        for collection, what, key in (("tags", "tag", "label"), ("answers", "answer", "question")):
            yield from _keyed(what, annotator, _by(old, collection, key), _by(new, collection, key))
        yield from _keyed("caption", annotator, _caption(old), _caption(new))


def _marks(what: str, annotator: str, before: Sequence[Item], after: Sequence[Item]) -> Iterator[Change]:
    old, new = list(before), list(after)
    pairs: list[tuple[Item, Item]] = []
    for key in (_own_id, _place):
        old, new, found = _paired(old, new, key)
        pairs += found
    for same_label in (True, False):
        old, new, found = _overlapping(old, new, same_label=same_label)
        pairs += found
    yield from (Change(kind, what, annotator, *pair) for pair in pairs if (kind := _kind(*pair)))
    yield from (Change(REMOVED, what, annotator, before=one) for one in old)
    yield from (Change(ADDED, what, annotator, after=one) for one in new)


def _own_id(item: Item) -> Hashable:
    return None if _NUMBERED.fullmatch(item["id"]) else item["id"]


def _place(item: Item) -> Hashable:
    return (item.get("label"), _times(item), item.get("channel"))


def _paired(old: Sequence[Item], new: Sequence[Item], key: Callable[[Item], Hashable]) -> _Matched:
    """What has the same key, first come first served; items without one (None) are left."""
    waiting: dict[Hashable, deque[Item]] = defaultdict(deque)
    for one in new:
        waiting[key(one)].append(one)
    left, pairs = [], []
    for one in old:
        found = waiting.get(key(one))
        if found and key(one) is not None:
            pairs.append((one, found.popleft()))
        else:
            left.append(one)
    taken = {id(second) for _, second in pairs}
    return left, [one for one in new if id(one) not in taken], pairs


def _overlapping(old: Sequence[Item], new: Sequence[Item], *, same_label: bool) -> _Matched:
    """What lies where the other lay, the best match of each in order of time."""
    free = sorted(new, key=_times)
    starts = [_times(one)[0] for one in free]
    taken: set[int] = set()
    left, pairs = [], []
    for one in sorted(old, key=_times):
        start, end = _times(one)
        # what overlaps by one half begins no further off than this is long; all with all takes minutes for thousands
        near = range(bisect_left(starts, start - (end - start) - _TOLERANCE), bisect_right(starts, end))
        among = [
            place
            for place in near
            if place not in taken and (not same_label or free[place].get("label") == one.get("label"))
        ]
        best = max(among, key=lambda place, one=one: _overlap(one, free[place]), default=None)
        if best is None or _overlap(one, free[best]) < _LEAST_OVERLAP:
            left.append(one)
            continue
        pairs.append((one, free[best]))
        taken.add(best)
    return left, [one for place, one in enumerate(free) if place not in taken], pairs


def _kind(first: Item, second: Item) -> str:
    if first.get("label") != second.get("label"):
        return RELABELED
    if any(first.get(name) != second.get(name) for name in _BOUNDS):
        return MOVED
    return CHANGED if any((first.get(name) or None) != (second.get(name) or None) for name in _SAYS) else ""


def _overlap(first: Item, second: Item) -> float:
    (start, end), (other_start, other_end) = _times(first), _times(second)
    together = max(end, other_end) - min(start, other_start)
    if together <= 0.0:
        return 1.0
    return max(0.0, min(end, other_end) - max(start, other_start)) / together


def _times(item: Item) -> tuple[float, ...]:
    if item.get("time") is not None:
        return (item["time"], item["time"])
    if item.get("start") is not None and item.get("end") is not None:
        return (item["start"], item["end"])
    return ()


def _by(document: Mapping[str, Any] | None, collection: str, key: str) -> dict[str, Item]:
    return {one[key]: one for one in (document or {}).get(collection, ())}


def _caption(document: Mapping[str, Any] | None) -> dict[str, Item]:
    caption = (document or {}).get("caption")
    return {"caption": caption} if caption else {}


def _keyed(what: str, annotator: str, before: Mapping[str, Item], after: Mapping[str, Item]) -> Iterator[Change]:
    for key in sorted({*before, *after}):
        first, second = before.get(key), after.get(key)
        if first is None:
            yield Change(ADDED, what, annotator, after=second)
        elif second is None:
            yield Change(REMOVED, what, annotator, before=first)
        elif any(first.get(name) != second.get(name) for name in (*_BOUNDS, *_SAYS)):
            yield Change(CHANGED, what, annotator, first, second)
