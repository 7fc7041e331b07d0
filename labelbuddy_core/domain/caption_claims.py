"""What captions of the same sound claim: which claims contradict each other, and which nobody else makes.

A claim is a word of the lexicon (`domain.caption_lexicon`), a key (*A minor*), a meter (*3/4*) or a tempo (*120 bpm*)
that a text names; a negation right before it (*no*, *without*) turns it around.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from labelbuddy_core.domain.caption_lexicon import Entry

SAME_TEMPO = 0.08
"""Tempi nearer than this part of them are the same, as is the half or the double (as in MIREX: Gouyon et al. 2006)."""
_KEY = re.compile(r"\b([A-G])(?:\s?(#|♯|♭|b\b)|[ -](sharp|flat))?[ -]?(major|minor|maj|min)\b(?! key| chord)")
_METER = re.compile(r"\b(\d{1,2})/(2|4|8|16)\b")
_TEMPO = re.compile(r"\b(\d{2,3}(?:\.\d+)?)\s?(?:bpm|beats per minute)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:no|not|without|lacks?|lacking|absence of|never)\s+(?:any\s+|a\s+|an\s+|the\s+)?$", re.IGNORECASE
)
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True)
class Claim:
    """What a text claims from `start` to `end` (characters). `denied` where it says that it is not so."""

    facet: str
    value: str
    start: int
    end: int
    exclusive: bool = False
    denied: bool = False


@dataclass(frozen=True)
class Judged:
    """A claim with the places of the texts that contradict it, and of those that make it too."""

    claim: Claim
    against: tuple[int, ...]
    support: tuple[int, ...]


def claims_of(text: str, lexicon: Sequence[Entry]) -> list[Claim]:
    """The claims of a text in order; of words within longer ones (*bass* guitar) the longer count."""
    lowered = text.lower()
    found = [
        Claim(entry.facet, entry.value, match.start(), match.end(), entry.exclusive)
        for entry in lexicon
        for word in entry.words
        for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", lowered)
    ]
    found += _keys(text)
    found += [Claim("meter", match[0], match.start(), match.end(), True) for match in _METER.finditer(text)]
    found += [Claim("bpm", match[1], match.start(), match.end(), True) for match in _TEMPO.finditer(text)]
    taken: list[Claim] = []
    for claim in sorted(found, key=lambda one: one.start - one.end):
        if not any(_hides(other, claim) for other in taken):
            taken.append(_read(claim, text))
    return sorted(taken, key=lambda one: one.start)


def judged(said: Sequence[Sequence[Claim]]) -> list[list[Judged]]:
    """The claims of several texts, each beside those of the others.

    A claim of an exclusive facet is contradicted by a text that names other values of the facet only; any claim by a
    text that denies it, and the other way round.
    """
    return [
        [
            Judged(
                claim,
                tuple(other for other, theirs in _others(said, place) if _contradicts(claim, mine, theirs)),
                tuple(other for other, theirs in _others(said, place) if any(_same(claim, one) for one in theirs)),
            )
            for claim in mine
        ]
        for place, mine in enumerate(said)
    ]


def _hides(longer: Claim, shorter: Claim) -> bool:
    """Whether a word is only part of another; *woman sings* is singing too, and *A minor* is minor."""
    overlap = shorter.start < longer.end and longer.start < shorter.end
    return overlap and (longer.facet == shorter.facet or longer.facet not in ("key", "voice"))


def _contradicts(claim: Claim, mine: Sequence[Claim], theirs: Sequence[Claim]) -> bool:
    if any(one.denied != claim.denied and _same_value(claim, one) for one in theirs):
        return True
    if not claim.exclusive or claim.denied:
        return False
    of_facet = [one for one in theirs if one.facet == claim.facet and not one.denied]
    own = [one for one in mine if one.facet == claim.facet and not one.denied]
    return bool(of_facet) and not any(_same_value(one, other) for one in own for other in of_facet)


def _same(one: Claim, other: Claim) -> bool:
    return one.denied == other.denied and _same_value(one, other)


def _same_value(one: Claim, other: Claim) -> bool:
    if one.facet != other.facet:
        return False
    if one.facet == "bpm":
        ratio = float(one.value) / float(other.value)
        return any(abs(ratio / wanted - 1.0) <= SAME_TEMPO for wanted in (0.5, 1.0, 2.0))
    return one.value == other.value


def _others(said: Sequence[Sequence[Claim]], place: int) -> Iterable[tuple[int, Sequence[Claim]]]:
    return ((other, theirs) for other, theirs in enumerate(said) if other != place)


def _read(claim: Claim, text: str) -> Claim:
    if not _NEGATION.search(text[: claim.start]):
        return claim
    return Claim(claim.facet, claim.value, claim.start, claim.end, claim.exclusive, denied=True)


def _keys(text: str) -> list[Claim]:
    """Keys by the number of their tonic: C sharp and D flat are the same."""
    found = []
    for match in _KEY.finditer(text):
        sign = {"#": 1, "♯": 1, "sharp": 1, "♭": -1, "b": -1, "flat": -1}.get(match[2] or match[3] or "", 0)
        mode = "major" if match[4].startswith("maj") else "minor"
        value = f"{(_SEMITONES[match[1]] + sign) % 12} {mode}"
        found.append(Claim("key", value, match.start(), match.end(), True))
        found.append(Claim("mode", mode, match.start(4), match.end(), True))
    return found
