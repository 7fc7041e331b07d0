"""Projects: create, list, change and delete them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database.tables import (
    Import,
    Membership,
    Project,
    Recording,
)
from labelbuddy_core.domain.caption_lexicon import parse_lexicon
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.domain.plain_names import one_line, readable
from labelbuddy_core.domain.review_reasons import checked_reasons
from labelbuddy_core.domain.suggestions import Suggestions
from labelbuddy_core.domain.templates import TEMPLATES
from labelbuddy_core.domain.tiers import Lanes, checked_tiers
from labelbuddy_core.errors import Forbidden, Invalid
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.accounts.memberships import checked_roles, person_called, set_roles
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.labels.project_labels import replace_labels, write_labels
from labelbuddy_core.services.projects.project_answers import as_answers, models_of
from labelbuddy_core.services.recordings import recordings
from labelbuddy_core.services.releases import releases
from labelbuddy_core.services.reviews.review_sampling import set_review_rules
from labelbuddy_core.services.tasks import queues
from labelbuddy_core.services.tasks.queue_orders import set_queue_order
from labelbuddy_core.services.tasks.task_states import refresh_project
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
    return as_answers(session, actor, list(session.scalars(query)))


@reads
def get_project(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any]:
    """One project with its labels, controls, my roles and counts."""
    project = project_access(session, actor, project_id).project
    return {**as_answers(session, actor, [project])[0], "models": models_of(session, project.id)}


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
    write_labels(session, project.id, labels or [{"name": label} for label in TEMPLATES[template].labels])
    session.add(Membership(project_id=project.id, user_id=actor.id, role=Role.MANAGER.value))
    session.flush()
    for username, roles in (members or {}).items():
        person = person_called(session, username)
        wanted = set(checked_roles(roles)) | ({Role.MANAGER} if person.id == actor.id else set())
        set_roles(session, project.id, person.id, wanted)
    record(session, actor, "project.created", f"project:{project.id}", project_id=project.id, name=project.name)
    return as_answers(session, actor, [project])[0]


@writes
def update_project(session: Session, actor: Actor, project_id: str | int, changes: dict[str, Any]) -> dict[str, Any]:
    """Change name, instructions, labels, strategy, annotators_per_task, blind, suggestions, queue_order, lanes, tiers,
    review_reasons, lexicon, reviewing, state.

    `suggestions` is one of `domain.suggestions.Suggestions`, `queue_order` of `domain.queue_orders.QueueOrder`, `state`
    active or archived, `reviewing` some of `domain.review_rules.ReviewRules`.
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
    if "review_reasons" in changes:
        project.review_reasons = checked_reasons(changes["review_reasons"])
    if "lexicon" in changes:
        project.lexicon = [entry.as_json() for entry in parse_lexicon(changes["lexicon"])]
    if "reviewing" in changes:
        set_review_rules(session, actor, project, changes["reviewing"])
    if "state" in changes:
        if changes["state"] not in ("active", "archived"):
            raise Invalid("state must be active or archived.", field="state")
        project.state = changes["state"]
    if "labels" in changes:
        replace_labels(session, project.id, changes["labels"])
    if "strategy" in changes or "annotators_per_task" in changes:
        project.strategy = _strategy(changes.get("strategy", project.strategy))
        project.annotators_per_task = _annotators(changes.get("annotators_per_task", project.annotators_per_task))
        session.flush()
        queues.assign_missing(session, project)
        refresh_project(session, project)
    session.flush()
    record(session, actor, "project.changed", f"project:{project.id}", project_id=project.id, fields=sorted(changes))
    return as_answers(session, actor, [project])[0]


def delete_project(actor: Actor, project_id: str | int) -> None:
    """Delete a project with everything in it. Audio that no other project uses is removed from the storage after."""
    hashes, uploaded, released = _delete_rows(actor, project_id)
    recordings.remove_unused_blobs(hashes)
    releases.forget_blobs(released)
    for key in uploaded:
        open_store(get_settings()).delete(key)


@writes
def _delete_rows(session: Session, actor: Actor, project_id: str | int) -> tuple[list[str], list[str], list[str]]:
    """The rows go; returns the hashes of their originals, the keys of what imports had uploaded, and the hashes of
    releases."""
    access = project_access(session, actor, project_id)
    access.require(Permission.DELETE_PROJECT)
    project = access.project
    hashes = list(session.scalars(select(Recording.sha256).where(Recording.project_id == project.id)))
    record(session, actor, "project.deleted", f"project:{project.id}", name=project.name, recordings=len(hashes))
    imported = select(Import.blob_key).where(Import.project_id == project.id)
    uploaded = [key for key in session.scalars(imported) if key]
    released = releases.hashes_of(session, project.id)
    session.execute(delete(Project).where(Project.id == project.id))
    return hashes, uploaded, released


def _name(name: str) -> str:
    name = one_line(" ".join(str(name).split()), "name")
    if not name or len(name) > 120:
        raise Invalid("A project needs a name of 1 to 120 characters.", field="name")
    return name


def _instructions(text: str) -> str:
    if len(text) > 50_000:
        raise Invalid("The instructions are longer than 50,000 characters.", field="instructions")
    return readable(text, "instructions")


def _strategy(strategy: str) -> str:
    if strategy not in STRATEGIES:
        raise Invalid(f"The assignment must be one of {', '.join(STRATEGIES)}.", field="assignment.strategy")
    return strategy


def _annotators(number: int) -> int:
    if not 1 <= number <= MAX_ANNOTATORS:
        raise Invalid(
            f"Annotators per task must be from 1 to {MAX_ANNOTATORS}.", field="assignment.annotators_per_task"
        )
    return number


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
