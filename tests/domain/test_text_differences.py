"""Where captions of the same sound differ, word by word and phrase by phrase."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.domain.text_differences import differences

VINYL = "A lo-fi hip-hop track with vinyl crackle and a mellow piano."
RAIN = "A lo-fi hip-hop track with rain sounds and a mellow piano."


def told(*texts: str) -> list[str | tuple[str, ...]]:
    """What all say as a text, what they say differently as a tuple."""
    return [phrase.texts[0] if phrase.same else phrase.texts for phrase in differences(texts)]


def test_a_phrase_that_two_say_differently_stands_alone() -> None:
    assert told(VINYL, RAIN) == ["A lo-fi hip-hop track with", ("vinyl crackle", "rain sounds"), "and a mellow piano"]


def test_places_lead_back_to_the_words() -> None:
    (_, phrase, _) = differences([VINYL, RAIN])
    assert [text[start:end] for text, (start, end) in zip((VINYL, RAIN), phrase.places, strict=True)] == [
        "vinyl crackle",
        "rain sounds",
    ]


def test_three_captions_are_compared_at_once() -> None:
    slow = "A slow lo-fi track with rain sounds and a bright piano"
    assert told(VINYL, RAIN, slow) == [
        "A",
        ("", "", "slow"),
        "lo-fi",
        ("hip-hop", "hip-hop", ""),
        "track with",
        ("vinyl crackle", "rain sounds", "rain sounds"),
        "and a",
        ("mellow", "mellow", "bright"),
        "piano",
    ]


def test_what_only_one_says_is_a_difference() -> None:
    assert told("a dog", "a dog barks loudly", "a dog barks") == ["a dog", ("", "barks loudly", "barks")]
    assert told("", "rain") == [("", "rain")]


def test_case_and_punctuation_are_none() -> None:
    assert told("It's raining, softly", "it’s raining softly.") == ["It's raining, softly"]


def test_a_small_word_between_two_differences_joins_them() -> None:
    assert told("sound of rain", "noise of vinyl") == [("sound of rain", "noise of vinyl")]


def test_one_caption_is_all_the_same_and_no_caption_is_nothing() -> None:
    assert told(RAIN) == [RAIN.removesuffix(".")]
    assert told() == []


WORDS = st.lists(st.sampled_from(["rain", "piano", "a", "of", "slow", "bright", "x"]), max_size=8).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_every_word_of_every_text_is_in_exactly_one_phrase_in_order(texts: list[str]) -> None:
    phrases = differences(texts)
    for place, text in enumerate(texts):
        said = [phrase.texts[place] for phrase in phrases if phrase.texts[place]]
        assert " ".join(said) == text
    for one, other in pairwise(phrases):
        assert one.same != other.same


@given(WORDS, WORDS)
def test_what_is_called_the_same_is_the_same(one: str, other: str) -> None:
    for phrase in differences([one, other]):
        assert (phrase.texts[0] == phrase.texts[1]) == phrase.same
