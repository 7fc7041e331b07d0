"""Two answers to a task side by side: which of their regions are the same event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from labelbuddy_core.domain.agreement.answers import Answer
from labelbuddy_core.domain.agreement.event_matching import Pair, match_by_overlap
from labelbuddy_core.domain.agreement.time_grid import Span


@dataclass(frozen=True)
class Meeting:
    """Two answers, the one with the lower rater first; `same` has by label the regions that overlap enough."""

    one: Answer
    other: Answer
    labels: tuple[str, ...]
    same: dict[str, list[Pair]]

    def spans(self, label: str) -> tuple[list[Span], list[Span]]:
        """When the regions of a label sound, in both answers."""
        return spans_of(self.one, label), spans_of(self.other, label)


def meetings(answers: Sequence[Answer], overlap: float) -> list[Meeting]:
    """Every two of the answers to a task; `overlap` is the least share of the united time of the same event."""
    return [meet(one, other, overlap) for one, other in combinations(answers, 2)]


def meet(one: Answer, other: Answer, overlap: float) -> Meeting:
    """Two answers to the same task, in the order of their raters."""
    if one.rater > other.rater:
        one, other = other, one
    labels = tuple(sorted(one.regions.keys() | other.regions.keys()))
    same = {
        label: match_by_overlap(spans_of(one, label), spans_of(other, label), overlap)
        for label in labels
        if label in one.regions and label in other.regions
    }
    return Meeting(one, other, labels, same)


def spans_of(answer: Answer, label: str) -> list[Span]:
    """When the regions of a label sound."""
    return [region.span for region in answer.regions.get(label, ())]
