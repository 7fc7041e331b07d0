"""What is counted of answers, and how counts add up: the kinds of sums, and the places of their vectors.

Keys say what is counted: `(Kind, label)`, `(Kind.PAIR_TIME, label, pair)` and so on. What a label's vector lacks
because nobody used the label in a task is in the vector under `EVERY_LABEL`: the same for all labels, so that a label
set of thousands costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from labelbuddy_core.domain.agreement.event_matching import Collar
from labelbuddy_core.domain.agreement.replicates import Key

EVERY_LABEL = ""

UNITS, AGREEMENT, SHARE, BOTH_YES, MIXED, BOTH_NO = range(6)
"""Places in a yes-or-no vector: number of units, Σ P, Σ share of yes, and the coincidences."""
MATCHED, SAID, OVERLAPPING, ONSET, OFFSET, ONSET_HITS, OFFSET_HITS = range(7)
"""Places in an events vector: pairs within the collar, regions of both sides, pairs by overlap; of the latter the sums
of deviations (seconds), and how many boundaries lie within the collar."""
PAIR_BOTH, PAIR_FIRST, PAIR_SECOND, PAIR_NONE = range(4)
"""Places in a pair's vector: units to which both, the first alone, the second alone, or neither said yes."""


class Kind(StrEnum):
    """What a key counts."""

    TAGS = "tags"
    TIME = "time"
    EVENTS = "events"
    ATTRIBUTE = "attribute"
    BEATS = "beats"
    CHORDS = "chords"
    SECTIONS = "sections"
    CAPTIONS = "captions"
    MEANINGS = "meanings"
    GAMMA = "gamma"
    PAIR_TAGS = "pair tags"
    PAIR_TIME = "pair time"
    PAIR_EVENTS = "pair events"
    PAIR_CAPTIONS = "pair captions"
    PAIR_TASKS = "pair tasks"
    LATENESS = "lateness"
    DEVIATIONS = "deviations"


OF_PEOPLE = frozenset(
    {Kind.PAIR_TAGS, Kind.PAIR_TIME, Kind.PAIR_EVENTS, Kind.PAIR_CAPTIONS, Kind.PAIR_TASKS, Kind.LATENESS}
)
"""Kinds with a key for each pair or person."""


@dataclass(frozen=True)
class Ruler:
    """What is measured with: frames of `step` seconds, a collar for events, and the least overlap of two that match."""

    step: float = 0.1
    collar: Collar = field(default_factory=Collar)
    overlap: float = 0.5


Sums = dict[Key, list[float]]
"""Vectors that add up; those of `Kind.DEVIATIONS` are lists of values, which follow each other."""


def add(sums: Sums, key: Key, vector: list[float]) -> None:
    """Add a vector to what is under the key."""
    before = sums.get(key)
    sums[key] = vector if before is None else [one + more for one, more in zip(before, vector, strict=True)]


def append(sums: Sums, key: Key, values: list[float]) -> None:
    """Put values after those under the key."""
    before = sums.get(key)
    sums[key] = values if before is None else [*before, *values]


def merge(into: Sums, more: Sums) -> None:
    """Add the sums of another task of the same recording."""
    if not into:  # most recordings have one task
        into.update(more)
        return
    for key, vector in more.items():
        (append if key[0] == Kind.DEVIATIONS else add)(into, key, vector)


def pair_of(one: int, other: int) -> tuple[int, int]:
    """The two raters in order."""
    return (one, other) if one < other else (other, one)
