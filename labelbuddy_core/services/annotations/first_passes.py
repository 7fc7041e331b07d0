"""Whether suggestions are withheld from somebody, and the first pass without them that a project may ask for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import FirstPass
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.suggestions import WITHHELD, Suggestions
from labelbuddy_core.errors import Conflict, Forbidden, Invalid, InvalidState
from labelbuddy_core.services.access import TaskAccess, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.suggestion_log import revision_of
from labelbuddy_core.services.history import record
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import writes

MOST_SHOWN = 100


def withheld(session: Session, actor: Actor, access: TaskAccess) -> Suggestions | None:
    """Why the person does not see suggestions for this task; None when they do.

    Whoever has the task in their own queue is kept blind there, whatever other roles they have; managers see all
    predictions of a project in its list.
    """
    setting = Suggestions(access.project.suggestions)
    if setting is Suggestions.SHOWN or not access.in_own_queue:
        return None
    if setting is Suggestions.AFTER_FIRST_PASS and _declared(session, actor, access):
        return None
    return setting


def require_visible(session: Session, actor: Actor, access: TaskAccess) -> None:
    """Raises `Forbidden` when suggestions for this task are withheld from the person."""
    why = withheld(session, actor, access)
    if why is not None:
        raise Forbidden(WITHHELD[why])


@writes
def declare_first_pass(session: Session, actor: Actor, task_id: str | int, revision: int) -> dict[str, Any]:
    """Say that the first pass is done, at this revision of my annotation; suggestions are shown from then on.

    Again changes nothing. Raises `Conflict` when another revision is the newest, `InvalidState` when the project does
    not ask for a first pass.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    if access.project.suggestions != Suggestions.AFTER_FIRST_PASS:
        raise InvalidState("This project does not ask for a first pass without suggestions.")
    done = session.get(FirstPass, (access.task.id, actor.id))
    if done is None:
        at = revision_of(session, actor, access.task.id)
        if at["revision"] != revision:
            raise Conflict("A newer revision was saved; look at it first.", revision=at["revision"])
        done = FirstPass(task_id=access.task.id, user_id=actor.id, revision=revision, at=now())
        session.add(done)
        record(
            session,
            actor,
            "suggestions.revealed",
            f"task:{access.task.id}",
            project_id=access.project.id,
            **at,
        )
    return {"task": str(access.task.id), "revision": done.revision, "at": iso(done.at)}


@writes
def note_view(
    session: Session,
    actor: Actor,
    task_id: str | int,
    *,
    shown: bool,
    predictions: list[str],
    threshold: float | None,
) -> None:
    """Note that I see these predictions from now on, or have hidden them by hand; for studies."""
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    require_visible(session, actor, access)
    if len(predictions) > MOST_SHOWN:
        raise Invalid(f"At most {MOST_SHOWN} predictions.", field="predictions")
    record(
        session,
        actor,
        "suggestions.shown" if shown else "suggestions.hidden",
        f"task:{access.task.id}",
        project_id=access.project.id,
        **revision_of(session, actor, access.task.id),
        predictions=predictions,
        threshold=threshold,
    )


def _declared(session: Session, actor: Actor, access: TaskAccess) -> bool:
    done = exists().where(FirstPass.task_id == access.task.id, FirstPass.user_id == actor.id)
    return bool(session.scalar(select(done)))
