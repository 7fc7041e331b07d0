"""Regions of one label, the least certain first, decided one by one before whole annotations are: the verify grid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, AnnotationItem, Project, Recording, RegionVerdict, Task, User
from labelbuddy_core.domain.documents import Collection
from labelbuddy_core.domain.leveling import measured_level
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.prediction_measures import uncertainty_of
from labelbuddy_core.errors import Invalid, NotFound
from labelbuddy_core.services.access import annotation_access, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.reviews import review_holds, review_places
from labelbuddy_core.services.reviews.review_queues import for_reviewer
from labelbuddy_core.services.reviews.reviewable import DECISIONS, annotation_to_decide
from labelbuddy_core.services.reviews.reviews import review_annotation
from labelbuddy_core.services.transactions import inner, reads, writes

MOST_AT_ONCE = 200
MOST_LOOKED_AT = 50_000
"""Regions of a label that are sorted; what is beyond comes when those are decided."""
MOST_FINISHED = 500
_SAID = {"approve": "approved", "reject": "rejected", None: "undecided"}


@reads
def labels_to_verify(session: Session, actor: Actor, project_id: str | int) -> list[dict[str, Any]]:
    """The labels of regions in my review queue that I have not decided: {label, count}, most first."""
    access = project_access(session, actor, project_id)
    access.require(Permission.REVIEW)
    rows = session.execute(
        select(AnnotationItem.label, func.count())
        .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
        .where(*_undecided(actor, access.project))
        .group_by(AnnotationItem.label)
        .order_by(func.count().desc(), AnnotationItem.label)
    )
    return [{"label": label, "count": count} for label, count in rows]


@reads
def regions_to_verify(
    session: Session, actor: Actor, project_id: str | int, label: str, *, offset: int = 0, limit: int = 60
) -> dict[str, Any]:
    """Regions of a label that I have not decided, the least certain first: {items, total, complete}.

    Items are {annotation, revision, task, recording, sample_rate, channels, task_start, task_stop, annotator, region,
    score, uncertainty}; `complete` counts annotations that `finish` would {approve, send_back}. Regions without a score
    come last.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.REVIEW)
    if not offset >= 0 or not 1 <= limit <= MOST_AT_ONCE:
        raise Invalid(f"limit is a number from 1 to {MOST_AT_ONCE}, offset one from 0 on.", field="limit")
    rows = session.execute(
        select(AnnotationItem.annotation_id, AnnotationItem.key, AnnotationItem.value)
        .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
        .where(*_undecided(actor, access.project), AnnotationItem.label == label)
        .order_by(Annotation.submitted_at, Annotation.id)
        .limit(MOST_LOOKED_AT)
    ).all()
    ordered = sorted(rows, key=lambda row: (-_sortable(row[2]), row[0], row[1]))
    shown = ordered[offset : offset + limit]
    about = _about(session, {row[0] for row in shown})
    return {
        "items": [
            {**about[annotation], "region": value, "score": score_of(value), "uncertainty": uncertainty_of(score)}
            for annotation, _, value in shown
            for score in [score_of(value)]
        ],
        "total": len(rows),
        "complete": {name: len(found) for name, found in _complete(session, actor, access.project).items()},
    }


@writes
def decide_region(
    session: Session, actor: Actor, annotation_id: str | int, *, region: str, revision: int, decision: str | None
) -> dict[str, Any]:
    """Approve or reject one region of a submitted annotation, or take that back (None); returns {region, decision}.

    Raises `Forbidden` for one's own work, `Conflict` for another revision than the submitted one, `InvalidState` when
    it is not submitted, `NotFound` for a region that it does not have.
    """
    if decision is not None and decision not in DECISIONS:
        raise Invalid("decision must be approve, reject or null.", field="decision")
    annotation, access = annotation_to_decide(session, actor, annotation_id, revision=revision)
    item = session.get(AnnotationItem, (annotation.id, Collection.REGIONS.value, region))
    if item is None:
        raise NotFound(f"The annotation has no region {region!r}.")
    present = session.get(RegionVerdict, (annotation.id, region, actor.id))
    if present is not None:
        session.delete(present)
        session.flush()
    if decision is not None:
        session.add(
            RegionVerdict(
                annotation_id=annotation.id,
                key=region,
                reviewer_id=actor.id,
                revision=revision,
                decision=decision,
                at=now(),
            )
        )
    record(
        session,
        actor,
        f"region.{_SAID[decision]}",
        f"annotation:{annotation.id}",
        project_id=access.project.id,
        revision=revision,
        region=region,
        label=item.label,
        origin=item.value.get("origin"),
    )
    return {"region": region, "decision": decision}


