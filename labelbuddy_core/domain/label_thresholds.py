"""Lowest scores of single labels: what a project hides of what a model says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def above(document: dict[str, Any], thresholds: Mapping[str, float]) -> dict[str, Any]:
    """The document without regions, points and tags whose score is below the threshold of their label (a label id of
    the project); what has no score stays."""
    if not thresholds:
        return document

    def stays(label: str | None, score: float | None) -> bool:
        return label is None or score is None or score >= thresholds.get(label, 0.0)

    regions = [one for one in document["regions"] if stays(one["label"], (one.get("origin") or {}).get("score"))]
    points = [one for one in document["points"] if stays(one["label"], (one.get("origin") or {}).get("score"))]
    tags = [one for one in document["tags"] if stays(one["label"], one.get("score"))]
    return {**document, "regions": regions, "points": points, "tags": tags}
