"""How alike two captions are: chrF as sacrebleu 2.6.0 computes it, ROUGE-L as rouge-score 0.1.2 does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.domain.agreement.texts import chrf, likeness, most_alike, rouge_l

VINYL = "A lo-fi hip-hop track with vinyl crackle and a mellow piano."
RAIN = "A lo-fi hip-hop track with rain sounds and a mellow piano."


@pytest.mark.parametrize(
    ("text", "reference", "by_characters", "by_words"),
    [
        (VINYL, RAIN, 0.737983, 0.846154),
        ("The cat sat on the mat", "A cat is sitting on a mat.", 0.167541, 0.461538),
        ("rain", "thunder", 0.078125, 0.0),
        ("short", "a considerably longer reference text about sound", 0.023121, 0.0),
        ("Dvořák's Größe", "Dvoraks Groesse", 0.176951, 0.0),
        ("ab", "abc", 0.636364, 0.0),
    ],
)
def test_figures_are_those_of_the_reference_implementations(
    text: str, reference: str, by_characters: float, by_words: float
) -> None:
    assert chrf(text, reference) == pytest.approx(by_characters, abs=1e-6)
    assert rouge_l(text, reference) == pytest.approx(by_words, abs=1e-6)


@given(st.text(max_size=60), st.text(max_size=60))
def test_who_is_named_first_changes_nothing(one: str, other: str) -> None:
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert rouge_l(one, other) == rouge_l(other, one)
    assert 0.0 <= likeness(one, other) <= 1.0 + 1e-12


def test_the_same_words_are_wholly_alike_and_nothing_is_like_nothing() -> None:
    assert chrf(VINYL, VINYL) == pytest.approx(1.0)
    assert rouge_l(VINYL, VINYL.upper()) == 1.0
    assert (chrf("", VINYL), rouge_l("", VINYL), chrf("", "")) == (0.0, 0.0, 0.0)


def test_the_text_most_like_the_others_is_found() -> None:
    assert most_alike([VINYL, "Something else entirely", RAIN, RAIN]) == 2
    with pytest.raises(ValueError, match="no text"):
        most_alike([])
