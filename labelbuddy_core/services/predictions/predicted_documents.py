"""A model's answer as an annotation document in the words of a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labelbuddy_core.database.tables import Prediction
from labelbuddy_core.domain.documents import assemble
from labelbuddy_core.inference.answer import CheckedAnswer, PredictedPoint, PredictedRegion

Items = list[tuple[str, dict[str, Any]]]
_NAMED = 20


def document_of(
    prediction: Prediction, model: str, answer: CheckedAnswer, label_map: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """The document of a prediction that has its id, and notes: labels without a counterpart are left out and named."""

    def origin(item: str, score: float | None) -> dict[str, Any]:
        return {
            "kind": "model",
            "prediction": str(prediction.id),
            "region": item,
            "model": model,
            "version": prediction.version,
            "score": score,
            "edited": False,
        }

    unmapped: set[str] = set()
    items: Items = []
    for number, region in enumerate(answer.regions):
        label = label_map.get(region.label)
        if label is None:
            unmapped.add(region.label)
            continue
        identity = f"m{prediction.id}_{number}"
        items.append(("regions", _region(region, identity, label, origin(identity, region.score))))
    for number, point in enumerate(answer.points):
        label = label_map.get(point.label)
        if label is None:
            unmapped.add(point.label)
            continue
        identity = f"m{prediction.id}_p{number}"
        items.append(("points", _point(point, identity, label, origin(identity, point.score))))
    tags: dict[str, float | None] = {}
    for model_label, score in answer.tags:
        label = label_map.get(model_label)
        if label is None:
            unmapped.add(model_label)
        elif label not in tags or (score or 0.0) > (tags[label] or 0.0):
            tags[label] = score
    for label, score in tags.items():
        items.append(("tags", {"label": label, "score": score, "origin": origin(f"tag:{label}", score)}))
    if answer.text:
        caption = {"text": answer.text[0], "start": None, "end": None, "origin": origin("caption", None)}
        items.append(("caption", caption))
    return assemble(items), _notes(unmapped)


def _region(region: PredictedRegion, identity: str, label: str, origin: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": identity,
        "start": region.start,
        "end": region.end,
        "low": region.low,
        "high": region.high,
        "channel": None,
        "label": label,
        "text": region.text,
        "attributes": {},
        "confidence": None,
        "origin": origin,
    }


def _point(point: PredictedPoint, identity: str, label: str, origin: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": identity,
        "time": point.time,
        "kind": "event" if point.position is None else "beat",
        "position": point.position,
        "anchor": False,
        "label": label,
        "tier": None,
        "origin": origin,
    }


def _notes(unmapped: set[str]) -> list[str]:
    if not unmapped:
        return []
    more = f" and {len(unmapped) - _NAMED} more" if len(unmapped) > _NAMED else ""
    names = ", ".join(sorted(unmapped)[:_NAMED]) + more
    return [f"Labels of the model that this project has no label for: {names}."]
