"""What captions claim beside each other: contradictions, support, and the words of a project."""

from __future__ import annotations

import pytest

from labelbuddy_core.domain.caption_claims import claims_of, judged
from labelbuddy_core.domain.caption_lexicon import LEXICON, as_lines, entries_of_lines, parse_lexicon, with_own
from labelbuddy_core.errors import Invalid


def contradicted(*texts: str) -> list[list[str]]:
    """Of each text the words that another one contradicts."""
    said = [claims_of(text, LEXICON) for text in texts]
    return [
        [texts[place][one.claim.start : one.claim.end] for one in ones if one.against]
        for place, ones in enumerate(judged(said))
    ]


def alone(*texts: str) -> list[list[str]]:
    """Of each text the words that nobody else says."""
    said = [claims_of(text, LEXICON) for text in texts]
    return [
        [texts[place][one.claim.start : one.claim.end] for one in ones if not one.support]
        for place, ones in enumerate(judged(said))
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("A piano over vinyl crackle.", "A piano with rain sounds.", [["vinyl crackle"], ["rain sounds"]]),
        ("A slow ballad.", "A fast song.", [["slow"], ["fast"]]),
        ("A sad, calm tune.", "A cheerful and energetic tune.", [["sad", "calm"], ["cheerful", "energetic"]]),
        ("It is in A minor.", "A song in C major.", [["A minor", "minor"], ["C major", "major"]]),
        ("In C# minor.", "In D flat minor.", [[], []]),
        ("In C minor, 3/4.", "In C minor, 4/4.", [["3/4"], ["4/4"]]),
        ("About 120 bpm.", "At 96 BPM.", [["120 bpm"], ["96 BPM"]]),
        ("About 120 bpm.", "At 61 BPM, or 118 bpm.", [[], []]),
        ("There are drums.", "Without drums.", [["drums"], ["drums"]]),
        ("A male voice.", "A female singer.", [["male voice"], ["female singer"]]),
        ("A guitar.", "A piano.", [[], []]),
        ("Slow, later fast.", "A fast song.", [[], []]),
        ("A train passes.", "Training is fun.", [[], []]),
    ],
)
def test_what_rules_each_other_out_is_found_and_nothing_else(one: str, other: str, expected: list[list[str]]) -> None:
    assert contradicted(one, other) == expected
    assert contradicted(other, one) == expected[::-1]


def test_a_claim_that_nobody_else_makes_is_without_support() -> None:
    texts = ("A violin and a dog.", "A fiddle plays.", "Dogs bark; a tuba.")
    assert alone(*texts) == [[], [], ["tuba"]]


def test_words_within_longer_ones_are_not_claims_of_their_own() -> None:
    found = [(claim.facet, claim.value) for claim in claims_of("A bass guitar and wind instruments.", LEXICON)]
    assert found == [("instrument", "bass guitar"), ("instrument", "wind instruments")]


def test_the_words_of_a_project_are_compared_too() -> None:
    own = entries_of_lines(["noise: keyboard = typing, key clicks", "", "noise: rain = patter"])
    assert as_lines(own) == ["noise: keyboard = typing, key clicks", "noise: rain = patter"]
    said = [claims_of(text, with_own(own)) for text in ("Somebody is typing.", "The patter of rain.")]
    assert [[bool(one.against) for one in ones] for ones in judged(said)] == [[True], [True, True]]


@pytest.mark.parametrize("line", ["no colon", ": value = word", "facet: = word", "facet: value = ,"])
def test_a_line_that_is_no_entry_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(Invalid) as refused:
        entries_of_lines(["noise: rain = patter", line])
    assert refused.value.field == "lexicon.1"


def test_too_many_entries_are_refused() -> None:
    with pytest.raises(Invalid, match="at most 500"):
        parse_lexicon([{"facet": "a", "value": str(number), "words": ["x"]} for number in range(501)])


def test_every_entry_of_the_lexicon_is_found_by_its_own_words_alone() -> None:
    for entry in LEXICON:
        for word in entry.words:
            found = {(claim.facet, claim.value) for claim in claims_of(word, LEXICON)}
            if not word.startswith(("no ", "without ")):
                assert (entry.facet, entry.value) in found, word
