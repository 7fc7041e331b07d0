"""Regions and tags of several annotators become one set, with support and spread."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.domain.agreement.answers import Answer, Compared
from labelbuddy_core.domain.consensus.fusion import Fused, fuse, stretches_of, weighted_median
from labelbuddy_core.domain.consensus.soft_labels import consensus_document, soft_labels
from labelbuddy_core.domain.consensus.trust import Method, PatternCounts, Trust, learn
from labelbuddy_core.domain.documents import parse_document

ALIKE = Trust(Method.MAJORITY, {}, {}, {})


def answer(rater: int, *regions: tuple, tags: str = "", **more: object) -> Answer:
    made = Answer(rater, tags=set(tags.split()))
    for start, end, label in regions:
        made.add("regions", {"start": start, "end": end, "label": label, **more})
    return made.in_order()


def fused(*answers: Answer, time: Trust = ALIKE, tags: Trust = ALIKE) -> Fused:
    return fuse(Compared(1, 1, 0.0, 100.0, answers), tags, time)


def test_boundaries_are_medians_with_their_spread_and_support() -> None:
    (one,) = fused(answer(1, (1.0, 3.0, "dog")), answer(2, (1.2, 3.0, "dog")), answer(3, (1.3, 3.3, "dog"))).regions
    assert (one.start, one.end) == (1.2, 3.0)
    assert one.onset_spread == pytest.approx((0.2 + 0.0 + 0.1) / 3)
    assert one.offset_spread == pytest.approx(0.1)
    assert one.raters == (1, 2, 3)
    assert one.support == pytest.approx((0.1 * 2 / 3 + 1.7) / 1.8)


def test_what_only_a_minority_hears_is_left_out_and_half_is_no_majority() -> None:
    assert fused(answer(1, (1.0, 3.0, "dog")), answer(2), answer(3)).regions == ()
    assert fused(answer(1, (1.0, 3.0, "dog")), answer(2)).regions == ()
    both = fused(answer(1, tags="rock pop"), answer(2, tags="rock"), answer(3, tags="rock"))
    assert both.tags == {"rock": 1.0, "pop": pytest.approx(1 / 3)}


def test_two_events_of_one_label_stay_apart_and_nearly_touching_ones_join() -> None:
    apart = [(1.0, 2.0, "dog"), (3.0, 4.0, "dog")]
    touching = [(1.0, 2.0, "dog"), (2.02, 4.0, "dog")]
    assert [(one.start, one.end) for one in fused(answer(1, *apart), answer(2, *apart)).regions] == [(1, 2), (3, 4)]
    assert [(one.start, one.end) for one in fused(answer(1, *touching), answer(2, *touching)).regions] == [(1, 4)]


def test_one_annotators_region_that_others_split_does_not_reach_over_the_gap() -> None:
    split = [(1.0, 2.0, "dog"), (3.0, 4.0, "dog")]
    regions = fused(answer(1, *split), answer(2, *split), answer(3, (1.0, 4.0, "dog"))).regions
    assert [(one.start, one.end) for one in regions] == [(1.0, 2.0), (3.0, 4.0)]


def test_labels_do_not_mix_and_a_reliable_annotator_counts_more() -> None:
    trust = Trust(Method.WEIGHTED, {1: 3.0, 2: 1.0, 3: 1.0}, {}, {})
    regions = fused(answer(1, (1.0, 3.0, "dog")), answer(2, (1.0, 3.0, "cat")), answer(3), time=trust).regions
    assert [(one.label, one.support) for one in regions] == [("dog", pytest.approx(0.6))]


def test_text_attributes_and_frequencies_are_kept_where_most_say_the_same() -> None:
    one = answer(1, (1.0, 3.0, "dog"), text="bark", attributes={"near": True, "loud": 2, "breed": "pug"}, low=100.0)
    two = answer(2, (1.0, 3.0, "dog"), text="bark", attributes={"near": True, "loud": 4, "breed": "collie"}, low=200.0)
    three = answer(3, (1.0, 3.0, "dog"), text="growl", attributes={"near": False, "loud": 4})
    (found,) = fused(one, two, three).regions
    assert (found.text, found.attributes, found.low, found.high) == ("bark", {"near": True, "loud": 4.0}, 150.0, None)


def test_overlapping_regions_of_one_annotator_count_once() -> None:
    twice = answer(1, (1.0, 3.0, "dog"), (2.0, 4.0, "dog"))
    assert stretches_of("dog", [twice, answer(2, (3.5, 5.0, "dog"))]) == [(1.0, 3.5, 1), (3.5, 4.0, 3), (4.0, 5.0, 2)]


def test_the_weighted_median_is_where_half_of_the_weight_is_reached() -> None:
    assert weighted_median([3.0, 1.0, 2.0], [1.0, 1.0, 1.0]) == 2.0
    assert weighted_median([1.0, 2.0], [1.0, 1.0]) == 1.5
    assert weighted_median([1.0, 2.0, 9.0], [1.0, 1.0, 5.0]) == 9.0


regions = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 9), st.sampled_from(["dog", "cat"])).map(
        lambda one: (one[0] / 10, (one[0] + one[1]) / 10, one[2])
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(regions, min_size=2, max_size=4), st.randoms())
def test_any_answers_give_a_valid_document_whoever_comes_first(people: list, random: object) -> None:
    answers = [answer(rater, *said, tags="rock" if said else "") for rater, said in enumerate(people)]
    found = fused(*answers)
    document = consensus_document(found, {"dog", "cat", "rock"})
    parse_document(document)
    for label in ("dog", "cat"):
        mine = [one for one in found.regions if one.label == label]
        assert all(before.end <= after.start for before, after in pairwise(mine))
        assert all(0.0 < one.support <= 1.0 and one.start < one.end for one in mine)
    random.shuffle(answers)  # type: ignore[attr-defined]
    assert fused(*answers) == found


def test_a_long_region_of_one_annotator_does_not_make_estimates_overlap() -> None:
    found = fused(answer(0, (0.0, 0.4, "dog")), answer(1, (0.0, 0.1, "dog"), (0.2, 0.3, "dog")))
    assert [(one.start, one.end) for one in found.regions] == [(0.0, 0.2), (0.2, 0.3)]


@settings(deadline=None, max_examples=40)
@given(regions)
def test_annotators_who_say_the_same_are_repeated(said: list) -> None:
    answers = [answer(rater, *said) for rater in range(3)]
    marked = {(on, off) for label in ("dog", "cat") for on, off, _ in stretches_of(label, answers)}
    for one in fused(*answers).regions:
        assert one.support == pytest.approx(1.0)
        assert any(on - 0.051 <= one.start <= off for on, off in marked)


def test_patterns_of_a_project_teach_whom_to_trust() -> None:
    counts = PatternCounts()
    for said, units in ((0b011, 80.0), (0b111, 20.0), (0b100, 60.0)):  # the third marks at random
        counts.add((1, 2, 3), said, units)
    for method in Method:
        trust = learn(counts, method)
        assert trust.share((1, 2, 3), 0) == 0.0
        assert trust.share((1, 2, 3), 0b011) > 0.5 > trust.share((1, 2, 3), 0b100)
        assert 0.0 <= trust.share((1, 7), 0b01) <= 1.0
    assert learn(counts, Method.WEIGHTED).reliability[1] > learn(counts, Method.WEIGHTED).reliability[3]
    assert learn(PatternCounts(), Method.MACE).share((1, 2), 0b11) == 1.0


def test_soft_labels_have_every_tag_and_the_spread_of_every_region() -> None:
    found = fused(answer(1, (1.0, 3.0, "dog"), tags="rock pop"), answer(2, (1.2, 3.0, "dog"), tags="rock"))
    document = consensus_document(found, {"dog", "rock", "pop"})
    assert [(tag["label"], tag["score"]) for tag in document["tags"]] == [("rock", 1.0)]
    (region,) = document["regions"]
    assert (region["id"], region["start"], region["origin"]["kind"]) == ("c1", 1.1, "consensus")
    assert region["confidence"] == region["origin"]["score"] == pytest.approx((0.1 * 0.5 + 1.8) / 1.9, abs=1e-6)
    soft = soft_labels(found, {1: "ada"})
    assert soft["tags"] == {"pop": 0.5, "rock": 1.0}
    assert soft["regions"]["c1"]["onset_spread"] == pytest.approx(0.1)
    assert soft["regions"]["c1"]["annotators"] == ["ada", "2"]
    assert consensus_document(found, set())["regions"] == []
