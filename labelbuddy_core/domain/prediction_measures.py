"""Figures of predictions from which a queue is ordered: how sure a model is, what it found, how far models differ."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

Document = Mapping[str, Any]
Spans = list[tuple[float, float]]
_SCORED = ("regions", "points", "tags")


def uncertainty(document: Document) -> float | None:
    """Mean binary entropy of the scores of regions, points and tags, in bits: 0 is sure, 1 as unsure as can be.

    Entropy sampling for labels that do not exclude each other (Settles 2009, "Active Learning Literature Survey", 3.1).
    None when nothing has a score.
    """
    scores = [
        float(score)
        for name in _SCORED
        for item in document.get(name, ())
        if (score := (item.get("origin") or {}).get("score")) is not None
    ]
    return sum(map(_entropy, scores)) / len(scores) if scores else None


def uncertainty_of(score: float | None) -> float | None:
    """How unsure a single score is, from 0 (surely, or surely not) to 1 (0.5); None without a score.

    Margin sampling for a yes-or-no question (Settles 2009, 3.1).
    """
    return None if score is None else round(1.0 - abs(2.0 * min(1.0, max(0.0, score)) - 1.0), 6)


def label_profile(document: Document, duration: float) -> dict[str, float]:
    """What a prediction found: for each label the share of `duration` (s) that its regions cover, or a tag's score."""
    profile = {label: _measure(spans) / duration for label, spans in _spans(document).items()} if duration > 0 else {}
    for tag in document.get("tags", ()):
        score = (tag.get("origin") or {}).get("score")
        profile[tag["label"]] = max(profile.get(tag["label"], 0.0), 1.0 if score is None else float(score))
    return {label: round(share, 4) for label, share in sorted(profile.items())}


def disagreement(documents: Sequence[Document]) -> float | None:
    """How far the predictions of several models differ, from 0 (the same) to 1; the mean over their pairs.

    For a pair the Jaccard distance, 1 - shared / united: of the time in which each label is heard, and of the sets of
    tags; the mean of both where there are both. None with fewer than two predictions, or none that says anything.
    """
    found = [distance for one, other in combinations(documents, 2) if (distance := _distance(one, other)) is not None]
    return sum(found) / len(found) if found else None


def _distance(one: Document, other: Document) -> float | None:
    parts = []
    first, second = _spans(one), _spans(other)
    shared = united = 0.0
    for label in first.keys() | second.keys():
        both = _measure([*first.get(label, []), *second.get(label, [])])
        shared += _measure(first.get(label, [])) + _measure(second.get(label, [])) - both
        united += both
    if united > 0:
        parts.append(1.0 - max(0.0, shared) / united)
    tags, others = _tags(one), _tags(other)
    if tags | others:
        parts.append(1.0 - len(tags & others) / len(tags | others))
    return sum(parts) / len(parts) if parts else None


def _tags(document: Document) -> set[str]:
    return {tag["label"] for tag in document.get("tags", ())}


def _spans(document: Document) -> dict[str, Spans]:
    spans: dict[str, Spans] = defaultdict(list)
    for region in document.get("regions", ()):
        spans[region["label"]].append((float(region["start"]), float(region["end"])))
    return spans


def _measure(spans: Iterable[tuple[float, float]]) -> float:
    """Seconds that the spans cover together."""
    covered, reached = 0.0, -math.inf
    for start, end in sorted(spans):
        if end > reached:
            covered += end - max(start, reached)
            reached = end
    return covered


def _entropy(score: float) -> float:
    share = min(1.0, max(0.0, score))
    return -sum(part * math.log2(part) for part in (share, 1.0 - share) if part > 0.0)
