"""Two answers to a task side by side: which of their regions are the same event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from labelbuddy_core.domain.agreement.answers import Answer
from labelbuddy_core.domain.agreement.event_matching import Pair, match_by_overlap
from labelbuddy_core.domain.agreement.time_grid import Span

Spans = dict[str, list[Span]]
"""When the regions of each label sound."""


@dataclass(frozen=True)
class Meeting:
    """Two answers, the one with the lower rater first; `same` has by label the regions that overlap enough."""

    one: Answer
    other: Answer
    first: Spans
    second: Spans
    labels: tuple[str, ...]
    same: dict[str, list[Pair]]

    def spans(self, label: str) -> tuple[list[Span], list[Span]]:
        """When the regions of a label sound, in both answers."""
        return self.first.get(label, []), self.second.get(label, [])


def meetings(answers: Sequence[Answer], overlap: float) -> list[Meeting]:
    """Every two of the answers to a task; `overlap` is the least share of the united time of the same event."""
    prepared = sorted(((answer, spans_of(answer)) for answer in answers), key=lambda one: one[0].rater)
    return [_meet(*one, *other, overlap) for one, other in combinations(prepared, 2)]


def meet(one: Answer, other: Answer, overlap: float) -> Meeting:
    """Two answers to the same task, in the order of their raters."""
    return meetings((one, other), overlap)[0]


def spans_of(answer: Answer) -> Spans:
    """When the regions of each label sound."""
    return {label: [region.span for region in regions] for label, regions in answer.regions.items()}


def _meet(one: Answer, first: Spans, other: Answer, second: Spans, overlap: float) -> Meeting:
    same = {label: match_by_overlap(spans, second[label], overlap) for label, spans in first.items() if label in second}
    return Meeting(one, other, first, second, tuple(sorted(first.keys() | second.keys())), same)
