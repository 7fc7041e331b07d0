"""Whole documents in JSON-like exports: with label names beside the ids, so that a reader needs no label set."""

from __future__ import annotations

from typing import Any

from labelbuddy_core.domain.export_records import ExportContext, ExportedAnnotation, ExportedTask


def task_json(task: ExportedTask) -> dict[str, Any]:
    """A task as the exports show it; times in seconds."""
    return {"id": task.id, "start": task.start, "stop": task.stop, "state": task.state}


def annotation_json(annotation: ExportedAnnotation, context: ExportContext) -> dict[str, Any]:
    """An annotation with its document, labels by name (`label_id` keeps the id)."""
    return {
        "id": annotation.id,
        "annotator": annotation.annotator,
        "state": annotation.state,
        "revision": annotation.revision,
        "updated_at": annotation.updated_at,
        "document": named(annotation.document, context),
        "model_licenses": context.licenses_in(annotation.document),
        **({} if annotation.sampling is None else {"sampling": annotation.sampling}),
        **({} if annotation.consensus is None else {"consensus": annotation.consensus}),
        **({"handed_over": annotation.handed_over} if annotation.handed_over else {}),
    }


def named(document: Any, context: ExportContext) -> dict[str, Any]:
    """A document whose regions, points and tags say their label's name."""
    return {
        **document,
        "regions": [_named(item, context) for item in document["regions"]],
        "points": [_named(item, context) for item in document["points"]],
        "tags": [_named(item, context) for item in document["tags"]],
    }


def _named(item: Any, context: ExportContext) -> dict[str, Any]:
    label = item.get("label")
    return {**item, "label": context.name_of(label), "label_id": label} if label else item
