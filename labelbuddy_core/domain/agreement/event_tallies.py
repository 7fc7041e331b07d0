"""Sums of what two annotators marked as regions: events and their boundaries, chords, sections and attributes."""

from __future__ import annotations

from collections.abc import Sequence

from labelbuddy_core.domain.agreement import music
from labelbuddy_core.domain.agreement.alpha import coincidences
from labelbuddy_core.domain.agreement.answers import LabelAsked, Marked, Question
from labelbuddy_core.domain.agreement.event_matching import Pair, match_within_collar
from labelbuddy_core.domain.agreement.meetings import Meeting
from labelbuddy_core.domain.agreement.sums import (
    MATCHED,
    OFFSET,
    OFFSET_HITS,
    ONSET,
    ONSET_HITS,
    OVERLAPPING,
    SAID,
    Kind,
    Ruler,
    Sums,
    add,
    append,
    pair_of,
)
from labelbuddy_core.domain.agreement.time_grid import Span

RATINGS = 5
"""A rating goes from 1 to this."""


def tally_events(sums: Sums, meeting: Meeting, ruler: Ruler) -> None:
    """Regions of two annotators: how many match, by label and together, and how their boundaries lie."""
    one, other = meeting.one.rater, meeting.other.rater
    vectors: list[list[float]] = []
    onsets: list[float] = []
    offsets: list[float] = []
    for label in meeting.labels:
        spans, others = meeting.spans(label)
        same = meeting.same.get(label)
        vector = _events(spans, others, same or (), ruler)
        for i, j in same or ():
            onsets.append(others[j][0] - spans[i][0])
            offsets.append(others[j][1] - spans[i][1])
        add(sums, (Kind.EVENTS, label), vector)
        vectors.append(vector)
    if vectors:
        add(sums, (Kind.PAIR_EVENTS, pair_of(one, other)), [sum(values) for values in zip(*vectors, strict=True)])
    if onsets:
        count, late, later = float(len(onsets)), sum(onsets), sum(offsets)
        add(sums, (Kind.LATENESS, other), [count, late, later])
        add(sums, (Kind.LATENESS, one), [count, -late, -later])
        for edge, away in (("onset", onsets), ("offset", offsets)):
            append(sums, (Kind.DEVIATIONS, other, edge), away)
            append(sums, (Kind.DEVIATIONS, one, edge), [-seconds for seconds in away])


def _events(spans: list[Span], others: list[Span], same: Sequence[Pair], ruler: Ruler) -> list[float]:
    vector = [0.0] * 7
    vector[SAID] = float(len(spans) + len(others))
    if spans and others:
        vector[MATCHED] = float(len(match_within_collar(spans, others, ruler.collar)))
    hit = ruler.collar.seconds + 1e-9
    for i, j in same:
        onset, offset = abs(others[j][0] - spans[i][0]), abs(others[j][1] - spans[i][1])
        vector[OVERLAPPING] += 1.0
        vector[ONSET] += onset
        vector[OFFSET] += offset
        vector[ONSET_HITS] += onset <= hit
        vector[OFFSET_HITS] += offset <= hit
    return vector


def tally_said(sums: Sums, label: str, meeting: Meeting, asked: LabelAsked) -> None:
    """Chords, sections and attributes of the regions of a label."""
    if asked.vocabulary == "free" and not asked.questions:
        return
    mine, theirs = meeting.one.regions.get(label, []), meeting.other.regions.get(label, [])
    if asked.vocabulary == "harte":
        add(sums, (Kind.CHORDS, label), [1.0, *music.chord_scores(_texts(mine), _texts(theirs))])
    if asked.vocabulary == "salami":
        add(sums, (Kind.SECTIONS, label), [1.0, *music.section_scores(*meeting.spans(label))])
    for question in asked.questions:
        _tally_attribute(sums, label, question, mine, theirs, meeting.same.get(label, []))


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
            add(sums, (Kind.ATTRIBUTE, label, question.id), [2.0, a + b, a * a + b * b, (a - b) ** 2])
        elif (places := _places(question, first, second)) is not None:
            vector = coincidences(places, values_of(question)).ravel().tolist()
            add(sums, (Kind.ATTRIBUTE, label, question.id), vector)


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
