"""Projects: create, list, change and delete them; their label sets and their members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Import,
    Membership,
    Project,
    ProjectLabel,
    ProjectModel,
    Recording,
    Task,
    User,
)
from labelbuddy_core.domain.label_rules import LabelRules
from labelbuddy_core.domain.label_sets import complete
from labelbuddy_core.domain.permissions import Permission, Role, effective_roles
from labelbuddy_core.domain.suggestions import Suggestions
from labelbuddy_core.domain.templates import TEMPLATES
from labelbuddy_core.domain.tiers import Lanes, checked_tiers
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.services import queues, recordings
from labelbuddy_core.services.access import ProjectAccess, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.queue_orders import set_queue_order
from labelbuddy_core.services.task_states import refresh_project
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import get_settings

STRATEGIES = ("pool", "disjoint", "all")
MAX_ANNOTATORS = 100


@reads
def list_projects(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The projects a person is a member of (an administrator: all), newest first, with counts."""
    query = select(Project).order_by(Project.id.desc())
    if not actor.is_administrator:
        query = query.where(Project.id.in_(select(Membership.project_id).where(Membership.user_id == actor.id)))
    return _present(session, actor, list(session.scalars(query)))


@reads
def get_project(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any]:
    """One project with its labels, controls, my roles and counts."""
    project = project_access(session, actor, project_id).project
    return {**_present(session, actor, [project])[0], "models": _models(session, project.id)}


