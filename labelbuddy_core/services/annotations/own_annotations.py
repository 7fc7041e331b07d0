"""My annotation of a task: found, held while it is changed, begun, and noted in the history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import (
    Annotation,
    Project,
    Revision,
    User,
)
from labelbuddy_core.domain.states import EDITABLE, AnnotationState
from labelbuddy_core.errors import Conflict, InvalidState
from labelbuddy_core.services.access import TaskAccess
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.annotation_documents import (
    present_document,
)
from labelbuddy_core.services.history import record

_OWN = select(Annotation).where(Annotation.task_id == bindparam("task"), Annotation.user_id == bindparam("person"))
_OWN_TO_CHANGE = _OWN.with_for_update().execution_options(populate_existing=True)


def own_annotation(session: Session, actor: Actor, access: TaskAccess) -> Annotation | None:
    """My annotation of a task, if I have begun one."""
    return session.scalar(_OWN, _mine(actor, access))


def own_annotation_to_change(session: Session, actor: Actor, access: TaskAccess) -> Annotation | None:
    """My annotation as it is now; nobody else changes it until this transaction ends."""
    return session.scalar(_OWN_TO_CHANGE, _mine(actor, access))


def begin(session: Session, actor: Actor, access: TaskAccess) -> Annotation:
    """Begin my annotation of a task. Raises `Conflict` when another tab did in this moment."""
    annotation = Annotation(task_id=access.task.id, project_id=access.project.id, user_id=actor.id, revision=0)
    try:
        with session.begin_nested():
            session.add(annotation)
    except IntegrityError:  # another tab began it in this moment
        begun = own_annotation_to_change(session, actor, access)
        assert begun is not None
        raise Conflict("Another tab began this annotation.", **newest(session, begun)) from None
    return annotation


def newest(session: Session, annotation: Annotation) -> dict[str, Any]:
    """What somebody who began from an older revision must know: the newest one, and who saved it."""
    saved_by = session.scalar(
        select(User.username)
        .join(Revision, Revision.user_id == User.id)
        .where(Revision.annotation_id == annotation.id, Revision.revision == annotation.revision)
    )
    document = present_document(session, annotation.id)
    return {"revision": annotation.revision, "document": document, "saved_by": saved_by}


def require_editable(annotation: Annotation) -> None:
    """Raise `InvalidState` for an annotation that is handed in or approved."""
    if AnnotationState(annotation.state) not in EDITABLE:
        what = "approved" if annotation.state == AnnotationState.APPROVED else "handed in"
        raise InvalidState(f"This annotation is {what} and cannot be changed; withdraw it first.")


def note(session: Session, actor: Actor, project: Project, annotation: Annotation, action: str, **data: Any) -> None:
    """Note in the history what was done to an annotation, with its revision."""
    record(
        session,
        actor,
        action,
        f"annotation:{annotation.id}",
        project_id=project.id,
        revision=annotation.revision,
        **data,
    )


def _mine(actor: Actor, access: TaskAccess) -> dict[str, int]:
    return {"task": access.task.id, "person": actor.id}
