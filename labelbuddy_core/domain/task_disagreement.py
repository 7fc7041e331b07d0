"""How far the answers to one task differ: what was marked, the tags, the beats and the captions in one figure.

From 0 (the same) to 1. Of each pair of documents the mean of what can be compared; then the mean over the pairs.
Regions and tags as in `domain.prediction_measures`, beats by 1 − F with a window of 70 ms (Dixon 2007), captions by
1 − chrF (Popović 2015).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from labelbuddy_core.domain import prediction_measures
from labelbuddy_core.domain.agreement.texts import likeness

Document = Mapping[str, Any]
BEAT_WINDOW = 0.07
"""Beats nearer than this (s) are the same."""


def task_disagreement(documents: Sequence[Document]) -> float | None:
    """None for fewer than two documents; 0 where nobody said anything."""
    if len(documents) < 2:
        return None
    pairs = [parts for one, other in combinations(documents, 2) if (parts := _parts(one, other))]
    return sum(sum(parts) / len(parts) for parts in pairs) / len(pairs) if pairs else 0.0


def _parts(one: Document, other: Document) -> list[float]:
    parts = []
    if (marks := prediction_measures.disagreement([one, other])) is not None:
        parts.append(marks)
    if (beats := _beats_apart(_beats(one), _beats(other))) is not None:
        parts.append(beats)
    first, second = _caption(one), _caption(other)
    if first or second:
        parts.append(1.0 - likeness(first, second) if first and second else 1.0)
    return parts


def _beats_apart(mine: list[float], theirs: list[float]) -> float | None:
    """1 − F of beats in order; None where neither has any."""
    if not mine and not theirs:
        return None
    i = j = met = 0
    while i < len(mine) and j < len(theirs):
        if abs(mine[i] - theirs[j]) <= BEAT_WINDOW:
            met, i, j = met + 1, i + 1, j + 1
        elif mine[i] < theirs[j]:
            i += 1
        else:
            j += 1
    return 1.0 - 2.0 * met / (len(mine) + len(theirs))


def _beats(document: Document) -> list[float]:
    return sorted(float(one["time"]) for one in document.get("points") or () if one.get("kind") == "beat")


def _caption(document: Document) -> str:
    return ((document.get("caption") or {}).get("text") or "").strip()
