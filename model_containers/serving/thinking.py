"""Tells what a model thinks from what it answers, piece by piece: a text that begins with `<think>` thinks first."""

from __future__ import annotations

from typing import Literal, NamedTuple

_OPEN, _CLOSE = "<think>", "</think>"

Field = Literal["content", "reasoning_content"]


class Part(NamedTuple):
    """Some text, and the field of OpenAI's form that it belongs to."""

    field: Field
    text: str


class Separator:
    """Takes the pieces of an answer in turn; what may be the beginning of a tag is held back until that is known."""

    def __init__(self) -> None:
        self._state: Literal["beginning", "thought", "gap", "answer"] = "beginning"
        self._held = ""

    def take(self, piece: str) -> list[Part]:
        """What is known with this piece."""
        self._held += piece
        found = []
        if self._state == "beginning":
            begun = self._held.lstrip()
            if begun.startswith(_OPEN):
                self._state, self._held = "thought", begun[len(_OPEN) :]
            elif not _OPEN.startswith(begun):
                self._state = "answer"
        if self._state == "thought":
            thought, closed, after = self._held.partition(_CLOSE)
            if closed:
                self._state, self._held = "gap", after
            else:
                kept = _begun(thought, _CLOSE)
                thought, self._held = thought[: len(thought) - kept], thought[len(thought) - kept :]
            found += [Part("reasoning_content", thought)] if thought else []
        if self._state == "gap":
            self._held = self._held.lstrip()
            self._state = "answer" if self._held else "gap"
        if self._state == "answer" and self._held:
            found.append(Part("content", self._held))
            self._held = ""
        return found

    def rest(self) -> list[Part]:
        """What was held back when the answer ended."""
        field: Field = "reasoning_content" if self._state == "thought" else "content"
        held, self._held = self._held, ""
        return [Part(field, held)] if held.strip() else []


def _begun(text: str, tag: str) -> int:
    """How many characters at the end of a text are the beginning of a tag."""
    return next((length for length in range(len(tag) - 1, 0, -1) if text.endswith(tag[:length])), 0)
