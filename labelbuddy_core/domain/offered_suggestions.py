"""What of a task's predictions is on offer: which stretch each speaks for, and what was decided about before."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

ALIKE: Final = 0.005
"""Bounds that differ by no more (s) are the same."""


@dataclass(frozen=True)
class Stretch:
    """The part of a task that a prediction speaks for (s); `whole` when that is all of it."""

    start: float
    stop: float
    whole: bool


def stretch_of(options: Mapping[str, Any], start: float, stop: float) -> Stretch:
    """The stretch that a prediction was asked about, in a task from `start` to `stop`."""
    first, last = options.get("start"), options.get("stop")
    first, last = start if first is None else float(first), stop if last is None else float(last)
    return Stretch(first, last, first <= start + ALIKE and last >= stop - ALIKE)


def placed(
    document: Mapping[str, Any], prediction: str, stretch: Stretch, labels: Container[str] | None
) -> dict[str, Any]:
    """The document of a prediction with nothing said of the whole task that was heard in a stretch only.

    Its caption gets the stretch, its tags become regions there of `labels` (None: where regions cannot be, so that
    tags are left out). A tag that the model found as a region from end to end is there already.
    """
    if stretch.whole:
        return dict(document)
    span = {"start": stretch.start, "end": stretch.stop}
    there = {one["label"] for one in document["regions"] if _fills(one, stretch)}
    found = [
        _as_region(tag, f"m{prediction}_t{number}", span)
        for number, tag in enumerate(document["tags"])
        if labels is not None and tag["label"] in labels and tag["label"] not in there
    ]
    caption = document["caption"]
    return {
        **document,
        "regions": [*document["regions"], *found],
        "tags": [],
        "caption": None if caption is None else {**caption, **span},
    }


def _fills(region: Mapping[str, Any], stretch: Stretch) -> bool:
    """Whether a region is the stretch, at all frequencies."""
    ends = abs(region["start"] - stretch.start), abs(region["end"] - stretch.stop)
    return region.get("low") is None and region.get("high") is None and max(ends) <= ALIKE


def _as_region(tag: Mapping[str, Any], identity: str, span: Mapping[str, float]) -> dict[str, Any]:
    bare = {"low": None, "high": None, "channel": None, "text": None, "attributes": {}, "confidence": None}
    return {"id": identity, **span, **bare, "label": tag["label"], "origin": {**tag["origin"], "region": identity}}


@dataclass
class Covered:
    """The stretches of a task for which newer predictions of the same model and version speak."""

    stretches: list[Stretch] = field(default_factory=list)

    def open(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """What newer predictions leave of an older one: regions and points that begin outside their stretches."""
        if any(one.whole for one in self.stretches):
            return {**document, "regions": [], "points": [], "tags": [], "caption": None}
        return {
            **document,
            "regions": [one for one in document["regions"] if not self._holds(one["start"])],
            "points": [one for one in document["points"] if not self._holds(one["time"])],
        }

    def _holds(self, time: float) -> bool:
        return any(one.start <= time < one.stop for one in self.stretches)


class Decided:
    """Stretches and instants with a label that a person has decided about, to within 5 ms."""

    def __init__(self, regions: Iterable[Mapping[str, Any]]) -> None:
        self._bounds: dict[tuple[str, int], list[tuple[float, float]]] = {}
        for one in regions:
            start, end = _bounds_of(one)
            self._bounds.setdefault((one["label"], int(start / ALIKE)), []).append((start, end))

    def without(self, regions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The regions or points that nothing was decided about. Beats are one grid: all of them while one is new."""
        new = [not self._has(one) for one in regions]
        grid = any(is_new and _is_beat(one) for one, is_new in zip(regions, new, strict=True))
        return [one for one, is_new in zip(regions, new, strict=True) if is_new or (grid and _is_beat(one))]

    def _has(self, region: Mapping[str, Any]) -> bool:
        start, end = _bounds_of(region)
        near = int(start / ALIKE)
        return any(
            abs(first - start) <= ALIKE and abs(last - end) <= ALIKE
            for place in (near - 1, near, near + 1)
            for first, last in self._bounds.get((region["label"], place), ())
        )


def _is_beat(item: Mapping[str, Any]) -> bool:
    return item.get("kind") == "beat"


def _bounds_of(item: Mapping[str, Any]) -> tuple[float, float]:
    """Start and end (s) of a region; an instant ends where it starts."""
    return (item["time"], item["time"]) if "time" in item else (item["start"], item["end"])