@reads
def my_verdicts(session: Session, actor: Actor, annotation_id: str | int) -> list[dict[str, str]]:
    """What I have decided about regions of an annotation as it is now: {id, decision, feedback}."""
    annotation, access = annotation_access(session, actor, annotation_id)
    access.require(Permission.REVIEW)
    rows = session.execute(
        select(RegionVerdict.key, RegionVerdict.decision)
        .where(
            RegionVerdict.annotation_id == annotation.id,
            RegionVerdict.reviewer_id == actor.id,
            RegionVerdict.revision == annotation.revision,
        )
        .order_by(RegionVerdict.key)
    )
    return [{"id": key, "decision": decision, "feedback": ""} for key, decision in rows]


@writes
def finish(session: Session, actor: Actor, project_id: str | int, *, feedback: str = "") -> dict[str, list[str]]:
    """Decide the annotations that hold nothing but regions, all of which I have decided: {approve, send_back}.

    Those with a rejected region are sent back with `feedback`. Raises `Invalid` where there is such a one without any.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.REVIEW)
    found = _complete(session, actor, access.project)
    if found["send_back"] and not feedback.strip():
        raise Invalid("Say what is wrong with the regions that you rejected.", field="feedback")
    for name, decision in (("approve", "approve"), ("send_back", "reject")):
        for annotation_id, revision in found[name]:
            verdicts = session.execute(
                select(RegionVerdict.key, RegionVerdict.decision).where(
                    RegionVerdict.annotation_id == annotation_id, RegionVerdict.reviewer_id == actor.id
                )
            )
            inner(review_annotation)(
                session,
                actor,
                annotation_id,
                revision=revision,
                decision=decision,
                feedback=feedback if decision == "reject" else "",
                regions=[{"id": key, "decision": said, "feedback": ""} for key, said in verdicts],
            )
    return {name: [str(annotation_id) for annotation_id, _ in ones] for name, ones in found.items()}


def score_of(region: dict[str, Any]) -> float | None:
    """How sure somebody was of a region: the model whose suggestion it is, else the annotator; None if nobody said."""
    origin = region.get("origin") or {}
    score = origin.get("score") if origin.get("kind") == "model" else None
    return score if score is not None else region.get("confidence")


def _sortable(region: dict[str, Any]) -> float:
    uncertain = uncertainty_of(score_of(region))
    return -1.0 if uncertain is None else uncertain


def _undecided(actor: Actor, project: Project) -> tuple[Any, ...]:
    return (
        *for_reviewer(actor, project),
        review_places.is_queued(),
        ~review_holds.held_by_another(actor),
        AnnotationItem.collection == Collection.REGIONS.value,
        ~exists().where(_my_verdict(actor, RegionVerdict)),
    )


def _my_verdict(actor: Actor, verdict: Any) -> Any:
    """A `verdict` of the person on an `AnnotationItem` of the query around it, about its annotation as it is now."""
    return and_(
        verdict.annotation_id == AnnotationItem.annotation_id,
        verdict.key == AnnotationItem.key,
        AnnotationItem.collection == Collection.REGIONS.value,
        verdict.reviewer_id == actor.id,
        verdict.revision == Annotation.revision,
    )


def _about(session: Session, annotation_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    rows = session.execute(
        select(Annotation, Task, Recording, User.name)
        .join(Task, Task.id == Annotation.task_id)
        .join(Recording, Recording.id == Task.recording_id)
        .join(User, User.id == Annotation.user_id)
        .where(Annotation.id.in_(list(annotation_ids)))
    )
    return {
        annotation.id: {
            "annotation": str(annotation.id),
            "revision": annotation.revision,
            "task": str(task.id),
            "task_start": task.start,
            "task_stop": task.stop,
            "recording": recording.name,
            "sample_rate": recording.sample_rate,
            "channels": recording.channels,
            "statistics": measured_level(recording.statistics),
            "annotator": name,
        }
        for annotation, task, recording, name in rows
    }


def _complete(session: Session, actor: Actor, project: Project) -> dict[str, list[tuple[int, int]]]:
    """Annotations (id, revision) that hold nothing but regions, all of which the person has decided."""
    verdict, decided = aliased(RegionVerdict), aliased(RegionVerdict)
    rejected = func.sum(case((verdict.decision == "reject", 1), else_=0))
    rows = session.execute(
        select(Annotation.id, Annotation.revision, rejected)
        .join(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
        .outerjoin(verdict, _my_verdict(actor, verdict))
        .where(
            *for_reviewer(actor, project),
            review_places.is_queued(),
            ~review_holds.held_by_another(actor),
            exists().where(
                decided.annotation_id == Annotation.id,
                decided.reviewer_id == actor.id,
                decided.revision == Annotation.revision,
            ),
        )
        .group_by(Annotation.id, Annotation.revision)
        .having(func.count(AnnotationItem.key) == func.count(verdict.key))
        .order_by(Annotation.id)
        .limit(MOST_FINISHED)
    )
    found: dict[str, list[tuple[int, int]]] = {"approve": [], "send_back": []}
    for annotation_id, revision, number in rows:
        found["send_back" if number else "approve"].append((annotation_id, revision))
    return found
