"""Reviews: a reviewer's decision on what somebody else handed in, as a whole and by region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import RegionVerdict, Review
from labelbuddy_core.domain.documents import Collection
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.plain_names import readable
from labelbuddy_core.domain.review_reasons import chosen_reasons
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.access import annotation_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement.consensus import write_ground_truth
from labelbuddy_core.services.annotations.annotation_answers import review_json
from labelbuddy_core.services.annotations.annotation_documents import document_at, present_keys
from labelbuddy_core.services.history import record
from labelbuddy_core.services.models import model_events
from labelbuddy_core.services.reviews import review_holds
from labelbuddy_core.services.reviews.reviewable import DECISIONS, annotation_to_decide
from labelbuddy_core.services.tasks.task_states import refresh_task_states
from labelbuddy_core.services.transactions import reads, writes

MAX_FEEDBACK = 10_000


@writes
def review_annotation(
    session: Session,
    actor: Actor,
    annotation_id: str | int,
    *,
    revision: int,
    decision: str,
    feedback: str = "",
    reasons: Sequence[str] = (),
    regions: list[dict[str, Any]] | None = None,
    ground_truth: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Approve or reject a submitted annotation. `regions` are {id, decision, feedback} for single regions, `reasons`
    of the project's list. With `ground_truth` {revision, document} the reviewer's own is written as well: both or
    neither.

    Raises `Conflict` when another revision is the submitted one, or (`field` ground_truth, with the present one) when
    somebody else wrote the ground truth in the meantime; `InvalidState` when it is not submitted (any more) or another
    reviewer has it open, `Forbidden` for one's own work, `Invalid` when a rejection says nothing, an approval rejects
    a region, or a reason is not one of the project.
    """
    annotation, access = annotation_to_decide(session, actor, annotation_id, revision=revision)
    if decision not in DECISIONS:
        raise Invalid("decision must be approve or reject.", field="decision")
    named = [one["id"] for one in regions or [] if isinstance(one.get("id"), str)]
    known = present_keys(session, annotation.id, Collection.REGIONS, named)
    decided = _checked_regions(regions or [], known)
    named_reasons = chosen_reasons(reasons, access.project.review_reasons)
    _check_reason(decision, feedback, decided, named_reasons)
    written = None
    if ground_truth is not None:
        written = write_ground_truth(session, actor, access, ground_truth["revision"], ground_truth["document"])
    review = Review(
        annotation_id=annotation.id,
        revision=revision,
        reviewer_id=actor.id,
        decision=decision,
        feedback=feedback.strip(),
        reasons=named_reasons,
        regions=decided,
    )
    session.add(review)
    session.execute(delete(RegionVerdict).where(RegionVerdict.annotation_id == annotation.id))  # the review holds them
    review_holds.release(session, annotation.id)
    annotation.state = DECISIONS[decision].value
    refresh_task_states(session, [access.task.id])
    record(
        session,
        actor,
        f"annotation.{annotation.state}",
        f"annotation:{annotation.id}",
        project_id=access.project.id,
        revision=revision,
        reasons=named_reasons,
        regions_rejected=sum(one["decision"] == "reject" for one in decided),
    )
    if annotation.state == AnnotationState.APPROVED:
        model_events.announce(session, access.project.id, annotation, model_events.APPROVED)
    session.flush()
    answer = review_json(review, actor.username)
    return answer if written is None else {**answer, "ground_truth": written}


@reads
def get_sent_back(session: Session, actor: Actor, annotation_id: str | int) -> dict[str, Any] | None:
    """The document as it was when the annotation was sent back last; None when it never was."""
    annotation, access = annotation_access(session, actor, annotation_id)
    access.require(Permission.VIEW_ANNOTATIONS)
    revision = session.scalar(
        select(Review.revision)
        .where(Review.annotation_id == annotation.id, Review.decision == "reject")
        .order_by(Review.id.desc())
        .limit(1)
    )
    if revision is None:
        return None
    return {"revision": revision, "document": document_at(session, annotation.id, revision)}


def _checked_regions(regions: list[dict[str, Any]], known: set[str]) -> list[dict[str, Any]]:
    decided = []
    for position, region in enumerate(regions):
        where = f"regions.{position}"
        if region.get("id") not in known:
            raise Invalid(f"The annotation has no region {region.get('id')!r}.", field=f"{where}.id")
        if region.get("decision") not in DECISIONS:
            raise Invalid("decision must be approve or reject.", field=f"{where}.decision")
        text = readable(str(region.get("feedback") or "").strip(), f"{where}.feedback")
        if len(text) > MAX_FEEDBACK:
            raise Invalid(f"Feedback is limited to {MAX_FEEDBACK} characters.", field=f"{where}.feedback")
        decided.append({"id": region["id"], "decision": region["decision"], "feedback": text})
    if len({one["id"] for one in decided}) != len(decided):
        raise Invalid("A region is decided twice.", field="regions")
    return decided


def _check_reason(decision: str, feedback: str, decided: list[dict[str, Any]], reasons: list[str]) -> None:
    readable(feedback, "feedback")
    if len(feedback) > MAX_FEEDBACK:
        raise Invalid(f"Feedback is limited to {MAX_FEEDBACK} characters.", field="feedback")
    rejected = [one for one in decided if one["decision"] == "reject"]
    if decision == "approve" and rejected:
        raise Invalid("An annotation with rejected regions cannot be approved; reject it as a whole.", field="decision")
    said = reasons or feedback.strip() or any(one["feedback"] for one in rejected)
    if decision == "reject" and not said:
        raise Invalid("Say what should be changed, overall or on a region.", field="feedback")
