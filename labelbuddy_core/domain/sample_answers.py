"""What the annotators of a sample project would say about a recording made by formula, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from labelbuddy_core.domain.documents import SCHEMA
from labelbuddy_core.domain.label_sets import slug

_LATE: Final = (0.02, 0.5)
"""Seconds by which each of the two annotators marks late, at most; less in short regions."""
_MISSED: Final = 5
"""The second one misses every fifth beat."""


@dataclass(frozen=True)
class Heard:
    """A stretch from `start` to `end` (s); `texts` and `answers` are what each of the two annotators says of it."""

    label: str
    start: float
    end: float
    texts: tuple[str, str] | None = None
    answers: tuple[dict[str, Any], dict[str, Any]] = field(default_factory=lambda: ({}, {}))


@dataclass(frozen=True)
class Truth:
    """What is to be said of a recording. `beats` are (s, place in the bar); the captions are one of each annotator."""

    regions: tuple[Heard, ...] = ()
    beats: tuple[tuple[float, int], ...] = ()
    tags: tuple[str, ...] = ()
    captions: tuple[str, str] | None = None


def answer(truth: Truth, person: int) -> dict[str, Any]:
    """The document of annotator 0, who hears nearly everything, or of 1, who is late and misses the last of each."""
    human = {"kind": "human"}
    regions = truth.regions if person == 0 or len(truth.regions) < 3 else truth.regions[:-1]
    document: dict[str, Any] = {"schema": SCHEMA}
    document["regions"] = [
        {
            "id": f"sample_{person}_{number}",
            "start": round(one.start + _late(one, person) * (1 + number % 2) / 2, 6),
            "end": round(one.end - _late(one, person) * (number % 3) / 4, 6),
            "label": slug(one.label),
            "text": one.texts[person] if one.texts else None,
            "attributes": one.answers[person],
            "origin": human,
        }
        for number, one in enumerate(regions)
    ]
    beats = [beat for place, beat in enumerate(truth.beats, 1) if person == 0 or place % _MISSED]
    document["points"] = [
        {
            "id": f"sample_b{person}_{number}",
            "time": round(time + _LATE[person] / 20, 6),
            "kind": "beat",
            "position": place,
            "origin": human,
        }
        for number, (time, place) in enumerate(beats)
    ]
    tags = truth.tags if person == 0 or len(truth.tags) < 2 else truth.tags[:-1]
    document["tags"] = [{"label": slug(tag), "origin": human} for tag in tags]
    if truth.captions:
        document["caption"] = {"text": truth.captions[person], "origin": human}
    return document


def _late(one: Heard, person: int) -> float:
    return min(_LATE[person], 0.4 * (one.end - one.start))
