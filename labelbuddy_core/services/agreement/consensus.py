"""Ground truth of a task: what a reviewer adjudicated, else what was merged, else the only approved annotation, else
none."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, Consensus, ProjectLabel, User
from labelbuddy_core.domain.documents import as_json, assemble, fitted, items_of, parse_document
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import Conflict, Forbidden
from labelbuddy_core.services.access import TaskAccess, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement.merged_consensus import merged_of
from labelbuddy_core.services.annotations.annotation_documents import present_document
from labelbuddy_core.services.history import record
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.tasks.task_states import refresh_task_states
from labelbuddy_core.services.transactions import reads, writes


@reads
def get_consensus(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """The ground truth of a task: {kind: adjudicated | merged | approved | none, revision, document, by, updated_at}.

    What was merged has `method`, `soft` labels, and whether it is `stale`.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.VIEW_CONSENSUS)
    return _ground_truth(session, access.task.id)


@writes
def put_consensus(
    session: Session, actor: Actor, task_id: str | int, *, revision: int, document: dict[str, Any]
) -> dict[str, Any]:
    """Adjudicate: write the ground truth of a task by hand. `revision` is 0 for the first.

    Raises `Conflict` with the present one when somebody else wrote it in the meantime.
    """
    return write_ground_truth(session, actor, task_access(session, actor, task_id), revision, document)


def write_ground_truth(
    session: Session, actor: Actor, access: TaskAccess, revision: int, document: dict[str, Any]
) -> dict[str, Any]:
    """As `put_consensus`, in the caller's transaction."""
    access.require(Permission.ADJUDICATE)
    if session.scalar(select(exists().where(Annotation.task_id == access.task.id, Annotation.user_id == actor.id))):
        raise Forbidden("You have annotated this task; somebody else writes its ground truth.")
    labels = frozenset(session.scalars(select(ProjectLabel.id).where(ProjectLabel.project_id == access.project.id)))
    clean = assemble(
        (collection.value, as_json(fitted(item, labels=labels, start=access.task.start, stop=access.task.stop)))
        for collection, item in items_of(parse_document(document))
    )
    present = session.get(Consensus, access.task.id, with_for_update=True)
    if (present.revision if present else 0) != revision:
        raise Conflict(
            "Somebody else wrote this ground truth in the meantime.",
            field="ground_truth",
            **_ground_truth(session, access.task.id),
        )
    if present is None:
        present = Consensus(task_id=access.task.id, kind="adjudicated", revision=0, document=clean, created_by=actor.id)
        session.add(present)
    present.revision, present.document, present.created_by, present.updated_at = revision + 1, clean, actor.id, now()
    refresh_task_states(session, [access.task.id])
    record(
        session, actor, "consensus.adjudicated", f"task:{access.task.id}", project_id=access.project.id,
        revision=revision + 1,
    )  # fmt: skip
    session.flush()
    return _ground_truth(session, access.task.id)


def _ground_truth(session: Session, task_id: int) -> dict[str, Any]:
    adjudicated = session.execute(
        select(Consensus, User.username).join(User, User.id == Consensus.created_by).where(Consensus.task_id == task_id)
    ).first()
    if adjudicated is not None:
        row, username = adjudicated
        return _json(task_id, row.kind, row.revision, row.document, username, iso(row.updated_at))
    merged = merged_of(session, [task_id]).get(task_id)
    if merged is not None:
        found = _json(task_id, "merged", 0, merged["document"], None, merged["merged_at"])
        return {**found, "method": merged["method"], "soft": merged["soft"], "stale": merged["stale"]}
    approved = session.execute(
        select(Annotation, User.username)
        .join(User, User.id == Annotation.user_id)
        .where(Annotation.task_id == task_id, Annotation.state == AnnotationState.APPROVED.value)
        .limit(2)
    ).all()
    if len(approved) != 1:
        return _json(task_id, "none", 0, None, None, None)
    annotation, username = approved[0]
    document = present_document(session, annotation.id)
    return _json(task_id, "approved", 0, document, username, iso(annotation.updated_at))


def _json(
    task_id: int, kind: str, revision: int, document: Any, by: str | None, updated_at: str | None
) -> dict[str, Any]:
    return {
        "task": str(task_id),
        "kind": kind,
        "revision": revision,
        "document": document,
        "by": by,
        "updated_at": updated_at,
    }
