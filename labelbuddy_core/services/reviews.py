"""Reviews: a reviewer's decision on what somebody else handed in, as a whole and by region."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Review
from labelbuddy_core.domain.documents import Collection
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import Conflict, Forbidden, Invalid, InvalidState
from labelbuddy_core.services import model_events
from labelbuddy_core.services.access import annotation_to_change
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotation_answers import review_json
from labelbuddy_core.services.annotation_documents import present_keys
from labelbuddy_core.services.history import record
from labelbuddy_core.services.task_states import refresh_task_states
from labelbuddy_core.services.transactions import writes

DECISIONS = {"approve": AnnotationState.APPROVED, "reject": AnnotationState.REJECTED}
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
    regions: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Approve or reject a submitted annotation. `regions` are {id, decision, feedback} for single regions.

    Raises `Conflict` when another revision is the submitted one, `InvalidState` when it is not submitted (any more),
    `Forbidden` for one's own work, `Invalid` when a rejection says nothing or an approval rejects a region.
    """
    annotation, access = annotation_to_change(session, actor, annotation_id)
    access.require(Permission.REVIEW)
    if annotation.user_id == actor.id:
        raise Forbidden("Nobody reviews their own annotation.")
    if annotation.state != AnnotationState.SUBMITTED:
        raise InvalidState(f"This annotation is {annotation.state}; only a submitted one can be reviewed.")
    if revision != annotation.revision:
        raise Conflict("The annotation changed since you opened it; reload it.", revision=annotation.revision)
    if decision not in DECISIONS:
        raise Invalid("decision must be approve or reject.", field="decision")
    named = [one["id"] for one in regions or [] if isinstance(one.get("id"), str)]
    known = present_keys(session, annotation.id, Collection.REGIONS, named)
    decided = _checked_regions(regions or [], known)
    _check_reason(decision, feedback, decided)
    review = Review(
        annotation_id=annotation.id,
        revision=revision,
        reviewer_id=actor.id,
        decision=decision,
        feedback=feedback.strip(),
        regions=decided,
    )
    session.add(review)
    annotation.state = DECISIONS[decision].value
    refresh_task_states(session, [access.task.id])
    record(
        session,
        actor,
        f"annotation.{annotation.state}",
        f"annotation:{annotation.id}",
        project_id=access.project.id,
        revision=revision,
        regions_rejected=sum(one["decision"] == "reject" for one in decided),
    )
    if annotation.state == AnnotationState.APPROVED:
        model_events.announce(session, access.project.id, annotation, model_events.APPROVED)
    session.flush()
    return review_json(review, actor.username)


def _checked_regions(regions: list[dict[str, Any]], known: set[str]) -> list[dict[str, Any]]:
    decided = []
    for position, region in enumerate(regions):
        where = f"regions.{position}"
        if region.get("id") not in known:
            raise Invalid(f"The annotation has no region {region.get('id')!r}.", field=f"{where}.id")
        if region.get("decision") not in DECISIONS:
            raise Invalid("decision must be approve or reject.", field=f"{where}.decision")
        text = str(region.get("feedback") or "").strip()
        if len(text) > MAX_FEEDBACK:
            raise Invalid(f"Feedback is limited to {MAX_FEEDBACK} characters.", field=f"{where}.feedback")
        decided.append({"id": region["id"], "decision": region["decision"], "feedback": text})
    if len({one["id"] for one in decided}) != len(decided):
        raise Invalid("A region is decided twice.", field="regions")
    return decided


def _check_reason(decision: str, feedback: str, decided: list[dict[str, Any]]) -> None:
    if len(feedback) > MAX_FEEDBACK:
        raise Invalid(f"Feedback is limited to {MAX_FEEDBACK} characters.", field="feedback")
    rejected = [one for one in decided if one["decision"] == "reject"]
    if decision == "approve" and rejected:
        raise Invalid("An annotation with rejected regions cannot be approved; reject it as a whole.", field="decision")
    if decision == "reject" and not feedback.strip() and not any(one["feedback"] for one in rejected):
        raise Invalid("Say what should be changed, overall or on a region.", field="feedback")
