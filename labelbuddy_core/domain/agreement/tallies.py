"""A task's answers as the sums from which every figure comes (`sums`): tags, time, captions; events are beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from labelbuddy_core.domain.agreement import music
from labelbuddy_core.domain.agreement.answers import Compared, LabelAsked
from labelbuddy_core.domain.agreement.event_tallies import tally_events, tally_said
from labelbuddy_core.domain.agreement.meetings import Meeting, meetings
from labelbuddy_core.domain.agreement.sums import (
    AGREEMENT,
    BOTH_NO,
    BOTH_YES,
    EVERY_LABEL,
    MIXED,
    PAIR_BOTH,
    PAIR_FIRST,
    PAIR_NONE,
    PAIR_SECOND,
    SHARE,
    UNITS,
    Kind,
    Ruler,
    Sums,
    add,
    pair_of,
)
from labelbuddy_core.domain.agreement.texts import Prepared, cosine, likeness_of, rouge_l_of
from labelbuddy_core.domain.agreement.time_grid import Patterns, frame_count, frame_runs, marked_together


def tally(task: Compared, labels: Mapping[str, LabelAsked], ruler: Ruler) -> Sums:
    """The sums of one task; empty with fewer than two answers."""
    return tally_met(task, meetings(task.answers, ruler.overlap), labels, ruler)


def tally_met(task: Compared, met: Sequence[Meeting], labels: Mapping[str, LabelAsked], ruler: Ruler) -> Sums:
    """The sums of one task whose answers were put side by side already (`meetings`)."""
    sums: Sums = {}
    if len(task.answers) < 2:
        return sums
    _tally_tags(sums, task)
    _tally_time(sums, task, ruler)
    _tally_captions(sums, task)
    for meeting in met:
        one, other = meeting.one, meeting.other
        add(sums, (Kind.PAIR_TASKS, pair_of(one.rater, other.rater)), [1.0])
        tally_events(sums, meeting, ruler)
        for label in meeting.labels:
            if label in labels:
                tally_said(sums, label, meeting, labels[label])
        if one.beats or other.beats:
            add(sums, (Kind.BEATS,), [1.0, *music.beat_scores(one.beats, other.beats)])
    return sums


def yes_no(patterns: Patterns, raters: int) -> list[float]:
    """The yes-or-no vector of units to which sets of raters said yes."""
    all_units = yeses = both = mixed = none = 0.0
    for said, units in patterns.items():
        yes = said.bit_count()
        no = raters - yes
        all_units += units
        yeses += units * yes
        both += units * (yes * (yes - 1))
        mixed += units * (yes * no)
        none += units * (no * (no - 1))
    others = raters - 1
    vector = [0.0] * 6
    vector[UNITS] = all_units
    vector[AGREEMENT] = (both + none) / (raters * others)
    vector[SHARE] = yeses / raters
    vector[BOTH_YES], vector[MIXED], vector[BOTH_NO] = both / others, mixed / others, none / others
    return vector


def _tally_tags(sums: Sums, task: Compared) -> None:
    raters = len(task.answers)
    nobody = yes_no({0: 1.0}, raters)
    add(sums, (Kind.TAGS, EVERY_LABEL), nobody)
    _nobody_in_pairs(sums, Kind.PAIR_TAGS, task, 1.0)
    used: dict[str, int] = {}
    for number, answer in enumerate(task.answers):
        for label in answer.tags:
            used[label] = used.get(label, 0) | 1 << number
    for label, said in sorted(used.items()):
        add(sums, (Kind.TAGS, label), _difference(yes_no({said: 1.0}, raters), nobody))
        _tally_pairs(sums, Kind.PAIR_TAGS, label, task, {said: 1.0})


def _tally_time(sums: Sums, task: Compared, ruler: Ruler) -> None:
    raters = len(task.answers)
    frames = frame_count(task.start, task.stop, ruler.step)
    nobody = yes_no({0: frames}, raters)
    add(sums, (Kind.TIME, EVERY_LABEL), nobody)
    _nobody_in_pairs(sums, Kind.PAIR_TIME, task, frames)
    for label in sorted({label for answer in task.answers for label in answer.regions}):
        patterns = marked_together(
            [
                frame_runs((one.span for one in answer.regions.get(label, ())), task.start, frames, ruler.step)
                for answer in task.answers
            ],
            frames,
        )
        add(sums, (Kind.TIME, label), _difference(yes_no(patterns, raters), nobody))
        del patterns[0]
        _tally_pairs(sums, Kind.PAIR_TIME, label, task, patterns)


def _nobody_in_pairs(sums: Sums, kind: Kind, task: Compared, units: float) -> None:
    for one, other in combinations(task.answers, 2):
        add(sums, (kind, EVERY_LABEL, pair_of(one.rater, other.rater)), [0.0, 0.0, 0.0, units])


def _tally_pairs(sums: Sums, kind: Kind, label: str, task: Compared, patterns: Patterns) -> None:
    """What somebody said yes to, for each pair; taken away from what nobody said yes to."""
    found: dict[tuple[int, int], list[float]] = {}
    order = tuple(answer.rater for answer in task.answers)
    for said, units in patterns.items():
        for pair, place in _of_pairs(said, order):
            vector = found.get(pair)
            if vector is None:
                vector = found[pair] = [0.0] * 4
            vector[place] += units
            vector[PAIR_NONE] -= units
    for pair, vector in found.items():
        add(sums, (kind, label, pair), vector)


@lru_cache(maxsize=4096)
def _of_pairs(said: int, raters: tuple[int, ...]) -> list[tuple[tuple[int, int], int]]:
    """Each pair of whom one at least is in the set `said`, with the place of a unit in the pair's vector."""
    found = []
    for (i, one), (j, other) in combinations(enumerate(raters), 2):
        if one > other:
            i, j = j, i
        first, second = said >> i & 1, said >> j & 1
        if first or second:
            place = PAIR_BOTH if first and second else PAIR_FIRST if first else PAIR_SECOND
            found.append((pair_of(one, other), place))
    return found


def _tally_captions(sums: Sums, task: Compared) -> None:
    """How alike the captions of two annotators are, where both wrote one."""
    written = [(answer.rater, Prepared.of(answer.caption)) for answer in task.answers if answer.caption]
    for (one, text), (other, second) in combinations(written, 2):
        vector = [1.0, likeness_of(text, second), rouge_l_of(text, second)]
        add(sums, (Kind.CAPTIONS,), vector)
        add(sums, (Kind.PAIR_CAPTIONS, pair_of(one, other)), vector)
    meant = [answer.meaning for answer in task.answers if answer.meaning is not None]
    for first, second in combinations(meant, 2):
        alike = cosine(first, second)
        if alike is not None:
            add(sums, (Kind.MEANINGS,), [1.0, alike])


def _difference(vector: list[float], other: list[float]) -> list[float]:
    return [one - less for one, less in zip(vector, other, strict=True)]