@writes
def create_project(
    session: Session,
    actor: Actor,
    *,
    name: str,
    template: str,
    instructions: str = "",
    labels: list[dict[str, Any]] | None = None,
    strategy: str = "pool",
    annotators_per_task: int = 1,
    blind: bool = True,
    suggestions: str = "shown",
    lanes: str = "labels",
    tiers: Sequence[str] = (),
    members: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    """Create a project; the creator becomes its manager. `members` maps usernames to roles.

    Without `labels` the template's own are used. Raises `Forbidden` without the right to create, `Invalid` naming the
    field that is wrong.
    """
    if not (actor.is_administrator or actor.can_create_projects):
        raise Forbidden("You may not create projects; ask an administrator for the right.")
    if template not in TEMPLATES:
        raise Invalid(f"There is no template {template!r}; choose {', '.join(TEMPLATES)}.", field="template")
    project = Project(
        name=_name(name),
        template=template,
        instructions=_instructions(instructions),
        strategy=_strategy(strategy),
        annotators_per_task=_annotators(annotators_per_task),
        blind=blind,
        suggestions=_suggestions(suggestions),
        created_by=actor.id,
    )
    _set_lanes(project, lanes, tiers)
    session.add(project)
    session.flush()
    _write_labels(session, project.id, labels or [{"name": label} for label in TEMPLATES[template].labels])
    session.add(Membership(project_id=project.id, user_id=actor.id, role=Role.MANAGER.value))
    session.flush()
    for username, roles in (members or {}).items():
        person = _person(session, username)
        wanted = set(_roles(roles)) | ({Role.MANAGER} if person.id == actor.id else set())
        _set_roles(session, project.id, person.id, wanted)
    record(session, actor, "project.created", f"project:{project.id}", project_id=project.id, name=project.name)
    return _present(session, actor, [project])[0]


@writes
def update_project(session: Session, actor: Actor, project_id: str | int, changes: dict[str, Any]) -> dict[str, Any]:
    """Change name, instructions, labels, strategy, annotators_per_task, blind, suggestions, queue_order, lanes, tiers,
    state.

    `suggestions` is one of `domain.suggestions.Suggestions`, `queue_order` of `domain.queue_orders.QueueOrder`, `state`
    active or archived.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.EDIT_PROJECT)
    project = access.project
    if "name" in changes:
        project.name = _name(changes["name"])
    if "instructions" in changes:
        project.instructions = _instructions(changes["instructions"])
    if "blind" in changes:
        project.blind = bool(changes["blind"])
    if "suggestions" in changes:
        _set_suggestions(session, actor, project, _suggestions(changes["suggestions"]))
    if "queue_order" in changes:
        set_queue_order(session, actor, project, changes["queue_order"])
    if "lanes" in changes or "tiers" in changes:
        _set_lanes(project, changes.get("lanes", project.lanes), changes.get("tiers", project.tiers))
    if "state" in changes:
        if changes["state"] not in ("active", "archived"):
            raise Invalid("state must be active or archived.", field="state")
        project.state = changes["state"]
    if "labels" in changes:
        _replace_labels(session, project.id, changes["labels"])
    if "strategy" in changes or "annotators_per_task" in changes:
        project.strategy = _strategy(changes.get("strategy", project.strategy))
        project.annotators_per_task = _annotators(changes.get("annotators_per_task", project.annotators_per_task))
        session.flush()
        queues.assign_missing(session, project)
        refresh_project(session, project)
    session.flush()
    record(session, actor, "project.changed", f"project:{project.id}", project_id=project.id, fields=sorted(changes))
    return _present(session, actor, [project])[0]


def delete_project(actor: Actor, project_id: str | int) -> None:
    """Delete a project with everything in it. Audio that no other project uses is removed from the storage after."""
    hashes, uploaded = _delete_rows(actor, project_id)
    recordings.remove_unused_blobs(hashes)
    for key in uploaded:
        open_store(get_settings()).delete(key)


@writes
def _delete_rows(session: Session, actor: Actor, project_id: str | int) -> tuple[list[str], list[str]]:
    """The rows go; returns the hashes of their originals, and the keys of what imports had uploaded."""
    access = project_access(session, actor, project_id)
    access.require(Permission.DELETE_PROJECT)
    project = access.project
    hashes = list(session.scalars(select(Recording.sha256).where(Recording.project_id == project.id)))
    record(session, actor, "project.deleted", f"project:{project.id}", name=project.name, recordings=len(hashes))
    imported = select(Import.blob_key).where(Import.project_id == project.id)
    uploaded = [key for key in session.scalars(imported) if key]
    session.execute(delete(Project).where(Project.id == project.id))
    return hashes, uploaded


@reads
def list_members(session: Session, actor: Actor, project_id: str | int) -> list[dict[str, Any]]:
    """The members of a project with their roles."""
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_MEMBERS)
    rows = session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == access.project.id)
        .order_by(User.username, Membership.role)
    )
    members: dict[str, dict[str, Any]] = {}
    for user, role in rows:
        entry = members.setdefault(
            user.username, {"user": str(user.id), "username": user.username, "name": user.name, "roles": []}
        )
        entry["roles"].append(role)
    return list(members.values())


@writes
def set_member(
    session: Session, actor: Actor, project_id: str | int, username: str, roles: Iterable[str]
) -> dict[str, Any]:
    """Give a person these roles in a project; none removes the person. At least one manager stays."""
    access = project_access(session, actor, project_id)
    access.require(Permission.MANAGE_MEMBERS)
    person = _person(session, username)
    wanted = set(_roles(roles))
    project = access.project
    _set_roles(session, project.id, person.id, wanted)
    if not session.scalar(
        select(func.count()).where(Membership.project_id == project.id, Membership.role == Role.MANAGER.value)
    ):
        raise InvalidState("A project needs at least one manager.")
    if Role.ANNOTATOR not in wanted:
        queues.release_untouched(session, project.id, person.id)
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


def labels_of(session: Session, project_id: int) -> list[dict[str, Any]]:
    """The label set of a project as JSON, in order."""
    return _labels(session, [project_id]).get(project_id, [])


def add_labels(session: Session, project_id: int, labels: list[dict[str, Any]]) -> None:
    """Add labels at the end of a project's label set; those whose name it has already are passed over."""
    present = labels_of(session, project_id)
    names = {label["name"].casefold() for label in present}
    fresh = [label for label in labels if label["name"].casefold() not in names]
    if fresh:
        session.execute(delete(ProjectLabel).where(ProjectLabel.project_id == project_id))
        _write_labels(session, project_id, [*present, *fresh])


def _replace_labels(session: Session, project_id: int, labels: list[dict[str, Any]]) -> None:
    kept = {label.id for label in complete(labels)}
    removed = set(
        session.scalars(
            select(ProjectLabel.id).where(ProjectLabel.project_id == project_id, ProjectLabel.id.not_in(kept))
        )
    )
    if removed:
        used = session.execute(
            select(AnnotationItem.label, func.count())
            .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
            .where(Annotation.project_id == project_id, AnnotationItem.label.in_(removed))
            .group_by(AnnotationItem.label)
        ).all()
        if used:
            names = ", ".join(f"{label} ({count} times)" for label, count in used)
            raise InvalidState(f"These labels are in use and cannot be removed: {names}.", field="labels")
    session.execute(delete(ProjectLabel).where(ProjectLabel.project_id == project_id))
    _write_labels(session, project_id, labels)
    for link in session.scalars(select(ProjectModel).where(ProjectModel.project_id == project_id)):
        link.label_map = {theirs: ours for theirs, ours in link.label_map.items() if ours in kept}
        link.label_thresholds = {ours: lowest for ours, lowest in link.label_thresholds.items() if ours in kept}


def _models(session: Session, project_id: int) -> list[dict[str, Any]]:
    return [
        {
            "model": str(link.model_id),
            "label_map": link.label_map,
            "threshold": link.threshold,
            "label_thresholds": link.label_thresholds,
            "version": link.version,
            "automatic": link.automatic,
        }
        for link in session.scalars(
            select(ProjectModel).where(ProjectModel.project_id == project_id).order_by(ProjectModel.model_id)
        )
    ]


def _write_labels(session: Session, project_id: int, labels: list[dict[str, Any]]) -> None:
    for position, label in enumerate(complete(labels)):
        session.add(
            ProjectLabel(
                project_id=project_id,
                id=label.id,
                position=position,
                name=label.name,
                color=label.color,
                key=label.key,
                parent=label.parent,
                description=label.description,
                rules=label.rules.as_json(),
            )
        )
    session.flush()


def _set_roles(session: Session, project_id: int, user_id: int, wanted: set[Role]) -> None:
    session.execute(delete(Membership).where(Membership.project_id == project_id, Membership.user_id == user_id))
    for role in sorted(wanted):
        session.add(Membership(project_id=project_id, user_id=user_id, role=role.value))
    session.flush()


def _person(session: Session, username: str) -> User:
    person = session.scalar(select(User).where(User.username == username.strip().lower(), User.active))
    if person is None:
        raise NotFound(f"Nobody with an account is called {username!r}.")
    return person


def _roles(names: Iterable[str]) -> list[Role]:
    try:
        return [Role(name) for name in names]
    except ValueError as error:
        raise Invalid(f"{error}; roles are manager, annotator and reviewer.", field="roles") from None


def _name(name: str) -> str:
    name = " ".join(str(name).split())
    if not name or len(name) > 120:
        raise Invalid("A project needs a name of 1 to 120 characters.", field="name")
    return name


def _instructions(text: str) -> str:
    if len(text) > 50_000:
        raise Invalid("The instructions are longer than 50,000 characters.", field="instructions")
    return text


def _strategy(strategy: str) -> str:
    if strategy not in STRATEGIES:
        raise Invalid(f"The assignment must be one of {', '.join(STRATEGIES)}.", field="assignment.strategy")
    return strategy


def _suggestions(when: str) -> str:
    try:
        return Suggestions(when).value
    except ValueError:
        raise Invalid(f"suggestions must be one of {', '.join(Suggestions)}.", field="suggestions") from None


def _set_suggestions(session: Session, actor: Actor, project: Project, when: str) -> None:
    if when != project.suggestions:
        project.suggestions = when
        record(session, actor, "suggestions.set", f"project:{project.id}", project_id=project.id, setting=when)


def _set_lanes(project: Project, lanes: str, tiers: Iterable[str]) -> None:
    try:
        project.lanes = Lanes(lanes).value
    except ValueError:
        raise Invalid(f"lanes must be one of {', '.join(Lanes)}.", field="lanes") from None
    project.tiers = checked_tiers(tiers)
    if lanes == Lanes.TIERS and not project.tiers:
        raise Invalid("Name at least one tier to begin with.", field="tiers")


def _annotators(number: int) -> int:
    if not 1 <= number <= MAX_ANNOTATORS:
        raise Invalid(
            f"Annotators per task must be from 1 to {MAX_ANNOTATORS}.", field="assignment.annotators_per_task"
        )
    return number


def _labels(session: Session, project_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    rows = session.scalars(
        select(ProjectLabel)
        .where(ProjectLabel.project_id.in_(project_ids))
        .order_by(ProjectLabel.project_id, ProjectLabel.position)
    )
    for row in rows:
        found.setdefault(row.project_id, []).append(
            {
                "id": row.id,
                "name": row.name,
                "color": row.color,
                "key": row.key,
                "parent": row.parent,
                "description": row.description,
                **LabelRules().as_json(),
                **row.rules,
            }
        )
    return found


def _present(session: Session, actor: Actor, projects: list[Project]) -> list[dict[str, Any]]:
    """The JSON of several projects in a constant number of queries. Only managers see counts of everybody's tasks."""
    ids = [project.id for project in projects]
    labels = _labels(session, ids)
    mine: dict[int, list[Role]] = {}
    for project_id, role in session.execute(
        select(Membership.project_id, Membership.role).where(
            Membership.user_id == actor.id, Membership.project_id.in_(ids)
        )
    ):
        mine.setdefault(project_id, []).append(Role(role))
    tasks: dict[int, dict[str, int]] = {}
    for project_id, state, count in session.execute(
        select(Task.project_id, Task.state, func.count())
        .where(Task.project_id.in_(ids))
        .group_by(Task.project_id, Task.state)
    ):
        tasks.setdefault(project_id, {})[state] = count
    sounds: dict[int, dict[str, int]] = {}
    for project_id, state, count in session.execute(
        select(Recording.project_id, Recording.state, func.count())
        .where(Recording.project_id.in_(ids))
        .group_by(Recording.project_id, Recording.state)
    ):
        sounds.setdefault(project_id, {})[state] = count
    answer = []
    for project in projects:
        roles = effective_roles(mine.get(project.id, []), is_administrator=actor.is_administrator)
        access = ProjectAccess(project, roles)
        by_state = tasks.get(project.id, {})
        counts: dict[str, Any] = {}
        if access.allows(Permission.VIEW_ALL_TASKS):
            counts = {"tasks": sum(by_state.values()), "by_state": by_state, "recordings": sounds.get(project.id, {})}
        answer.append(
            {
                "id": str(project.id),
                "name": project.name,
                "instructions": project.instructions,
                "template": project.template,
                "controls": TEMPLATES[project.template].controls.as_json(),
                "labels": labels.get(project.id, []),
                "assignment": {"strategy": project.strategy, "annotators_per_task": project.annotators_per_task},
                "blind": project.blind,
                "suggestions": project.suggestions,
                "queue_order": project.queue_order,
                "lanes": project.lanes,
                "tiers": project.tiers,
                "state": project.state,
                "my_roles": sorted(role.value for role in roles),
                "counts": counts,
                "created_at": iso(project.created_at),
            }
        )
    return answer
