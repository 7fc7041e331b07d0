"""Which parts of a document a release holds, and documents on the time line of a clip instead of the recording."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

FIELDS: dict[str, str] = {
    "regions": "regions",
    "points": "instants, such as beats",
    "tags": "tags of the whole task",
    "captions": "captions of the whole task",
    "answers": "answers to questions",
    "texts": "texts of regions",
    "frequencies": "frequency bounds of regions",
    "channels": "channels of regions",
    "attributes": "attributes of regions and instants",
    "tiers": "tiers of regions and instants",
    "annotators": "who annotated, by username; without it, annotators have numbers",
    "reviews": "reviews with their feedback",
    "recording-attributes": "all attributes of recordings; without it, only the license",
}
"""What can be chosen, with what it is."""
USUAL = tuple(name for name in FIELDS if name not in ("annotators", "reviews", "recording-attributes"))
"""What people outside need; the rest says something about people inside."""

_OF_MARKS = {
    "texts": {"text": None},
    "frequencies": {"low": None, "high": None},
    "channels": {"channel": None},
    "attributes": {"attributes": {}},
    "tiers": {"tier": None},
}


def with_fields(document: Mapping[str, Any], chosen: Collection[str]) -> dict[str, Any]:
    """The document with what was chosen of it."""
    dropped = {key: value for name, parts in _OF_MARKS.items() if name not in chosen for key, value in parts.items()}

    def bare(item: Mapping[str, Any]) -> dict[str, Any]:
        return {key: dropped.get(key, value) if key in dropped else value for key, value in item.items()}

    kept = dict(document)
    for collection in ("regions", "points"):
        kept[collection] = [bare(one) for one in document[collection]] if collection in chosen else []
    if "tags" not in chosen:
        kept["tags"] = []
    if "captions" not in chosen:
        kept["caption"] = None
    if "answers" not in chosen:
        kept["answers"] = []
    if "tiers" not in chosen:
        kept.pop("tiers", None)
    return kept


def on_clip(document: Mapping[str, Any], start: float, stop: float) -> dict[str, Any]:
    """The document with times of the clip that was cut from `start` to `stop` (seconds of the recording)."""

    def moved(time: float | None) -> float | None:
        return None if time is None else round(min(max(time - start, 0.0), stop - start), 6)

    def spans(item: Mapping[str, Any]) -> dict[str, Any]:
        return {key: moved(value) if key in ("start", "end", "time") else value for key, value in item.items()}

    caption = document["caption"]
    return {
        **document,
        "regions": [spans(one) for one in document["regions"]],
        "points": [spans(one) for one in document["points"]],
        "caption": None if caption is None else spans(caption),
        "answers": [
            {**one, "evidence": [spans(part) for part in one.get("evidence") or ()]} for one in document["answers"]
        ],
    }


def labels_of(document: Mapping[str, Any]) -> set[str]:
    """The ids of all labels in a document."""
    parts = (*document["regions"], *document["points"], *document["tags"])
    return {one["label"] for one in parts if one.get("label")}
