"""How unsure a model is, what it found, and how far models differ."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.domain.prediction_measures import disagreement, label_profile, uncertainty


def region(label: str, start: float, end: float, score: float | None = None) -> dict[str, Any]:
    return {"label": label, "start": start, "end": end, "origin": {"score": score}}


def document(*regions: dict[str, Any], tags: dict[str, float | None] | None = None) -> dict[str, Any]:
    return {
        "regions": list(regions),
        "tags": [{"label": one, "origin": {"score": s}} for one, s in (tags or {}).items()],
    }


def test_a_score_of_one_half_is_as_unsure_as_can_be() -> None:
    assert uncertainty(document(region("a", 0, 1, 0.5))) == 1.0


def test_a_score_at_either_end_is_sure() -> None:
    assert uncertainty(document(region("a", 0, 1, 1.0), tags={"b": 0.0})) == 0.0


def test_uncertainty_is_the_mean_binary_entropy() -> None:
    # H(0.9) = 0.468996 bits, H(0.25) = 0.811278 bits (Cover and Thomas 2006, section 2.1)
    assert uncertainty(document(region("a", 0, 1, 0.9), tags={"b": 0.25})) == pytest.approx((0.468996 + 0.811278) / 2)


def test_without_scores_there_is_no_uncertainty() -> None:
    assert uncertainty(document(region("a", 0, 1))) is None
    assert uncertainty(document()) is None


def test_a_profile_has_the_share_of_time_of_each_label_counted_once() -> None:
    found = document(region("a", 0, 4), region("a", 2, 6), region("b", 8, 10))
    assert label_profile(found, 10.0) == {"a": 0.6, "b": 0.2}


def test_a_tag_counts_with_its_score() -> None:
    assert label_profile(document(region("a", 0, 1), tags={"a": 0.7, "b": None}), 10.0) == {"a": 0.7, "b": 1.0}


def test_models_that_say_the_same_agree() -> None:
    assert disagreement([document(region("a", 0, 1), tags={"b": 1})] * 2) == 0.0


def test_models_that_share_nothing_disagree_wholly() -> None:
    assert disagreement([document(region("a", 0, 1)), document(region("b", 0, 1))]) == 1.0


def test_half_of_the_united_time_shared_is_half_a_disagreement() -> None:
    assert disagreement([document(region("a", 0, 3)), document(region("a", 1, 4))]) == pytest.approx(0.5)


def test_of_three_models_the_mean_over_pairs_counts() -> None:
    same, other = document(tags={"a": 1}), document(tags={"b": 1})
    assert disagreement([same, same, other]) == pytest.approx(2 / 3)


def test_one_model_alone_agrees_with_nobody() -> None:
    assert disagreement([document(region("a", 0, 1))]) is None
    assert disagreement([document(), document()]) is None


spans = st.lists(
    st.tuples(st.sampled_from("ab"), st.floats(0, 50), st.floats(0, 50)).map(
        lambda one: region(one[0], min(one[1:]), max(one[1:]))
    ),
    max_size=8,
)


@given(spans, spans)
def test_disagreement_lies_between_0_and_1_and_has_no_direction(one: list[Any], other: list[Any]) -> None:
    found = disagreement([document(*one), document(*other)])
    assert found is None or -1e-9 <= found <= 1.0 + 1e-9
    assert found == disagreement([document(*other), document(*one)])
