"""Chords, sections, words of a label: taken and refused as in the editor, which tests with the same file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labelbuddy_core.domain.label_rules import VOCABULARIES
from labelbuddy_core.domain.vocabularies import problem_of_text

WORDS = json.loads((Path(__file__).parents[1] / "vocabularies.json").read_text(encoding="utf-8"))
TAKEN = [(name, word) for name, words in WORDS.items() for word in words["taken"]]
REFUSED = [(name, word) for name, words in WORDS.items() for word in words["refused"]]


def test_every_vocabulary_has_words_to_test_with() -> None:
    assert set(WORDS) == set(VOCABULARIES)


@pytest.mark.parametrize(("vocabulary", "word"), TAKEN)
def test_a_word_of_the_vocabulary_is_taken(vocabulary: str, word: str) -> None:
    assert problem_of_text(vocabulary, word, WORDS[vocabulary].get("words", ())) is None


@pytest.mark.parametrize(("vocabulary", "word"), REFUSED)
def test_another_word_is_refused_and_named(vocabulary: str, word: str) -> None:
    assert word.strip() in (problem_of_text(vocabulary, word, WORDS[vocabulary].get("words", ())) or "")
