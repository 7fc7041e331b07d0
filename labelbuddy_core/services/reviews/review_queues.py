"""What waits for a reviewer, in which order, and what does not wait because of the project's sampling."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, func, select, true
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Assignment, Project, Recording, Review, Task, User
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.review_rules import ReviewOrder, Sampling, parse_review_rules
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.reviews import review_holds, review_places
from labelbuddy_core.services.transactions import reads


@reads
def review_queue(
    session: Session, actor: Actor, project_id: str | int, *, annotation: str | None = None, limit: int = 200
) -> list[dict[str, Any]]:
    """Annotations handed in by others and not decided yet, in the order of the project: {annotation, task, recording,
    annotator, because, disagreement, reviewer}.

    `because` is the rule that sends it to a review (None where everything is reviewed), `reviewer` the name of another
    one who has it open (None: nobody). With `annotation` only that
    one, if it is not decided, also where sampling left it out.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.REVIEW)
    query = (
        select(Annotation.id, Annotation.task_id, Recording.name, User.name, Annotation.sampling, Task.disagreement)
        .join(Task, Task.id == Annotation.task_id)
        .join(Recording, Recording.id == Task.recording_id)
        .join(User, User.id == Annotation.user_id)
        .where(*for_reviewer(actor, access.project))
        .limit(limit)
    )
    if annotation is not None:
        wanted = parse_id(annotation, "annotation")
        query = query.where(Annotation.id == wanted, Annotation.state == AnnotationState.SUBMITTED.value)
    else:
        query = query.where(review_places.is_queued())
    rows = session.execute(query.order_by(*in_order(access.project))).all()
    holders = review_holds.other_holders(session, actor, [row[0] for row in rows])
    return [
        {
            "annotation": str(found),
            "task": str(task),
            "recording": recording,
            "annotator": annotator,
            "because": because,
            "disagreement": None if differ is None else round(differ, 4),
            "reviewer": holders.get(found),
        }
        for found, task, recording, annotator, because, differ in rows
    ]


@reads
def review_counts(session: Session, actor: Actor, project_id: str | int) -> dict[str, int]:
    """How many annotations of others wait for my review, how many I have decided, and what sampling keeps from me:
    `incomplete` wait for the other annotators, `left` are not reviewed, `by_sampling` are approved without a review."""
    access = project_access(session, actor, project_id)
    access.require(Permission.REVIEW)
    counts = {"waiting": 0, "incomplete": 0, "left": 0, "by_sampling": 0}
    rows = session.execute(
        select(Annotation.sampling, func.count())
        .where(
            *for_reviewer(actor, access.project),
            (Annotation.state == AnnotationState.SUBMITTED.value)
            | ((Annotation.state == AnnotationState.APPROVED.value) & (Annotation.sampling == Sampling.APPROVED.value)),
        )
        .group_by(Annotation.sampling)
    )
    names = {Sampling.WAITING.value: "incomplete", Sampling.LEFT.value: "left", Sampling.APPROVED.value: "by_sampling"}
    for sampling, count in rows:
        counts[names.get(sampling or "", "waiting")] += count
    decided = session.scalar(
        select(func.count())
        .select_from(Review)
        .join(Annotation, Annotation.id == Review.annotation_id)
        .where(Annotation.project_id == access.project.id, Review.reviewer_id == actor.id)
    )
    return {**counts, "decided": decided or 0}


def in_order(project: Project) -> tuple[Any, ...]:
    """By what a query of `Annotation` with its `Task` is sorted as the project has them reviewed."""
    first = parse_review_rules(project.review_rules).order is ReviewOrder.DISAGREEMENT
    differ = (Task.disagreement.desc().nulls_last(),) if first else ()
    return (*differ, Annotation.submitted_at, Annotation.id)


def for_reviewer(actor: Actor, project: Project) -> tuple[Any, ...]:
    """Others' annotations of tasks in the person's review queue; in blind projects not of the person's own tasks."""
    blinded = ~exists().where(Assignment.task_id == Annotation.task_id, Assignment.user_id == actor.id)
    return (
        Annotation.project_id == project.id,
        Annotation.user_id != actor.id,
        review_places.reaches(actor, project, Annotation.task_id),
        blinded if project.blind else true(),
    )
