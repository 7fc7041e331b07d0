"""From tokens to pieces of text, one a token: special tokens are no text, and half a character waits for its rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_UNFINISHED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Piece:
    """Some text, and the probability that the network gave its token."""

    text: str
    probability: float


class PieceReader:
    """Reads tokens in turn."""

    def __init__(self, tokenizer: Any, skipped: frozenset[int]) -> None:
        self._tokenizer, self._skipped = tokenizer, skipped
        self._ids: list[int] = []
        self._read = 0
        self._before = ""

    def begin_with(self, text: str) -> None:
        """Put a text before the first piece."""
        self._before = text

    def read(self, token: int, probability: float) -> Piece:
        """The text that a token adds; empty for a special one, and until a character is complete."""
        if token not in self._skipped:
            self._ids.append(token)
        text = self._tokenizer.decode(self._ids, clean_up_tokenization_spaces=False)
        added = "" if text.endswith(_UNFINISHED) else text[self._read :]
        self._read += len(added)
        if added.endswith("\n"):  # nothing before a line break changes any more
            self._ids, self._read = [], 0
        before, self._before = self._before, ""
        return Piece(before + added, probability)


def probability_of(pieces: Sequence[Piece], start: int, end: int) -> float:
    """How probable the network found characters `start` to `end` of its answer: the geometric mean over tokens."""
    logs, at = [], 0
    for piece in pieces:
        if at < end and at + len(piece.text) > start:
            logs.append(math.log(max(piece.probability, 1e-12)))
        at += len(piece.text)
    return math.exp(sum(logs) / len(logs)) if logs else 0.0
