"""Somebody who labels events until they are right, and counts what that takes: from nothing, or with suggestions.

Counted is what a person does in the editor: draw a region (both boundaries at once), choose its label, move one
boundary, choose another label, reject a suggestion, accept one. A suggestion that is changed need not be accepted too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from labelbuddy_core.domain.agreement.event_matching import intersection_over_union
from labelbuddy_core.domain.training.examples import Mark

TOLERANCE = 0.2
"""Seconds by which a boundary may be off before somebody moves it: what event F1 allows, too."""
_COMMON = 0.2
"""Of the united time: what a suggestion must share with an event to be changed rather than rejected."""


@dataclass(frozen=True)
class Work:
    """What was done, by kind."""

    drawn: int = 0
    labeled: int = 0
    moved: int = 0
    rejected: int = 0
    accepted: int = 0

    @property
    def actions(self) -> int:
        return sum(asdict(self).values())

    def __add__(self, other: Work) -> Work:
        return Work(**{name: value + getattr(other, name) for name, value in asdict(self).items()})


def from_nothing(events: Sequence[Mark]) -> Work:
    """Every event is drawn and gets its label."""
    return Work(drawn=len(events), labeled=len(events))


def correcting(events: Sequence[Mark], suggested: Sequence[Mark]) -> Work:
    """Suggestions are made into the events: accepted, changed or rejected, and what is missing is drawn."""
    pairs = _pairs(events, suggested)
    missing = len(events) - len(pairs)
    done = Work(drawn=missing, labeled=missing, rejected=len(suggested) - len(pairs))
    for true, said in pairs:
        moved = sum(abs(getattr(true, side) - getattr(said, side)) > TOLERANCE for side in ("start", "end"))
        labeled = int(true.label != said.label)
        done += Work(moved=moved, labeled=labeled, accepted=int(not moved and not labeled))
    return done


def _pairs(events: Sequence[Mark], suggested: Sequence[Mark]) -> list[tuple[Mark, Mark]]:
    """Which suggestion becomes which event, so that most time and labels agree."""
    if not events or not suggested:
        return []
    shared = np.array(
        [
            [intersection_over_union((true.start, true.end), (said.start, said.end)) for said in suggested]
            for true in events
        ]
    )
    same = np.array([[true.label == said.label for said in suggested] for true in events])
    rows, columns = linear_sum_assignment(-np.where(shared >= _COMMON, shared + same, 0.0))
    return [
        (events[row], suggested[column])
        for row, column in zip(rows, columns, strict=True)
        if shared[row, column] >= _COMMON
    ]
