"""Suggestions of models to annotators: when a project lets them be seen, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Suggestions(StrEnum):
    """When annotators see what models suggest. A first look without suggestions tells how far people follow them."""

    SHOWN = "shown"
    AFTER_FIRST_PASS = "after_first_pass"  # noqa: S105
    HIDDEN = "hidden"


WITHHELD: Final = {
    Suggestions.AFTER_FIRST_PASS: "Suggestions come after a first pass: mark what you hear, then ask to see them.",
    Suggestions.HIDDEN: "This project shows no suggestions to its annotators.",
}
"""Why a person does not see suggestions."""


@dataclass(frozen=True)
class Source:
    """The item of a prediction that an item of a document was accepted from."""

    prediction: str
    region: str


@dataclass(frozen=True)
class Decision:
    """What happened to an accepted suggestion: `accepted`, `edited`, or `removed` again."""

    kind: str
    source: Source
    item: Mapping[str, Any]


def source_of(key: str, item: Mapping[str, Any] | None) -> Source | None:
    """Where an item (plain JSON) was accepted from; None for what a person made."""
    origin = (item or {}).get("origin") or {}
    if origin.get("kind") != "model" or not origin.get("prediction"):
        return None
    return Source(str(origin["prediction"]), str(origin.get("region") or key))


def decisions_between(key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Decision]:
    """What an edit that brings an item from `before` to `after` decided about suggestions."""
    was, now = source_of(key, before), source_of(key, after)
    if was is not None and was == now:
        edited = _is_edited(after) and not _is_edited(before)
        return [Decision("edited", was, after or {})] if edited else []
    removed = [] if was is None else [Decision("removed", was, before or {})]
    return removed if now is None else [*removed, Decision("accepted", now, after or {})]


def _is_edited(item: Mapping[str, Any] | None) -> bool:
    return bool(item and item["origin"].get("edited"))
