"""A task's answers as the sums from which every figure comes; the sums of tasks and recordings add up.

Keys say what is counted: `(Kind, label)`, `(Kind.PAIR_TIME, label, pair)` and so on; the dataclasses beside them name
the places of the vectors. What a label's vector lacks because nobody used the label in a task is in the vector
under `EVERY_LABEL`: the same for all labels, so that a label set of thousands costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from labelbuddy_core.domain.agreement import music
from labelbuddy_core.domain.agreement.alpha import coincidences
from labelbuddy_core.domain.agreement.answers import Answer, Compared, LabelAsked, Marked, Question
from labelbuddy_core.domain.agreement.event_matching import Collar, Pair, match_by_overlap, match_within_collar
from labelbuddy_core.domain.agreement.replicates import Key
from labelbuddy_core.domain.agreement.time_grid import Patterns, frame_count, frame_runs, marked_together

EVERY_LABEL = ""
RATINGS = 5
"""A rating goes from 1 to this."""

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
    PAIR_TAGS = "pair tags"
    PAIR_TIME = "pair time"
    PAIR_EVENTS = "pair events"
    PAIR_TASKS = "pair tasks"
    LATENESS = "lateness"


@dataclass(frozen=True)
class Ruler:
    """What is measured with: frames of `step` seconds, a collar for events, and the least overlap of two that match."""

    step: float = 0.1
    collar: Collar = field(default_factory=Collar)
    overlap: float = 0.5


Sums = dict[Key, list[float]]


def tally(task: Compared, labels: Mapping[str, LabelAsked], ruler: Ruler) -> Sums:
    """The sums of one task; empty with fewer than two answers."""
    sums: Sums = {}
    if len(task.answers) < 2:
        return sums
    _tally_tags(sums, task)
    _tally_time(sums, task, ruler)
    for one, other in combinations(task.answers, 2):
        _add(sums, (Kind.PAIR_TASKS, pair_of(one.rater, other.rater)), [1.0])
        for label in sorted(one.regions.keys() | other.regions.keys()):
            _tally_events(sums, label, one, other, ruler)
            if label in labels:
                _tally_said(sums, label, one, other, labels[label], ruler)
        if one.beats or other.beats:
            _add(sums, (Kind.BEATS,), [1.0, *music.beat_scores(one.beats, other.beats)])
    return sums


def merge(into: Sums, more: Sums) -> None:
    """Add the sums of another task of the same recording."""
    for key, vector in more.items():
        _add(into, key, vector)


def pair_of(one: int, other: int) -> tuple[int, int]:
    """The two raters in order."""
    return (one, other) if one < other else (other, one)


def yes_no(patterns: Patterns, raters: int) -> list[float]:
    """The yes-or-no vector of units to which sets of raters said yes."""
    pairs = raters * (raters - 1)
    vector = [0.0] * 6
    for said, units in patterns.items():
        yes = said.bit_count()
        no = raters - yes
        both, mixed, none = yes * (yes - 1), yes * no, no * (no - 1)
        vector[UNITS] += units
        vector[AGREEMENT] += units * (both + none) / pairs
        vector[SHARE] += units * yes / raters
        vector[BOTH_YES] += units * both / (raters - 1)
        vector[MIXED] += units * mixed / (raters - 1)
        vector[BOTH_NO] += units * none / (raters - 1)
    return vector


def _tally_tags(sums: Sums, task: Compared) -> None:
    raters = len(task.answers)
    nobody = yes_no({0: 1.0}, raters)
    _add(sums, (Kind.TAGS, EVERY_LABEL), nobody)
    _nobody_in_pairs(sums, Kind.PAIR_TAGS, task, 1.0)
    used: dict[str, int] = {}
    for number, answer in enumerate(task.answers):
        for label in answer.tags:
            used[label] = used.get(label, 0) | 1 << number
    for label, said in sorted(used.items()):
        _add(sums, (Kind.TAGS, label), _difference(yes_no({said: 1.0}, raters), nobody))
        _tally_pairs(sums, Kind.PAIR_TAGS, label, task, {said: 1.0})


def _tally_time(sums: Sums, task: Compared, ruler: Ruler) -> None:
    raters = len(task.answers)
    frames = frame_count(task.start, task.stop, ruler.step)
    nobody = yes_no({0: frames}, raters)
    _add(sums, (Kind.TIME, EVERY_LABEL), nobody)
    _nobody_in_pairs(sums, Kind.PAIR_TIME, task, frames)
    for label in sorted({label for answer in task.answers for label in answer.regions}):
        patterns = marked_together(
            [
                frame_runs((one.span for one in answer.regions.get(label, ())), task.start, frames, ruler.step)
                for answer in task.answers
            ],
            frames,
        )
        _add(sums, (Kind.TIME, label), _difference(yes_no(patterns, raters), nobody))
        del patterns[0]
        _tally_pairs(sums, Kind.PAIR_TIME, label, task, patterns)


def _nobody_in_pairs(sums: Sums, kind: Kind, task: Compared, units: float) -> None:
    for one, other in combinations(task.answers, 2):
        _add(sums, (kind, EVERY_LABEL, pair_of(one.rater, other.rater)), [0.0, 0.0, 0.0, units])


def _tally_pairs(sums: Sums, kind: Kind, label: str, task: Compared, patterns: Patterns) -> None:
    """What somebody said yes to, for each pair; taken away from what nobody said yes to."""
    for (i, one), (j, other) in combinations(enumerate(task.answers), 2):
        if one.rater > other.rater:
            i, j = j, i
        vector = [0.0] * 4
        for said, units in patterns.items():
            first, second = said >> i & 1, said >> j & 1
            if first or second:
                place = PAIR_BOTH if first and second else PAIR_FIRST if first else PAIR_SECOND
                vector[place] += units
                vector[PAIR_NONE] -= units
        if any(vector):
            _add(sums, (kind, label, pair_of(one.rater, other.rater)), vector)


def _tally_events(sums: Sums, label: str, one: Answer, other: Answer, ruler: Ruler) -> None:
    spans = [region.span for region in one.regions.get(label, ())]
    others = [region.span for region in other.regions.get(label, ())]
    vector = [0.0] * 7
    vector[SAID] = float(len(spans) + len(others))
    if spans and others:
        vector[MATCHED] = float(len(match_within_collar(spans, others, ruler.collar)))
        hit = ruler.collar.seconds + 1e-9
        onsets = offsets = 0.0
        for i, j in match_by_overlap(spans, others, ruler.overlap):
            onset, offset = others[j][0] - spans[i][0], others[j][1] - spans[i][1]
            onsets, offsets = onsets + onset, offsets + offset
            vector[OVERLAPPING] += 1.0
            vector[ONSET] += abs(onset)
            vector[OFFSET] += abs(offset)
            vector[ONSET_HITS] += abs(onset) <= hit
            vector[OFFSET_HITS] += abs(offset) <= hit
        if vector[OVERLAPPING]:
            _add(sums, (Kind.LATENESS, other.rater), [vector[OVERLAPPING], onsets, offsets])
            _add(sums, (Kind.LATENESS, one.rater), [vector[OVERLAPPING], -onsets, -offsets])
    _add(sums, (Kind.EVENTS, label), vector)
    _add(sums, (Kind.PAIR_EVENTS, pair_of(one.rater, other.rater)), vector)


def _tally_said(sums: Sums, label: str, one: Answer, other: Answer, asked: LabelAsked, ruler: Ruler) -> None:
    """Chords, sections and attributes of the regions of a label."""
    if asked.vocabulary == "free" and not asked.questions:
        return
    mine, theirs = one.regions.get(label, []), other.regions.get(label, [])
    spans, others = [region.span for region in mine], [region.span for region in theirs]
    if asked.vocabulary == "harte":
        _add(sums, (Kind.CHORDS, label), [1.0, *music.chord_scores(_texts(mine), _texts(theirs))])
    if asked.vocabulary == "salami":
        _add(sums, (Kind.SECTIONS, label), [1.0, *music.section_scores(spans, others)])
    if asked.questions:
        pairs = match_by_overlap(spans, others, ruler.overlap)
        for question in asked.questions:
            _tally_attribute(sums, label, question, mine, theirs, pairs)


def _texts(regions: list[Marked]) -> list[tuple[float, float, str]]:
    return [(*region.span, region.text or "N") for region in regions]


def _tally_attribute(
    sums: Sums, label: str, question: Question, mine: list[Marked], theirs: list[Marked], pairs: list[Pair]
) -> None:
    """What two annotators answered about the same event; an event that one left unanswered does not count."""
    for i, j in pairs:
        first, second = mine[i].attributes.get(question.id), theirs[j].attributes.get(question.id)
        if first is None or second is None:
            continue
        if question.kind == "number":
            a, b = float(first), float(second)
            _add(sums, (Kind.ATTRIBUTE, label, question.id), [2.0, a + b, a * a + b * b, (a - b) ** 2])
        elif (places := _places(question, first, second)) is not None:
            vector = coincidences(places, values_of(question)).ravel().tolist()
            _add(sums, (Kind.ATTRIBUTE, label, question.id), vector)


def values_of(question: Question) -> int:
    """How many different answers there are to a question that is no number."""
    return {"yes-no": 2, "rating": RATINGS}.get(question.kind, len(question.choices))


def _places(question: Question, *answers: object) -> list[int] | None:
    places = []
    for answer in answers:
        if question.kind == "yes-no" and isinstance(answer, bool):
            places.append(int(answer))
        elif question.kind == "rating" and isinstance(answer, int | float) and 1 <= answer <= RATINGS:
            places.append(round(answer) - 1)
        elif question.kind == "choice" and answer in question.choices:
            places.append(question.choices.index(str(answer)))
        else:
            return None
    return places


def _difference(vector: list[float], other: list[float]) -> list[float]:
    return [one - less for one, less in zip(vector, other, strict=True)]


def _add(sums: Sums, key: Key, vector: list[float]) -> None:
    before = sums.get(key)
    sums[key] = vector if before is None else [one + more for one, more in zip(before, vector, strict=True)]
