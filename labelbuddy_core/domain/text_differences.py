"""Where several texts about the same sound say the same, and where they differ, word by word and phrase by phrase.

The texts are aligned with the one that is most like all others. Case and punctuation alone are no difference. What
differs on both sides of a small word (*of*, *the*) that is the same is one phrase.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from labelbuddy_core.domain.agreement.texts import most_alike

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]|_")
_SMALL = frozenset(("a", "an", "the", "of", "in", "on", "with", "and", "or", "to", "at", "is", "by", "for"))
MOST_WORDS = 2000
"""Of one text; longer ones are compared up to there."""


@dataclass(frozen=True)
class Phrase:
    """A stretch of the texts that all of them say (`same`), or that they say differently.

    `texts` has for every text what it says there, "" for one that says nothing; `places` where that lies in it (start
    and end, in characters).
    """

    same: bool
    texts: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Word:
    key: str
    start: int
    end: int


def differences(texts: Sequence[str]) -> list[Phrase]:
    """The phrases of several texts in order; one text is all the same."""
    if not texts:
        return []
    words = [_words(text) for text in texts]
    base = most_alike(texts) if len(texts) > 1 else 0
    # an edge is a place between the base's words; every text is cut where no text differs across the edge
    blocks = [_blocks(words[base], one) for one in words]
    edges = _common_edges(len(words[base]), blocks)
    columns = [tuple(_between(block, before, after) for block in blocks) for before, after in pairwise(edges)]
    cut: list[tuple[bool, list[list[_Word]]]] = []
    for spans in columns:
        said = [one[first:last] for one, (first, last) in zip(words, spans, strict=True)]
        keys = [tuple(word.key for word in part) for part in said]
        if any(keys):
            cut.append((len(set(keys)) == 1, said))
    return [_phrase(texts, same, said) for same, said in _joined(cut)]


def _words(text: str) -> list[_Word]:
    """Words with their punctuation behind them: a dot alone is no difference."""
    found: list[_Word] = []
    for match in _TOKEN.finditer(text):
        if match[0][0].isalnum():
            found.append(_Word(match[0].casefold().replace("’", "'"), match.start(), match.end()))
    return found[:MOST_WORDS]


_Block = tuple[int, int, int, int]
"""Words of the base from and to, and of another text from and to, that belong together."""


def _blocks(base: list[_Word], other: list[_Word]) -> list[_Block]:
    """What of the base belongs to what of another text; each word that is the same is a block of its own."""
    matcher = SequenceMatcher(None, [word.key for word in base], [word.key for word in other], autojunk=False)
    found: list[_Block] = []
    for kind, first, last, start, stop in matcher.get_opcodes():
        if kind == "equal":
            found += [(first + step, first + step + 1, start + step, start + step + 1) for step in range(last - first)]
        else:
            found.append((first, last, start, stop))
    return found


def _common_edges(length: int, blocks: Sequence[Sequence[_Block]]) -> list[tuple[int, int]]:
    """Where all texts can be cut: (place in the base, 0 before and 1 behind what others insert there)."""
    inside: set[int] = set()
    for found in blocks:
        for first, last, _, _ in found:
            inside.update(range(first + 1, last))
    return [(place, side) for place in range(length + 1) if place not in inside for side in (0, 1)]


def _between(blocks: Sequence[_Block], before: tuple[int, int], after: tuple[int, int]) -> tuple[int, int]:
    """The words of a text that lie between two edges."""
    found = [
        (start, stop)
        for first, last, start, stop in blocks
        if (before <= (first, 0) and (last, 1) <= after and first == last)
        or (before <= (first, 1) and (last, 0) <= after and first < last)
    ]
    return (found[0][0], found[-1][1]) if found else (0, 0)


def _joined(cut: list[tuple[bool, list[list[_Word]]]]) -> list[tuple[bool, list[list[_Word]]]]:
    """Neighbors of a kind together, and a difference that goes on after a small word as one."""
    merged: list[tuple[bool, list[list[_Word]]]] = []
    for place, (same, said) in enumerate(cut):
        small = same and len(said[0]) == 1 and said[0][0].key in _SMALL
        between = small and 0 < place < len(cut) - 1 and not cut[place - 1][0] and not cut[place + 1][0]
        kind = same and not between
        if merged and merged[-1][0] == kind:
            merged[-1] = (kind, [one + more for one, more in zip(merged[-1][1], said, strict=True)])
        else:
            merged.append((kind, [list(one) for one in said]))
    return merged


def _phrase(texts: Sequence[str], same: bool, said: list[list[_Word]]) -> Phrase:
    places = tuple((part[0].start, part[-1].end) if part else (0, 0) for part in said)
    return Phrase(same, tuple(text[start:end] for text, (start, end) in zip(texts, places, strict=True)), places)
