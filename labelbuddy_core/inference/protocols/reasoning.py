"""Keep what a model thought apart from what it answers, in the forms that audio-language models write."""

from __future__ import annotations

import re

_HARMONY = re.compile(
    r"<\|channel\|>(\w+)[^<]*<\|message\|>(.*?)(?=<\|end\|>|<\|return\|>|<\|start\|>|<\|channel\|>|$)", re.S
)
_OPEN, _CLOSE = "<think>", "</think>"


def split_reasoning(text: str, form: str) -> tuple[str, str]:
    """(reasoning, answer) of a text. `form` is the specification's `chat.reasoning`.

    Tags at the beginning are unmistakable and always kept apart; that the opening tag may be missing (templates write
    it into the prompt) holds only for the form `think-tags`.
    """
    if "<|channel|>" in text and "<|message|>" in text:
        parts = _HARMONY.findall(text)
        thought = "\n".join(part.strip() for channel, part in parts if channel != "final")
        return thought, "\n".join(part.strip() for channel, part in parts if channel == "final")
    begun = text.lstrip().startswith(_OPEN)
    if begun or (form == "think-tags" and _CLOSE in text):
        thought, closed, answer = text.partition(_CLOSE)
        thought = thought.lstrip().removeprefix(_OPEN).strip()
        return (thought, answer.strip()) if closed else (thought, "")
    return "", text.strip()
