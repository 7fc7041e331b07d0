"""Overlaps of regions: what a search through the sorted spans finds is what comparing all pairs finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.domain.label_rules import parse_rules
from labelbuddy_core.domain.region_rules import TOUCH, Span, first_overlap, unanswered

times = st.integers(0, 20)


@given(st.lists(st.tuples(times, st.integers(1, 6)), max_size=12), st.sets(st.integers(0, 11)))
def test_an_overlap_is_found_exactly_when_a_changed_span_meets_another(
    stretches: list[tuple[int, int]], chosen: set[int]
) -> None:
    spans = [Span(f"s{number}", at, at + length) for number, (at, length) in enumerate(stretches)]
    changed = {f"s{number}": place for place, number in enumerate(sorted(chosen))}
    meeting = {
        frozenset((one.key, other.key))
        for one in spans
        for other in spans
        if one.key in changed and other.key != one.key and one.start < other.stop and one.stop > other.start
    }
    found = first_overlap(sorted(spans, key=lambda span: (span.start, span.stop)), changed)
    if found is None:
        assert not meeting
        return
    one, other = found
    assert frozenset((one.key, other.key)) in meeting
    assert one.key in changed
    assert changed.get(other.key, -1) < changed[one.key]


def test_spans_that_share_no_more_than_rounding_do_not_overlap() -> None:
    assert first_overlap([Span("a", 0, 1 + TOUCH / 2), Span("b", 1, 2)], {"b": 0}) is None
    assert first_overlap([Span("a", 0, 1 + 2 * TOUCH), Span("b", 1, 2)], {"b": 0}) is not None


def test_no_is_an_answer_and_nothing_is_none() -> None:
    asked = [{"name": "Near", "kind": "yes-no", "required": True}, {"name": "Note", "kind": "text"}]
    rules = parse_rules({"attributes": asked}, "labels.0")
    assert unanswered({"Near": False}, rules) is None
    assert [one.id for one in (unanswered({"Near": None}, rules), unanswered({}, rules)) if one] == ["Near", "Near"]
