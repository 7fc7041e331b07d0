"""Sample projects: made for any template, with annotators who disagree and a review, and removed in one go."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Job, Membership, Model, Project, Recording
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.domain.states import FINAL_JOB_STATES
from labelbuddy_core.domain.templates import TEMPLATES
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.accounts.memberships import set_roles
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.first_steps import sample_people
from labelbuddy_core.services.first_steps.sample_contents import RECORDINGS, SAMPLES, labels_of
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models import model_links
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.transactions import inner, reads, writes

KIND: Final = "sample"


@writes
def begin_sample(session: Session, actor: Actor, template: str) -> dict[str, Any]:
    """As `ensure_sample`, with the job that fills it; answers {project, job}. `job` is None when nothing is to do."""
    project_id = inner(ensure_sample)(session, actor, template)
    return {"project": str(project_id), "job": _ensure_job(session, actor, project_id, template)}


@writes
def ensure_sample(session: Session, actor: Actor, template: str) -> int:
    """The id of my sample project of a template: the one that is there, or a new one that nothing is in yet.

    Whoever makes it has every role in it. Raises `Forbidden` without the right to create projects, `Invalid` for an
    unknown template.
    """
    if template not in SAMPLES:
        raise Invalid(f"There is no template {template!r}; choose {', '.join(SAMPLES)}.", field="template")
    found = session.scalar(
        select(Project)
        .join(Membership, Membership.project_id == Project.id)
        .where(
            Project.sample, Project.template == template, Project.created_by == actor.id,
            Membership.user_id == actor.id, Membership.role == Role.MANAGER.value,
            Project.name.startswith(_TITLE),
        )
        .order_by(Project.id.desc())
        .limit(1)
    )  # fmt: skip
    return found.id if found else _create(session, actor, template)


@reads
def my_samples(session: Session, actor: Actor) -> list[dict[str, str]]:
    """The sample projects that I may remove, with their names."""
    query = (
        select(Project.id, Project.name)
        .join(Membership, Membership.project_id == Project.id)
        .where(Project.sample, Membership.user_id == actor.id, Membership.role == Role.MANAGER.value)
        .order_by(Project.id)
    )
    return [{"id": str(number), "name": name} for number, name in session.execute(query)]


@reads
def is_being_made(session: Session, actor: Actor, project_id: str | int) -> bool:
    """Whether a job is filling this sample project; for its managers."""
    access = project_access(session, actor, project_id)
    access.require(Permission.EDIT_PROJECT)
    return _open_job(session, access.project.id) is not None


@writes
def mark_as_sample(session: Session, actor: Actor, project_id: str | int) -> None:
    """Say that a project of mine is a sample, as the demo is."""
    access = project_access(session, actor, project_id)
    access.require(Permission.EDIT_PROJECT)
    access.project.sample = True


def remove_sample(actor: Actor, project_id: str | int) -> None:
    """Remove a sample project with everything in it, and the people who are in no other.

    Raises `InvalidState` for a project that is none.
    """
    _require_sample(actor, project_id)
    projects.delete_project(actor, project_id)
    _forget_people(actor)


def remove_my_samples(actor: Actor) -> int:
    """Remove all sample projects that I manage; returns how many."""
    mine = my_samples(actor)
    for one in mine:
        remove_sample(actor, one["id"])
    return len(mine)


_TITLE = "Sample: "


def _create(session: Session, actor: Actor, template: str) -> int:
    sample = SAMPLES[template]
    people = sample_people.ensure_people(session)
    made = inner(projects.create_project)(
        session,
        actor,
        name=f"{_TITLE}{TEMPLATES[template].title.lower()} ({sample.about})",
        template=template,
        instructions=sample.instructions,
        labels=labels_of(template),
        annotators_per_task=2,
        members={actor.username: [Role.MANAGER, Role.ANNOTATOR, Role.REVIEWER]},
    )
    project_id = int(made["id"])
    session.get_one(Project, project_id).sample = True
    for person, role in zip(people, sample_people.ROLES, strict=True):
        if person.id != actor.id:
            set_roles(session, project_id, person.id, {role})
    _link(session, actor, project_id, template)
    return project_id


def _link(session: Session, actor: Actor, project_id: int, template: str) -> None:
    """Let the bundled model that fits give suggestions; without it there are none."""
    sample = SAMPLES[template]
    model = session.scalar(select(Model.id).where(Model.name == sample.model, Model.active))
    if model is None:
        return
    ids = {label["name"]: label["id"] for label in inner(projects.get_project)(session, actor, project_id)["labels"]}
    label_map = {theirs: ids[name] for theirs, name in sample.label_map.items()}
    inner(model_links.link_model)(session, actor, project_id, model, label_map=label_map, threshold=0.3)


def _ensure_job(session: Session, actor: Actor, project_id: int, template: str) -> str | None:
    """The job that fills the sample, which is asked for again while recordings lack; None when it is complete."""
    waiting = _open_job(session, project_id)
    there = session.scalar(select(func.count()).where(Recording.project_id == project_id)) or 0
    if waiting is not None or there >= RECORDINGS:
        return waiting
    arguments = {"project": project_id, "template": template, "maker": actor.id}
    return jobs.submit(session, actor, KIND, arguments, project_id=project_id)["id"]


def _open_job(session: Session, project_id: int) -> str | None:
    """The job that fills a sample project and has not ended."""
    return session.scalar(
        select(Job.id).where(Job.project_id == project_id, Job.kind == KIND, Job.state.not_in(FINAL_JOB_STATES))
    )


@reads
def _require_sample(session: Session, actor: Actor, project_id: str | int) -> None:
    access = project_access(session, actor, project_id)
    access.require(Permission.DELETE_PROJECT)
    if not access.project.sample:
        raise InvalidState(f"{access.project.name!r} is no sample project; delete it in its settings.")


@writes
def _forget_people(session: Session, _actor: Actor) -> None:
    sample_people.forget_people(session)
