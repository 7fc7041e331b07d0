"""What the rules of reviews say about an annotation."""

from __future__ import annotations

from typing import Any

import pytest

from labelbuddy_core.domain.review_rules import (
    ReviewRules,
    Sampling,
    Unsampled,
    in_share,
    least_score,
    parse_review_rules,
    sampled,
)
from labelbuddy_core.domain.task_disagreement import task_disagreement
from labelbuddy_core.errors import Invalid


def said(rules: ReviewRules, **given: Any) -> Sampling | None:
    usual = {
        "task": 1,
        "annotator": 1,
        "sent_back": False,
        "least_score": None,
        "disagreement": None,
        "complete": True,
    }
    return sampled(rules, **{**usual, **given})


NOBODY = ReviewRules(share=0.0)


def test_a_share_is_drawn_alike_each_time_and_lies_in_every_larger_one() -> None:
    pairs = [(task, annotator) for task in range(2000) for annotator in (1, 2)]
    tenth, half = ReviewRules(share=10.0, seed="s"), ReviewRules(share=50.0, seed="s")
    drawn = [pair for pair in pairs if in_share(tenth, *pair)]
    assert drawn == [pair for pair in pairs if in_share(tenth, *pair)]
    assert all(in_share(half, *pair) for pair in drawn)
    assert 300 < len(drawn) < 500
    assert drawn != [pair for pair in pairs if in_share(ReviewRules(share=10.0, seed="t"), *pair)]


def test_all_or_nothing_of_a_share_leave_nothing_to_chance() -> None:
    assert said(ReviewRules()) is None
    assert all(said(NOBODY, task=task) is Sampling.LEFT for task in range(200))


def test_what_no_rule_reviews_is_left_or_approved_as_the_project_says() -> None:
    assert said(NOBODY) is Sampling.LEFT
    assert said(ReviewRules(share=0.0, unsampled=Unsampled.APPROVE)) is Sampling.APPROVED


def test_a_suggestion_below_the_confidence_is_reviewed() -> None:
    rules = ReviewRules(share=0.0, below_confidence=0.5)
    assert said(rules, least_score=0.49) is Sampling.CONFIDENCE
    assert said(rules, least_score=0.5) is Sampling.LEFT
    assert said(rules, least_score=None) is Sampling.LEFT


def test_agreement_counts_when_everybody_has_handed_in_and_what_cannot_be_compared_is_reviewed() -> None:
    rules = ReviewRules(share=0.0, below_agreement=0.8)
    assert said(rules, disagreement=0.1, complete=False) is Sampling.WAITING
    assert said(rules, disagreement=0.3) is Sampling.AGREEMENT
    assert said(rules, disagreement=0.1) is Sampling.LEFT
    assert said(rules, disagreement=None) is Sampling.AGREEMENT


def test_what_was_sent_back_is_reviewed_again() -> None:
    assert said(NOBODY, sent_back=True) is Sampling.AGAIN


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"share": 101}, "share"),
        ({"share": "half"}, "share"),
        ({"below_confidence": -0.1}, "below_confidence"),
        ({"order": "random"}, "order"),
        ({"reviewers": "nobody"}, "reviewers"),
        ({"rate": 5}, "rate"),
    ],
)
def test_wrong_rules_are_refused_by_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_review_rules(given)
    assert refused.value.field == f"reviewing.{field}"


def test_rules_survive_being_kept() -> None:
    rules = ReviewRules(share=0.0, below_agreement=0.7, unsampled=Unsampled.APPROVE, seed="s")
    assert parse_review_rules(rules.as_json()) == rules


def test_the_least_score_is_of_what_was_taken_from_models() -> None:
    items = [
        {"origin": {"kind": "model", "score": 0.9}},
        {"origin": {"kind": "model", "score": 0.4}},
        {"origin": {"kind": "human", "score": 0.1}},
        {"origin": None},
    ]
    assert least_score(items) == 0.4
    assert least_score(items[2:]) is None


def document(**collections: Any) -> dict[str, Any]:
    return {"regions": [], "tags": [], "points": [], "caption": None, **collections}


def beats(*times: float) -> list[dict[str, Any]]:
    return [{"time": time, "kind": "beat"} for time in times]


def test_disagreement_is_of_time_tags_beats_and_captions() -> None:
    region = {"label": "dog", "start": 0.0, "end": 4.0}
    half = {"label": "dog", "start": 0.0, "end": 2.0}
    assert task_disagreement([document(regions=[region]), document(regions=[half])]) == pytest.approx(0.5)
    assert task_disagreement([document(points=beats(1, 2, 3)), document(points=beats(1.05, 2, 3.5))]) == pytest.approx(
        1 / 3
    )
    said, other = {"text": "A dog barks."}, {"text": "Rain on a roof."}
    assert task_disagreement([document(caption=said), document(caption=said)]) == 0.0
    apart = task_disagreement([document(caption=said), document(caption=other)])
    assert apart is not None
    assert apart > 0.6
    assert task_disagreement([document(caption=said), document()]) == 1.0


def test_nothing_said_by_two_is_agreement_and_one_alone_is_not_compared() -> None:
    assert task_disagreement([document(), document()]) == 0.0
    assert task_disagreement([document()]) is None
