"""From the words of an answer to tags and described stretches, with scores and notes about what was left out.

The score of a tag or stretch is the probability that the network gave to the words that say it.
"""

from __future__ import annotations

from collections.abc import Sequence

from model_containers.audio_language import words
from model_containers.audio_language.pieces import Piece, probability_of
from model_containers.serving import Caption, Tag
from model_containers.serving.thinking import Separator

_MOST = 0.9999
"""No answer in words is certain."""


def parted(pieces: Sequence[Piece]) -> tuple[str, str, int]:
    """What the model thought, what it answered, and where the answer begins in the text of all pieces."""
    separator = Separator()
    parts = [part for piece in pieces for part in separator.take(piece.text)] + separator.rest()
    thought = "".join(part.text for part in parts if part.field == "reasoning_content").strip()
    said = "".join(part.text for part in parts if part.field == "content")
    whole = "".join(piece.text for piece in pieces)
    return thought, said, len(whole) - len(said) if whole.endswith(said) else 0


def tags(pieces: Sequence[Piece], vocabulary: Sequence[str]) -> tuple[list[Tag], list[str]]:
    """Labels of the vocabulary that the answer names, and notes."""
    _, said, place = parted(pieces)
    found = words.labels_in(said, vocabulary)
    notes = []
    if found.unknown:
        notes.append(f"Not in the vocabulary and left out: {', '.join(found.unknown[:20])}.")
    if found.denied:
        notes.append(f"Named as absent, and not taken as tags: {', '.join(found.denied[:20])}.")
    named = [Tag(one.label, _score(pieces, place + one.start, place + one.end)) for one in found.named]
    return sorted(named, key=lambda tag: -tag.score), notes


def captions(pieces: Sequence[Piece], label: str, begin: float, duration: float) -> tuple[list[Caption], list[str]]:
    """The stretches that an answer about `duration` seconds of sound describes, moved by `begin` seconds, and notes."""
    _, said, place = parted(pieces)
    timed, _ = words.timed_texts(said)
    if not timed:
        return [], ["The answer has no time stamps: no stretch could be taken from it."]
    found, beyond = [], 0
    for one, after in zip(timed, [*timed[1:], None], strict=True):
        end = one.end if one.end is not None else (after.start if after and after.start >= one.start else duration)
        if one.start >= duration:
            beyond += 1
            continue
        at = place + one.place
        score = _score(pieces, at, at + len(one.text))
        found.append(Caption(begin + one.start, begin + min(end, duration), label, score, one.text))
    notes = [f"{beyond} described stretch(es) begin after the end of the sound and were left out."] if beyond else []
    return found, notes


def _score(pieces: Sequence[Piece], start: int, end: int) -> float:
    return round(min(_MOST, probability_of(pieces, start, end)), 4)
