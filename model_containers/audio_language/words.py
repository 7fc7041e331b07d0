"""What a model's words say: labels of a vocabulary, stretches with time stamps, JSON. Nothing is made up on the way.

LabelBuddy's client of chat servers reads their words with the same functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

_LONGEST_ITEM = 6
"""Words; a text between commas that is longer makes the whole a sentence, not a list."""

_ALONE = 3
"""Words; a text without commas that is longer is a sentence."""

_NEGATION = re.compile(
    r"\b(?:no|not|without|never|lacks?|lacking|absence of|isn't|aren't)(?:\s+(?:a|an|any|the))?\s+$", re.I
)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+")
_AROUND = " \t\"'“”‘’`*_.;:!?()[]"


class Named(NamedTuple):
    """A label of the vocabulary, and where the text says it."""

    label: str
    start: int
    end: int


@dataclass(frozen=True)
class Labels:
    """The labels that a text names, each once; `unknown` are the items of a list that the vocabulary does not have, and
    `denied` labels that the text says are absent."""

    named: tuple[Named, ...] = ()
    unknown: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


@dataclass(frozen=True)
class TimedText:
    """Words about the stretch from `start` to `end` (seconds; None: the text does not say where it ends).

    `place` is where the words begin in the text that they were read from.
    """

    start: float
    end: float | None
    text: str
    place: int


def labels_in(text: str, vocabulary: Sequence[str]) -> Labels:
    """The labels of a vocabulary that a text names: as a JSON list, as a list in words, or in sentences.

    Items of a list count as a whole (*soft rock* is not *rock*); in sentences whole words count, the longest label
    first, and not where they are denied (*no drums*).
    """
    spelling = {label.casefold(): label for label in vocabulary}
    items = _json_items(text)
    if items is None:
        items = _items(text)
        in_sentences = _in_sentences(text, vocabulary)
        if not any(item.casefold() in spelling for item, _ in items) and (not items or in_sentences != Labels()):
            return in_sentences
    named, unknown = [], []
    for item, place in items:
        label = spelling.get(item.casefold())
        if label is None:
            unknown.append(item[:80])
        else:
            named.append(Named(label, place, place + len(item)))
    return Labels(_once(named), tuple(dict.fromkeys(unknown)))


def json_in(text: str) -> Any:
    """The first JSON object or list in a text, None without one; models like to wrap it in words or a code fence."""
    found = _json_at(text)
    return None if found is None else found[0]


def timed_texts(text: str) -> tuple[list[TimedText], str]:
    """The stretches that a text describes with time stamps, in order, and what it says besides.

    Read are `[0:12 - 0:30] words`, `0:12–0:30: words`, `(12.5s to 30s) words`, `[0:12] words` and their like, at the
    beginning of a line or in brackets. An end before its beginning is no stretch: its words are said besides.
    """
    marks = [mark for mark in _STRETCH.finditer(text) if _stamps(mark)]
    if not marks:
        return [], text.strip()
    found, besides = [], [text[: marks[0].start()]]
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        words = text[mark.end() : after.start() if after else len(text)]
        if after is None:
            words, _, rest = words.partition("\n\n")
            besides.append(rest)
        start, end = _stamps(mark) or (0.0, None)
        said = " ".join(words.split()).strip(" -–—:|*•")
        if not said:
            continue
        if end is not None and end < start:
            besides.append(said)
            continue
        place = mark.end() + len(words) - len(words.lstrip(" \t\r\n-–—:|*•"))
        found.append(TimedText(start, end, said, place))
    return found, "\n".join(part for one in besides if (part := one.strip(" \t\r\n-*•")))


_STAMP = r"(?:(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)|(\d+(?:\.\d+)?))\s*(?:s|secs?|seconds?)?"
_STRETCH = re.compile(
    rf"(?:^[ \t]*(?:[-*•][ \t]+|\d{{1,3}}[.)][ \t]+)?(?:\*\*)?(?:from[ \t]+)?|(?=[\[(]))"
    rf"(?P<open>[\[(])?[ \t]*{_STAMP}(?:[ \t]*(?:-->|[-–—]|to|until)[ \t]*{_STAMP})?[ \t]*(?P<close>[\])])?"
    r"(?:\*\*)?[ \t]*[:,]?",
    re.M | re.I,
)


def _stamps(mark: re.Match[str]) -> tuple[float, float | None] | None:
    """The seconds of a match; None for what only looks like a stamp: a bare number, a bracket that stays open."""
    if bool(mark["open"]) != bool(mark["close"]):
        return None
    start, end = _seconds(mark.groups()[1:5]), _seconds(mark.groups()[5:9])
    clock = mark.groups()[2] is not None
    unit = re.search(r"\d\s*(?:s|secs?|seconds?)\b", mark[0], re.I)
    if start is None or not (clock or unit or (mark["open"] and end is not None)):
        return None
    return start, end


def _seconds(parts: Sequence[str | None]) -> float | None:
    hours, minutes, seconds, plain = parts
    if plain is not None:
        return float(plain)
    if seconds is None:
        return None
    return 3600.0 * int(hours or 0) + 60.0 * int(minutes or 0) + float(seconds)


def _json_at(text: str) -> tuple[Any, int, int] | None:
    decoder = json.JSONDecoder()
    for match in re.finditer(r"[{\[]", text):
        try:
            value, end = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        return value, match.start(), end
    return None


def _json_items(text: str) -> list[tuple[str, int]] | None:
    """The items of a JSON list, or of the `tags` of an object, and where each stands; None without one."""
    found = _json_at(text)
    if found is None:
        return None
    value, at, _ = found
    value = value.get("tags") if isinstance(value, dict) else value
    if not isinstance(value, list):
        return None
    said = [str(one.get("label", "")) if isinstance(one, dict) else str(one) for one in value]
    return [(item, max(text.find(item, at), at)) for one in said if (item := one.strip())]


def _items(text: str) -> list[tuple[str, int]]:
    """The items between commas or on lines, and where each stands; none for sentences."""
    items = []
    for match in re.finditer(r"[^,;\n]+", text):
        item = _BULLET.sub("", match[0]).strip(_AROUND)
        item = item.removeprefix("and ").strip(_AROUND)
        if not item:
            continue
        if len(item.split()) > _LONGEST_ITEM or re.search(r"[.!?]\s+\S", item):
            return []
        items.append((item, match.start() + match[0].find(item)))
    return items if len(items) > 1 or (items and len(items[0][0].split()) <= _ALONE) else []


def _in_sentences(text: str, vocabulary: Sequence[str]) -> Labels:
    taken: list[tuple[int, int]] = []
    named, denied = [], []
    for label in sorted(vocabulary, key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(label)}(?!\w)", text, re.I):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            if _NEGATION.search(text[: match.start()]):
                denied.append(label)
            else:
                named.append(Named(label, *match.span()))
    once = _once(sorted(named, key=lambda one: one.start))
    said = {one.label for one in once}
    return Labels(once, denied=tuple(dict.fromkeys(label for label in denied if label not in said)))


def _once(named: Sequence[Named]) -> tuple[Named, ...]:
    first: dict[str, Named] = {}
    for one in named:
        first.setdefault(one.label, one)
    return tuple(first.values())
