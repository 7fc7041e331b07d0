"""Regions and instants that neighboring tasks of a recording both have, or that the border between them cut in two.

What is the same is told in `merging_back`, which puts whole documents together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

SAME_REGION: Final = 0.5
"""Intersection over union within the overlap."""
SAME_INSTANT: Final = 0.05
"""Seconds."""
_BORDER: Final = 0.001
"""Seconds; tasks this near touch, and regions this near end or begin at their border."""

REGIONS: Final = "region(s) joined with the same one of the task before"
REGION_DETAILS: Final = "region(s) among them whose other text or details are dropped"
INSTANTS: Final = "instant(s) counted once that two tasks have in their overlap"
"""What is not as it was in the tasks, as it is told with its count."""
_SAME: Final = ("label", "tier", "channel")
_BOUNDS: Final = ("id", "start", "end", "origin", *_SAME)
"""What two regions that are the same need not share, or share anyhow."""

Item = dict[str, Any]


def add_regions(
    regions: list[Item], more: Sequence[Item], overlap: tuple[float, float], taken: set[str], told: Counter[str]
) -> None:
    """Add the regions of the next part; those that an earlier one has too lengthen it instead."""
    start, stop = overlap
    rivals = [place for place, one in enumerate(regions) if stop > start and one["end"] > start and one["start"] < stop]
    used: set[int] = set()
    for region in sorted(more, key=lambda one: (one["start"], one["end"], one["id"])):
        best = max(
            (
                (agreement, place)
                for place in rivals
                if place not in used and (agreement := _agreement(regions[place], region, overlap)) >= SAME_REGION
            ),
            default=None,
            key=lambda one: (one[0], -one[1]),
        )
        if best is None:
            regions.append(_free(region, taken))
            continue
        used.add(best[1])
        earlier = regions[best[1]]
        told[REGIONS] += 1
        told[REGION_DETAILS] += _details(earlier) != _details(region)
        regions[best[1]] = {**earlier, "end": max(region["end"], earlier["start"])}


def join_across(regions: list[Item], more: Sequence[Item], border: float, told: Counter[str]) -> list[Item]:
    """Lengthen the regions that end at a border by those that go on beyond it; return the others of the next part."""
    ending = [place for place, one in enumerate(regions) if near(one["end"], border)]
    others: list[Item] = []
    for region in more:
        place = next((one for one in ending if _goes_on(regions[one], region, border)), None)
        if place is None:
            others.append(region)
            continue
        ending.remove(place)
        told[REGIONS] += 1
        regions[place] = {**regions[place], "end": region["end"]}
    return others


def _goes_on(earlier: Item, later: Item, border: float) -> bool:
    alike = all(earlier.get(name) == later.get(name) for name in _SAME) and _details(earlier) == _details(later)
    return alike and _maker(earlier) == _maker(later) and near(later["start"], border)


def _maker(region: Item) -> tuple[str, str]:
    """Whether a person or which model it comes from."""
    origin = region.get("origin") or {}
    return str(origin.get("kind", "human")), str(origin.get("model", ""))


def near(one: float, other: float) -> bool:
    """Whether two times (s) are the same border, at most 1 ms apart."""
    return abs(one - other) <= _BORDER


def _details(region: Item) -> Item:
    """What a region says beside its bounds; an empty value is none."""
    return {name: value for name, value in region.items() if name not in _BOUNDS and value not in (None, "", {}, [])}


def _agreement(one: Item, other: Item, overlap: tuple[float, float]) -> float:
    """How far two regions agree within the overlap; 0 for what cannot be the same."""
    if any(one.get(name) != other.get(name) for name in _SAME):
        return 0.0
    start, stop = overlap
    (a, b), (c, d) = ((max(start, each["start"]), min(stop, each["end"])) for each in (one, other))
    if b <= a or d <= c:
        return 0.0
    shared = min(b, d) - max(a, c)
    return max(0.0, shared) / (max(b, d) - min(a, c))


def add_points(
    points: list[Item], more: Sequence[Item], overlap: tuple[float, float], taken: set[str], told: Counter[str]
) -> None:
    """Add the instants of the next part, but for those of the overlap that an earlier one has too."""
    start, stop = overlap
    seen = [one for one in points if start <= one["time"] <= stop]
    for point in more:
        same = start <= point["time"] <= stop and any(
            one["kind"] == point["kind"]
            and one.get("label") == point.get("label")
            and abs(one["time"] - point["time"]) <= SAME_INSTANT
            for one in seen
        )
        told[INSTANTS] += same
        if not same:
            points.append(_free(point, taken))


def _free(item: Item, taken: set[str]) -> Item:
    """An item with an id that no other part uses."""
    identity, number = item["id"], 2
    while identity in taken:
        identity, number = f"{item['id']}-{number}", number + 1
    taken.add(identity)
    return item if identity == item["id"] else {**item, "id": identity}
