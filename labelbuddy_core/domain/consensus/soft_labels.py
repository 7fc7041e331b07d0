"""A consensus as an annotation document, and what it says beyond that: soft labels and the spread of boundaries."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from labelbuddy_core.domain.consensus.fusion import HALF, Fused
from labelbuddy_core.domain.documents import Origin, Region, Tag, as_json, assemble
from labelbuddy_core.domain.times import rounded


def consensus_document(fused: Fused, labels: Container[str]) -> dict[str, Any]:
    """The document (plain JSON): tags with more than half, regions c1, c2 … in order of time.

    The score of a tag and the confidence of a region say how much of it the annotators stand for. Labels that are not
    in the label set (any more) are left out.
    """
    items: list[tuple[str, dict[str, Any]]] = []
    for number, one in enumerate(fused.regions, start=1):
        if one.label in labels:
            origin = Origin(kind="consensus", score=_share(one.support))
            region = Region(
                id=f"c{number}", start=rounded(one.start), end=rounded(one.end), low=one.low, high=one.high,
                label=one.label, text=one.text, attributes=dict(one.attributes), confidence=_share(one.support),
                origin=origin,
            )  # fmt: skip
            items.append(("regions", as_json(region)))
    for label, share in fused.tags.items():
        if share > HALF and label in labels:
            tag = Tag(label=label, score=_share(share), origin=Origin(kind="consensus", score=_share(share)))
            items.append(("tags", as_json(tag)))
    return assemble(items)


def soft_labels(fused: Fused, names: Mapping[int, str]) -> dict[str, Any]:
    """Soft labels (plain JSON): for each tag that somebody gave its share, for each region its support, the spread of
    its boundaries in seconds, and who marked it (by `names`)."""
    return {
        "tags": {label: _share(share) for label, share in fused.tags.items()},
        "regions": {
            f"c{number}": {
                "support": _share(one.support),
                "onset_spread": rounded(one.onset_spread),
                "offset_spread": rounded(one.offset_spread),
                "annotators": [names.get(rater, str(rater)) for rater in one.raters],
            }
            for number, one in enumerate(fused.regions, start=1)
        },
    }


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 6)
