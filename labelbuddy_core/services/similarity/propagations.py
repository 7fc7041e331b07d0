"""A label propagated to similar stretches: it becomes suggestions there, which people accept or reject as any other.

Those of managers are for everybody who has the tasks, those of annotators for themselves alone: nobody else is to see
what they think.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Model, ProjectLabel, Propagation, Recording, Task, User
from labelbuddy_core.domain.offered_suggestions import ALIKE
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.templates import TEMPLATES
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.services.access import ProjectAccess, parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.models.model_licenses import require_confirmed
from labelbuddy_core.services.pages_of_results import Results, one_page
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.similarity.propagated_suggestions import suggest
from labelbuddy_core.services.similarity.similar_sounds import MOST_RESULTS, Hit, Search, SimilarTo, search_similar
from labelbuddy_core.services.transactions import reads, writes


@dataclass(frozen=True)
class Place:
    """Where a stretch that is not to be labeled begins (s), in which task."""

    task: str
    start: float


def propagate(
    actor: Actor,
    project_id: str | int,
    wanted: SimilarTo,
    *,
    label: str,
    least: float,
    limit: int = MOST_RESULTS,
    leave_out: Collection[Place] = (),
) -> dict[str, Any]:
    """Suggest a label for what is like a stretch, from a similarity on; returns the propagation as `propagations` does.

    The first `limit` stretches that are not left out get it. Raises `InvalidState` when there are none, `Invalid` for a
    label that the project has not.
    """
    if not actor.can_write:
        raise Forbidden("This token may only read.")
    search = search_similar(actor, project_id, wanted, limit=MOST_RESULTS, least=least)
    if not 1 <= limit <= MOST_RESULTS:
        raise Invalid(f"limit is a number from 1 to {MOST_RESULTS}.", field="limit")
    chosen = [hit for hit in search.hits if not _is_left_out(hit, leave_out)][:limit]
    if not chosen:
        raise InvalidState(f"Nothing that is not left out has a similarity of {least:g} or more.")
    return _propagate(actor, project_id, search, chosen, label, least)


def _is_left_out(hit: Hit, leave_out: Collection[Place]) -> bool:
    return any(one.task == str(hit.task_id) and abs(one.start - hit.start) <= ALIKE for one in leave_out)


@writes
def _propagate(
    session: Session,
    actor: Actor,
    project_id: str | int,
    search: Search,
    chosen: Sequence[Hit],
    label: str,
    least: float,
) -> dict[str, Any]:
    access = project_access(session, actor, project_id)
    access.require(Permission.PREDICT)
    if not TEMPLATES[access.project.template].controls.regions:
        raise InvalidState("This project has no regions to suggest.")
    if session.get(ProjectLabel, (access.project.id, label)) is None:
        raise Invalid(f"{label!r} is no label of this project.", field="label")
    source, space = search.source, search.space
    require_confirmed(session.get_one(Model, space.model_id))
    made = Propagation(
        project_id=access.project.id,
        task_id=source.task_id,
        start=source.start,
        stop=source.stop,
        region=source.region,
        label=label,
        model_id=space.model_id,
        version=space.version,
        least=least,
        stretches=len(chosen),
        tasks=len({hit.task_id for hit in chosen}),
        only_user_id=None if access.is_manager else actor.id,
        created_by=actor.id,
    )
    session.add(made)
    session.flush()
    present = set(session.scalars(select(Task.id).where(Task.id.in_({hit.task_id for hit in chosen}))))
    for hit in chosen:
        if hit.task_id in present:
            suggest(session, made, search, hit)
    record(
        session,
        actor,
        "label.propagated",
        f"propagation:{made.id}",
        project_id=access.project.id,
        label=label,
        model=space.model,
        version=space.version,
        task=source.task_id,
        start=source.start,
        stop=source.stop,
        region=source.region,
        least=least,
        stretches=len(chosen),
    )
    return _propagations(session, [made])[0]


@reads
def list_propagations(
    session: Session, actor: Actor, project_id: str | int, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The propagations of a project, newest first, a page at a time: all for managers, for annotators their own.

    Each: {id, project, label, model, model_name, version, source: {task, recording, start, stop, region}, least,
    stretches, tasks, for_everybody, by, created_at, undone_by, undone_at}.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.PREDICT)
    query = select(Propagation).where(Propagation.project_id == access.project.id, _mine(actor, access))
    rows, following = one_page(session, query, Propagation.id, limit=limit, cursor=cursor)
    return Results(_propagations(session, rows), following).as_json()


@writes
def undo(session: Session, actor: Actor, propagation_id: str | int) -> dict[str, Any]:
    """Take back the suggestions of a propagation that nobody has accepted; what was accepted is a person's and stays.

    Again changes nothing. Raises `NotFound` for others than who made it and the managers.
    """
    made = session.get(Propagation, parse_id(propagation_id, "propagation"))
    if made is None or not _may_undo(session, actor, made):
        raise NotFound(f"There is no propagation {propagation_id!r}.")
    if made.undone_at is None:
        made.undone_at, made.undone_by = now(), actor.id
        record(
            session,
            actor,
            "label.propagation_undone",
            f"propagation:{made.id}",
            project_id=made.project_id,
            label=made.label,
            stretches=made.stretches,
        )
        session.flush()
    return _propagations(session, [made])[0]


def _mine(actor: Actor, access: ProjectAccess) -> ColumnElement[bool]:
    return Propagation.id.is_not(None) if access.is_manager else Propagation.created_by == actor.id


def _may_undo(session: Session, actor: Actor, made: Propagation) -> bool:
    try:
        access = project_access(session, actor, made.project_id)
    except NotFound:
        return False
    return access.is_manager or (made.created_by == actor.id and access.allows(Permission.PREDICT))


def _propagations(session: Session, rows: Sequence[Propagation]) -> list[dict[str, Any]]:
    """The propagation objects of the API."""
    by, undone_by = aliased(User), aliased(User)
    names = {
        number: (model, maker, undoer, recording)
        for number, model, maker, undoer, recording in session.execute(
            select(Propagation.id, Model.name, by.username, undone_by.username, Recording.name)
            .join(Model, Model.id == Propagation.model_id)
            .outerjoin(by, by.id == Propagation.created_by)
            .outerjoin(undone_by, undone_by.id == Propagation.undone_by)
            .outerjoin(Task, Task.id == Propagation.task_id)
            .outerjoin(Recording, Recording.id == Task.recording_id)
            .where(Propagation.id.in_([row.id for row in rows]))
        )
    }
    return [_json(row, *names[row.id]) for row in rows]


def _json(row: Propagation, model: str, maker: str | None, undoer: str | None, recording: str | None) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "project": str(row.project_id),
        "label": row.label,
        "model": str(row.model_id),
        "model_name": model,
        "version": row.version,
        "source": {
            "task": None if row.task_id is None else str(row.task_id),
            "recording": recording,
            "start": row.start,
            "stop": row.stop,
            "region": row.region,
        },
        "least": row.least,
        "stretches": row.stretches,
        "tasks": row.tasks,
        "for_everybody": row.only_user_id is None,
        "by": maker,
        "created_at": iso(row.created_at),
        "undone_by": undoer,
        "undone_at": None if row.undone_at is None else iso(row.undone_at),
    }
