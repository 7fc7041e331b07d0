"""What one annotator calls by another name than the other, or does not mark at all.

Regions: those of the same label that overlap enough are the same event (`meetings`) and count on the diagonal. What is
left over of both sides is matched by overlap whatever the label: these are the confusions. What then has no partner was
marked by one side alone (`NOTHING`). Tags: those that both gave count on the diagonal; of m left over on one side and n
on the other each combination counts 1 / max(m, n), and what is missing to one is for `NOTHING`. So each row adds up to
what the first said of a label, each column to what the second said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from labelbuddy_core.domain.agreement.event_matching import match_by_overlap
from labelbuddy_core.domain.agreement.meetings import Meeting
from labelbuddy_core.domain.agreement.time_grid import Span

NOTHING = ""
"""In place of a label: the other side marked nothing there."""
EXAMPLES = 3
"""Places that are kept of each confusion."""

Labels = tuple[str, str]
"""What the first said and what the second said."""
Place = tuple[int, float]
"""A task, and seconds in its recording."""


@dataclass
class Cell:
    """How often, and where for example; no examples of what both called the same."""

    count: float = 0.0
    places: list[Place] = field(default_factory=list)

    def add(self, count: float, places: Iterable[Place]) -> None:
        """Count more of it; only the first places are kept."""
        self.count += count
        if len(self.places) < EXAMPLES:
            self.places.extend(list(places)[: EXAMPLES - len(self.places)])


Cells = dict[Labels, Cell]


@dataclass
class Confusions:
    """Cells by what is confused (regions or tags) and by pair of raters."""

    cells: dict[tuple[str, int, int], Cells] = field(default_factory=dict)

    def add(self, task: int, start: float, meeting: Meeting, overlap: float) -> None:
        """Count what two annotators said of a task that begins at `start`."""
        pair = meeting.one.rater, meeting.other.rater
        if meeting.labels:
            self._count_regions(self.cells.setdefault(("regions", *pair), {}), task, meeting, overlap)
        if meeting.one.tags or meeting.other.tags:
            self._count_tags(self.cells.setdefault(("tags", *pair), {}), task, start, meeting)

    def _count_regions(self, cells: Cells, task: int, meeting: Meeting, overlap: float) -> None:
        for label, pairs in meeting.same.items():
            if pairs:
                _count(cells, (label, label), float(len(pairs)))
        one, other = _left_over(meeting, 0), _left_over(meeting, 1)
        if not one and not other:
            return
        pairs = (
            match_by_overlap([span for span, _ in one], [span for span, _ in other], overlap) if one and other else []
        )
        for i, j in pairs:
            _count(cells, (one[i][1], other[j][1]), 1.0, (task, one[i][0][0]))
        matched = {i for i, _ in pairs}, {j for _, j in pairs}
        for i, (span, label) in enumerate(one):
            if i not in matched[0]:
                _count(cells, (label, NOTHING), 1.0, (task, span[0]))
        for j, (span, label) in enumerate(other):
            if j not in matched[1]:
                _count(cells, (NOTHING, label), 1.0, (task, span[0]))

    def _count_tags(self, cells: Cells, task: int, start: float, meeting: Meeting) -> None:
        first, second = meeting.one.tags, meeting.other.tags
        for label in first & second:
            _count(cells, (label, label), 1.0)
        one, other = sorted(first - second), sorted(second - first)
        most, place = max(len(one), len(other)), (task, start)
        for a in one:
            for b in other:
                _count(cells, (a, b), 1.0 / most, place)
            if len(other) < most:
                _count(cells, (a, NOTHING), 1.0 - len(other) / most, place)
        for b in other if len(one) < most else ():
            _count(cells, (NOTHING, b), 1.0 - len(one) / most, place)


def of_all_pairs(confusions: Confusions, what: str) -> Cells:
    """All pairs together, whoever said the one and whoever the other: labels in order, `NOTHING` last."""
    found: Cells = {}
    for (kind, _, _), cells in confusions.cells.items():
        if kind == what:
            for (one, other), cell in cells.items():
                first, second = sorted((one, other), key=lambda label: (label == NOTHING, label))
                found.setdefault((first, second), Cell()).add(cell.count, cell.places)
    return found


def of_rater(confusions: Confusions, what: str, rater: int) -> Cells:
    """What the others said and what one rater said, over all pairs with the rater."""
    found: Cells = {}
    for (kind, first, second), cells in confusions.cells.items():
        if kind == what and rater in (first, second):
            for (one, other), cell in cells.items():
                labels = (other, one) if rater == first else (one, other)
                found.setdefault(labels, Cell()).add(cell.count, cell.places)
    return found


def most_confused(cells: Cells) -> tuple[Labels, Cell] | None:
    """Two labels that are confused most often, both marked; None where none are."""
    apart = [(labels, cell) for labels, cell in cells.items() if labels[0] != labels[1] and NOTHING not in labels]
    return max(apart, key=lambda one: (one[1].count, one[0]), default=None)


def _left_over(meeting: Meeting, side: int) -> list[tuple[Span, str]]:
    found: list[tuple[Span, str]] = []
    for label, spans in (meeting.second if side else meeting.first).items():
        pairs = meeting.same.get(label, ())
        if len(pairs) < len(spans):
            matched = {pair[side] for pair in pairs}
            found += [(span, label) for place, span in enumerate(spans) if place not in matched]
    return sorted(found) if len(found) > 1 else found


def _count(cells: Cells, labels: Labels, count: float, place: Place | None = None) -> None:
    cell = cells.get(labels)
    if cell is None:
        cell = cells[labels] = Cell()
    cell.count += count
    if place is not None and len(cell.places) < EXAMPLES:
        cell.places.append(place)
