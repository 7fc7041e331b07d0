"""Handing in an annotation for review, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import Conflict, InvalidState, NotFound
from labelbuddy_core.services.access import task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.annotation_answers import standing
from labelbuddy_core.services.annotations.annotation_documents import (
    append_revision,
)
from labelbuddy_core.services.annotations.own_annotations import (
    begin,
    note,
    own_annotation_to_change,
)
from labelbuddy_core.services.labels import label_rule_checks
from labelbuddy_core.services.labels.label_aliases import relabeled_since
from labelbuddy_core.services.models import model_events
from labelbuddy_core.services.reviews import caption_embedding, review_holds, review_sampling
from labelbuddy_core.services.tasks.places import take_up
from labelbuddy_core.services.tasks.task_states import refresh_task_states
from labelbuddy_core.services.transactions import writes


@writes
def submit(session: Session, actor: Actor, task_id: str | int, revision: int) -> dict[str, Any]:
    """Hand in my annotation for review; again with the same revision changes nothing.

    Answers the annotation without its document. Raises `NotFound` when nothing was saved, `Conflict` when a newer
    revision exists (one that only a change of the label set made is none), `Invalid` when a region lacks an answer
    that its label requires, or has a text outside the vocabulary of its label.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    review_sampling.hold_task(session, access.project, access.task.id)
    annotation = own_annotation_to_change(session, actor, access)
    if annotation is None:
        if revision != 0:
            raise NotFound("You have not saved anything in this task.")
        annotation = begin(session, actor, access)
        append_revision(
            session, annotation, actor.id, kind="save", client=str(uuid4()), sequence=0, operations=[]
        )  # an empty answer is an answer: nothing of what was asked for is heard
        revision = annotation.revision
    if annotation.revision != revision and not relabeled_since(session, annotation.id, revision):
        raise Conflict("A newer revision was saved; look at it before you submit.", revision=annotation.revision)
    if annotation.state in (AnnotationState.SUBMITTED, AnnotationState.APPROVED):
        return standing(session, annotation)
    if annotation.state == AnnotationState.REJECTED:
        raise InvalidState("This annotation was sent back. Change it before you submit it again.")
    label_rule_checks.require_ready(session, annotation.id, access.project.id)
    annotation.state = AnnotationState.SUBMITTED.value
    annotation.submitted_at = now()
    take_up(session, access.task.id, actor.id)
    refresh_task_states(session, [access.task.id])
    note(session, actor, access.project, annotation, "annotation.submitted")
    model_events.announce(session, access.project.id, annotation, model_events.SUBMITTED)
    review_sampling.after_submission(session, access.project, access.task.id)
    caption_embedding.after_submission(session, access.project.id, annotation.id)
    return standing(session, annotation)


@writes
def withdraw(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """Take back what I handed in and nobody has decided yet; answers as `submit`. Raises `InvalidState` otherwise."""
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    review_sampling.hold_task(session, access.project, access.task.id)
    annotation = own_annotation_to_change(session, actor, access)
    if annotation is None or annotation.state != AnnotationState.SUBMITTED:
        raise InvalidState("There is nothing handed in that could be withdrawn.")
    annotation.state = AnnotationState.DRAFT.value
    annotation.submitted_at = annotation.sampling = None
    review_holds.release(session, annotation.id)
    refresh_task_states(session, [access.task.id])
    note(session, actor, access.project, annotation, "annotation.withdrawn")
    review_sampling.after_submission(session, access.project, access.task.id)
    return standing(session, annotation)
