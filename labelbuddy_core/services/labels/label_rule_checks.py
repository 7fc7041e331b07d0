"""The rules of labels at a save and at handing in. Only what a request changes is held to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import AnnotationItem, ProjectLabel
from labelbuddy_core.domain.documents import Collection as Part
from labelbuddy_core.domain.documents import Item, Point, Region, key_of, label_of
from labelbuddy_core.domain.label_rules import parse_rules
from labelbuddy_core.domain.region_rules import (
    RuledLabel,
    Span,
    broken_rules,
    first_overlap,
    is_answered_as_before,
    is_as_before,
    lies_as_before,
    unanswered,
    wrong_answers,
)
from labelbuddy_core.domain.tiers import Lanes
from labelbuddy_core.domain.vocabularies import problem_of_text
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.annotations.annotation_documents import Key

_MOST_NAMED = 500
"""Labels that are asked for by name."""
_LABELS: Final = select(ProjectLabel.id, ProjectLabel.name, ProjectLabel.rules, ProjectLabel.deprecated).where(
    ProjectLabel.project_id == bindparam("project")
)
_LABELS_NAMED: Final = _LABELS.where(ProjectLabel.id.in_(bindparam("wanted", expanding=True)))


@dataclass(frozen=True)
class PutRegion:
    """A region that a request puts; `field` is where it stands in the request."""

    field: str
    region: Region


def labels_by_id(session: Session, project_id: int, wanted: Collection[str] | None = None) -> dict[str, RuledLabel]:
    """Labels of a project with their rules: those that are wanted, or all."""
    if wanted is not None and len(wanted) <= _MOST_NAMED:
        rows = session.execute(_LABELS_NAMED, {"project": project_id, "wanted": list(wanted)})
    else:
        rows = session.execute(_LABELS, {"project": project_id})
    return {row.id: RuledLabel(row.id, row.name, parse_rules(row.rules, "rules"), row.deprecated) for row in rows}


def require_given_labels(
    puts: Iterable[tuple[str, Part, Item]], before: Mapping[Key, Mapping[str, Any]], labels: Mapping[str, RuledLabel]
) -> None:
    """Raises `Invalid` when something gets a label that is not given any more; what had it before keeps it.

    `puts` are what a request puts, each with where it stands there.
    """
    for field, collection, item in puts:
        label = labels.get(label_of(item) or "")
        if label is None or not label.deprecated:
            continue
        if before.get((collection.value, key_of(item)), {}).get("label") != label.id:
            raise Invalid(f"“{label.name}” is not given any more; choose another label.", field=f"{field}.label")


def require_rules(
    puts: Iterable[PutRegion], before: Mapping[Key, Mapping[str, Any]], labels: Mapping[str, RuledLabel]
) -> list[PutRegion]:
    """Check what regions say; `before` is what stood in their places.

    Returns those whose overlaps must be checked when all of them are stored, with `require_no_overlap`. Raises
    `Invalid` naming what breaks a rule; a member that broke it before in the same way is passed over.
    """
    apart = []
    for put in puts:
        label = labels[put.region.label]
        was = before.get((Part.REGIONS.value, put.region.id))
        for broken in broken_rules(put.region, label):
            if not is_as_before(broken, put.region, was):
                raise Invalid(broken.detail, field=f"{put.field}.{broken.member}")
        if label.rules.overlap != "allow" and not lies_as_before(put.region, was):
            apart.append(put)
    return apart


def require_answers_of_instants(
    points: Mapping[str, Point], before: Mapping[Key, Mapping[str, Any]], labels: Mapping[str, RuledLabel]
) -> None:
    """Raises `Invalid` when a labeled instant has an answer that its label does not ask for, or none of its kind.

    `points` are by where they stand in the request; a wrong answer that was stored before is passed over.
    """
    for field, point in points.items():
        if point.label is None:
            continue
        was = before.get((Part.POINTS.value, point.id))
        for broken in wrong_answers(point.attributes, labels[point.label]):
            if not is_answered_as_before(broken, point, was):
                raise Invalid(broken.detail, field=f"{field}.{broken.member}")


def require_no_overlap(
    session: Session, annotation_id: int, lanes: Lanes, moved: Sequence[PutRegion], labels: Mapping[str, RuledLabel]
) -> None:
    """Raises `Invalid` when a region that was put overlaps another of its label, as they are stored now.

    Where lanes are tiers, regions on different tiers do not meet.
    """
    strands: dict[tuple[str, str | None], dict[str, PutRegion]] = {}
    for put in moved:
        tier = put.region.tier if lanes is Lanes.TIERS else None
        strands.setdefault((put.region.label, tier), {})[put.region.id] = put
    for (label, tier), puts in strands.items():
        changed = {key: place for place, key in enumerate(puts)}
        start = min(put.region.start for put in puts.values())
        stop = max(put.region.end for put in puts.values())
        on_tier = [AnnotationItem.tier == tier] if lanes is Lanes.TIERS else []
        found = first_overlap(_spans(session, annotation_id, label, start, stop, on_tier), changed)
        if found is not None:
            one, other = found
            detail = (
                f"Regions of {labels[label].name} must not overlap: the one from {one.start:g} to {one.stop:g} s "
                f"meets the one from {other.start:g} to {other.stop:g} s."
            )
            raise Invalid(detail, field=f"{puts[one.key].field}.start")


def require_ready(session: Session, annotation_id: int, project_id: int) -> None:
    """Raises `Invalid` naming the first region, in order of time, that is not ready to be handed in; then instants.

    Ready is a region with every answer that its label requires, and a text of the label's vocabulary.
    """
    labels = labels_by_id(session, project_id)
    asking = [
        label.id
        for label in labels.values()
        if label.rules.vocabulary != "free" or any(one.required for one in label.rules.attributes)
    ]
    if not asking:
        return
    rows = session.scalars(
        select(AnnotationItem.value)
        .where(AnnotationItem.annotation_id == annotation_id, AnnotationItem.label.in_(asking), _IS_REGION)
        .order_by(AnnotationItem.start, AnnotationItem.key)
    )
    for region in rows:
        label = labels[region["label"]]
        open_one = unanswered(region.get("attributes") or {}, label.rules)
        if open_one is not None:
            raise Invalid(
                f"“{open_one.name}” is not answered for {label.name} at {region['start']:g} s. "
                "Answer it, then submit again.",
                field=f"regions.{region['id']}.attributes.{open_one.id}",
                region=region["id"],
                attribute=open_one.id,
            )
        wrong = problem_of_text(label.rules.vocabulary, region.get("text") or "", label.rules.words)
        if wrong:
            raise Invalid(
                f"{label.name} at {region['start']:g} s: {wrong} Change its text, then submit again.",
                field=f"regions.{region['id']}.text",
                region=region["id"],
            )
    _require_answered_instants(session, annotation_id, labels, asking)


def _require_answered_instants(
    session: Session, annotation_id: int, labels: Mapping[str, RuledLabel], asking: Collection[str]
) -> None:
    points = session.scalars(
        select(AnnotationItem.value).where(
            AnnotationItem.annotation_id == annotation_id,
            AnnotationItem.collection == Part.POINTS.value,
            AnnotationItem.label.in_(asking),
        )
    )
    for point in sorted(points, key=lambda one: (one["time"], one["id"])):
        label = labels[point["label"]]
        open_one = None if point["kind"] == "beat" else unanswered(point.get("attributes") or {}, label.rules)
        if open_one is not None:
            raise Invalid(
                f"“{open_one.name}” is not answered for {label.name} at {point['time']:g} s. "
                "Answer it, then submit again.",
                field=f"points.{point['id']}.attributes.{open_one.id}",
                region=point["id"],
                attribute=open_one.id,
            )


_IS_REGION = AnnotationItem.collection == Part.REGIONS.value


def _spans(
    session: Session, annotation_id: int, label: str, start: float, stop: float, among: Iterable[ColumnElement[bool]]
) -> list[Span]:
    """The regions of a label that touch a stretch, in the order of their starts."""
    rows = session.execute(
        select(AnnotationItem.key, AnnotationItem.start, AnnotationItem.stop)
        .where(
            AnnotationItem.annotation_id == annotation_id,
            AnnotationItem.label == label,
            AnnotationItem.start < stop,
            AnnotationItem.stop > start,
            *among,
        )
        .order_by(AnnotationItem.start, AnnotationItem.stop)
    )
    return [Span(key, first, last) for key, first, last in rows if first is not None and last is not None]
