"""Whether a region keeps to the rules of its label: how short it is, its text, its attributes, and overlaps.

What a region said before it is put again is not held against it: rules may have been tightened since.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from labelbuddy_core.domain.documents import Point, Region
from labelbuddy_core.domain.label_rules import Attribute, LabelRules
from labelbuddy_core.domain.vocabularies import problem_of_text

TOUCH: Final = 2e-6
"""Seconds; regions that share less than this do not overlap, since times are rounded to a microsecond."""
RATINGS: Final = range(1, 6)
MAX_ANSWER: Final = 20_000
"""Characters of an attribute that is a text."""
_NAMED_CHOICES: Final = 8


@dataclass(frozen=True)
class RuledLabel:
    """A label as its rules are told about: by its name."""

    id: str
    name: str
    rules: LabelRules
    deprecated: bool = False


@dataclass(frozen=True)
class BrokenRule:
    """What is wrong about a region: the member, as in `text` or `attributes.mood`, and why."""

    member: str
    detail: str


@dataclass(frozen=True)
class Span:
    """Where a region lies, in seconds."""

    key: str
    start: float
    stop: float


def broken_rules(region: Region, label: RuledLabel) -> Iterator[BrokenRule]:
    """The rules that a region breaks, besides overlaps."""
    rules = label.rules
    length = region.end - region.start
    if rules.shortest and length < rules.shortest - TOUCH:
        detail = f"A region of {label.name} lasts at least {rules.shortest:g} s, this one {length:g} s."
        yield BrokenRule("end", detail)
    wrong = problem_of_text(rules.vocabulary, region.text or "", rules.words)
    if wrong:
        yield BrokenRule("text", wrong)
    yield from wrong_answers(region.attributes, label)


def wrong_answers(attributes: Mapping[str, Any], label: RuledLabel) -> Iterator[BrokenRule]:
    """Attributes of a region or an instant that its label does not ask for, or whose value is no answer."""
    asked = {attribute.id: attribute for attribute in label.rules.attributes}
    for name, value in attributes.items():
        wrong = _wrong_answer(asked[name], value) if name in asked else _not_asked(name, label)
        if wrong:
            yield BrokenRule(f"attributes.{name}", wrong)


def is_answered_as_before(broken: BrokenRule, point: Point, before: Mapping[str, Any] | None) -> bool:
    """Whether an instant had the same wrong answer as it was stored, under the same label."""
    if before is None or before.get("label") != point.label:
        return False
    name = broken.member.removeprefix("attributes.")
    known = before.get("attributes") or {}
    return name in known and known[name] == point.attributes[name]


def is_as_before(broken: BrokenRule, region: Region, before: Mapping[str, Any] | None) -> bool:
    """Whether the region broke the rule in the same way as it was stored, under the same label."""
    if before is None or before["label"] != region.label:
        return False
    if broken.member == "end":
        return before["start"] == region.start and before["end"] == region.end
    if broken.member == "text":
        return before.get("text") == region.text
    name = broken.member.removeprefix("attributes.")
    return name in before.get("attributes", {}) and before["attributes"][name] == region.attributes[name]


def lies_as_before(region: Region, before: Mapping[str, Any] | None) -> bool:
    """Whether a region has the label, the tier and the times that it was stored with."""
    if before is None or before.get("tier") != region.tier:
        return False
    return (before["label"], before["start"], before["end"]) == (region.label, region.start, region.end)


def unanswered(attributes: Mapping[str, Any], rules: LabelRules) -> Attribute | None:
    """The first attribute that is required and has no answer."""
    return next((one for one in rules.attributes if one.required and attributes.get(one.id) in (None, "")), None)


def first_overlap(spans: Iterable[Span], changed: Mapping[str, int]) -> tuple[Span, Span] | None:
    """A changed span that overlaps another one, with that one; None when all changed ones lie free.

    `spans` are in the order of their starts. `changed` has the places of changed spans in the request: of two that
    overlap each other the later one is named first.
    """
    longest: Span | None = None
    longest_changed: Span | None = None
    for span in spans:
        earlier = longest if span.key in changed else longest_changed
        if earlier is not None and _overlap(earlier, span):
            second = changed.get(span.key, -1) > changed.get(earlier.key, -1)
            return (span, earlier) if second else (earlier, span)
        if longest is None or span.stop > longest.stop:
            longest = span
        if span.key in changed and (longest_changed is None or span.stop > longest_changed.stop):
            longest_changed = span
    return None


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.stop - TOUCH and one.stop > other.start + TOUCH


def _not_asked(name: str, label: RuledLabel) -> str:
    asked = ", ".join(attribute.id for attribute in label.rules.attributes)
    return f"{label.name} does not ask for “{name[:80]}”, {f'only for {asked}' if asked else 'nor for anything else'}."


def _wrong_answer(attribute: Attribute, value: Any) -> str | None:
    """Why a value is no answer, or None; nothing is an answer that is still to come."""
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match attribute.kind:
        case "choice" if value not in attribute.choices:
            named = ", ".join(attribute.choices[:_NAMED_CHOICES])
            more = " …" if len(attribute.choices) > _NAMED_CHOICES else ""
            return f"“{attribute.name}” is one of {named}{more}, not “{value}”."
        case "number" if not (number and math.isfinite(value)):
            return f"“{attribute.name}” is a number, not “{value}”."
        case "rating" if not (number and value in RATINGS):
            return f"“{attribute.name}” is a rating from {RATINGS[0]} to {RATINGS[-1]}, not “{value}”."
        case "yes-no" if not isinstance(value, bool):
            return f"“{attribute.name}” is true or false, not “{value}”."
        case "text" if not isinstance(value, str) or len(value) > MAX_ANSWER:
            return f"“{attribute.name}” is a text of at most {MAX_ANSWER:,} characters."
    return None
