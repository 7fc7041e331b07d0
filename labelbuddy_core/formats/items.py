"""The items of exported documents one by one, with what every table-like format says about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labelbuddy_core.domain.export_records import ExportedAnnotation, ExportedTask


class ExportedItem(NamedTuple):
    """One region, point, tag, caption or answer with where it stands."""

    task: ExportedTask
    annotation: ExportedAnnotation
    kind: str
    key: str
    value: Mapping[str, Any]
    review: Mapping[str, Any]
    """{reviewer, decision, feedback}: the last review's word on this item, empty without one."""


def items(task: ExportedTask) -> Iterator[ExportedItem]:
    """Every item of every annotation of a task."""
    for annotation in task.annotations:
        last = annotation.reviews[-1] if annotation.reviews else None
        whole = {name: last[name] for name in ("reviewer", "decision", "feedback")} if last else {}
        by_region = {one["id"]: {**one, "reviewer": last["reviewer"]} for one in last["regions"]} if last else {}
        document = annotation.document
        for region in document["regions"]:
            review = by_region.get(region["id"], whole)
            yield ExportedItem(task, annotation, "region", region["id"], region, review)
        for point in document["points"]:
            yield ExportedItem(task, annotation, "point", point["id"], point, whole)
        for tag in document["tags"]:
            yield ExportedItem(task, annotation, "tag", tag["label"], tag, whole)
        if document["caption"] is not None:
            yield ExportedItem(task, annotation, "caption", "caption", document["caption"], whole)
        for answer in document["answers"]:
            yield ExportedItem(task, annotation, "answer", answer["question"], answer, whole)


def seconds(value: float | None) -> str:
    """A time in seconds with up to six decimals and no trailing zeros; empty for None."""
    if value is None:
        return ""
    text = f"{value:.6f}".rstrip("0")
    return text + "0" if text[-1] == "." else text
