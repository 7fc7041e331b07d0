"""Who works in a project, in which roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import (
    Membership,
    User,
)
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.accounts.headphone_checks import latest_checks
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.reviews import review_holds, review_places
from labelbuddy_core.services.tasks import queues
from labelbuddy_core.services.tasks.hand_overs import hand_over
from labelbuddy_core.services.tasks.task_states import refresh_project
from labelbuddy_core.services.transactions import inner, reads, writes


@reads
def list_members(session: Session, actor: Actor, project_id: str | int) -> list[dict[str, Any]]:
    """The members of a project with their roles, and the last headphones check of each (None: none yet)."""
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_MEMBERS)
    rows = session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == access.project.id)
        .order_by(User.username, Membership.role)
    )
    members: dict[int, dict[str, Any]] = {}
    for user, role in rows:
        entry = members.setdefault(
            user.id, {"user": str(user.id), "username": user.username, "name": user.name, "roles": []}
        )
        entry["roles"].append(role)
    checks = latest_checks(session, list(members))
    return [{**entry, "headphones": checks.get(number)} for number, entry in members.items()]


@writes
def set_member(
    session: Session,
    actor: Actor,
    project_id: str | int,
    username: str,
    roles: Iterable[str],
    *,
    hand_over_to: str | None = None,
) -> dict[str, Any]:
    """Give a person these roles in a project; none removes the person. At least one manager stays.

    Who annotates no more keeps what was handed in or sent back, and drafts; the places of drafts and of what was not
    begun are free for others. With `hand_over_to` (a username) their open work goes to that annotator before, as
    `hand_over` does, and stays where the roles are refused.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.MANAGE_MEMBERS)
    person = person_called(session, username)
    wanted = set(checked_roles(roles))
    project = access.project
    if hand_over_to is not None:
        inner(hand_over)(session, actor, project.id, giver=person.username, taker=hand_over_to)
    set_roles(session, project.id, person.id, wanted)
    if not session.scalar(
        select(func.count()).where(Membership.project_id == project.id, Membership.role == Role.MANAGER.value)
    ):
        raise InvalidState("A project needs at least one manager.")
    if Role.ANNOTATOR not in wanted:
        queues.release_open(session, actor, project.id, person.id)
    if Role.REVIEWER not in wanted:
        review_places.release(session, project.id, person.id)
        review_holds.release_all(session, project.id, person.id)
    queues.assign_missing(session, project)
    refresh_project(session, project)
    names = sorted(role.value for role in wanted)
    record(session, actor, "member.roles", f"user:{person.id}", project_id=project.id, roles=names)
    return {"user": str(person.id), "username": person.username, "name": person.name, "roles": names}


@reads
def people_to_invite(session: Session, actor: Actor) -> list[dict[str, str]]:
    """Everybody with an active account, for those who manage a project or may create one."""
    manages = session.scalar(
        select(func.count()).where(Membership.user_id == actor.id, Membership.role == Role.MANAGER.value)
    )
    if not (actor.is_administrator or actor.can_create_projects or manages):
        raise Forbidden("Only managers see who has an account.")
    rows = session.execute(select(User.username, User.name).where(User.active).order_by(User.username))
    return [{"username": username, "name": name} for username, name in rows]


def set_roles(session: Session, project_id: int, user_id: int, wanted: set[Role]) -> None:
    """Give a person exactly these roles in a project."""
    session.execute(delete(Membership).where(Membership.project_id == project_id, Membership.user_id == user_id))
    for role in sorted(wanted):
        session.add(Membership(project_id=project_id, user_id=user_id, role=role.value))
    session.flush()


def person_called(session: Session, username: str) -> User:
    """Who has the account of this name. Raises `NotFound`."""
    person = session.scalar(select(User).where(User.username == username.strip().lower(), User.active))
    if person is None:
        raise NotFound(f"Nobody with an account is called {username!r}.")
    return person


def checked_roles(names: Iterable[str]) -> list[Role]:
    """Roles by their names. Raises `Invalid`."""
    try:
        return [Role(name) for name in names]
    except ValueError as error:
        raise Invalid(f"{error}; roles are manager, annotator and reviewer.", field="roles") from None
