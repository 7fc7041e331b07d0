"""Where in a task annotators differ: stretches of each label that some marked and others did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labelbuddy_core.domain.agreement.answers import Answer, Compared
from labelbuddy_core.domain.consensus.fusion import stretches_of


@dataclass(frozen=True)
class Disputed:
    """A stretch of a label in seconds; `marked` and `unmarked` are raters. A tag is disputed over the whole task."""

    label: str
    start: float
    stop: float
    marked: tuple[int, ...]
    unmarked: tuple[int, ...]
    tag: bool = False


def disputed(task: Compared) -> list[Disputed]:
    """Every stretch and tag on which the annotators of a task differ, in order of time."""
    found = [
        Disputed(label, start, stop, *_sides(task.answers, said))
        for label in sorted({label for answer in task.answers for label in answer.regions})
        for start, stop, said in stretches_of(label, task.answers)
        if said.bit_count() < len(task.answers)
    ]
    for label in sorted({label for answer in task.answers for label in answer.tags}):
        said = sum(1 << bit for bit, answer in enumerate(task.answers) if label in answer.tags)
        if said.bit_count() < len(task.answers):
            found.append(Disputed(label, task.start, task.stop, *_sides(task.answers, said), tag=True))
    return sorted(found, key=lambda one: (one.start, one.stop, one.label))


def worst_place(task: Compared) -> float:
    """Seconds at which to begin looking: the longest stretch in dispute; the start of the task where there is none."""
    longest = max((one for one in disputed(task) if not one.tag), key=lambda one: one.stop - one.start, default=None)
    return task.start if longest is None else longest.start


def _sides(answers: Sequence[Answer], said: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    marked = tuple(answer.rater for bit, answer in enumerate(answers) if said >> bit & 1)
    return marked, tuple(answer.rater for answer in answers if answer.rater not in marked)
