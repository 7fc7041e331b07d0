"""Guided tours: offered in sample projects, begun by a person, followed step by step, left and gone on with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Exists, and_, exists, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import (
    Annotation,
    Assignment,
    HistoryEvent,
    Job,
    Membership,
    Project,
    Task,
    Tour,
    User,
)
from labelbuddy_core.domain import tours
from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.domain.preferences import Preferences
from labelbuddy_core.domain.states import FINAL_JOB_STATES, AnnotationState
from labelbuddy_core.domain.tour_steps import TOURS, tour_of
from labelbuddy_core.domain.tours import Lead, Step
from labelbuddy_core.errors import Invalid, NotFound
from labelbuddy_core.services.access import project_access, roles_in
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.first_steps import samples
from labelbuddy_core.services.first_steps.tour_deeds import deeds
from labelbuddy_core.services.tasks import queues
from labelbuddy_core.services.transactions import reads, writes

OPEN: Final = "open"
LEFT: Final = "left"
FINISHED: Final = "finished"
DECLINED: Final = "declined"
_FILLING: Final = exists().where(
    Job.project_id == Project.id, Job.kind == samples.KIND, Job.state.not_in(FINAL_JOB_STATES)
)
"""Projects that a job is making a sample of: what it does in somebody's name is not their own."""


@dataclass(frozen=True)
class Following:
    """An open tour as it stands: its steps with their states, and the one to do now (None: all are passed)."""

    tour: tours.Tour
    project_id: str
    project: str
    steps: dict[str, str]

    @property
    def present(self) -> Step | None:
        return tours.present(self.tour, self.steps)

    @property
    def number(self) -> int:
        """How many steps are passed."""
        return len(self.steps)


@dataclass(frozen=True)
class Choice:
    """A tour that a person may take: where it would be, whether that is a sample, and how it stands ("" is new)."""

    tour: tours.Tour
    project_id: str
    project: str
    sample: bool
    state: str
    passed: int


def follow(actor: Actor, page: str, locale: str = "en") -> Following | None:
    """My open tour after what I have done so far, `page` being what I look at; None when no tour is open.

    Its steps are told in the language of my editor, which is that of the browser (`locale`) where I have chosen none;
    those about what was sent back are left out where nothing was.
    """
    found = _look(actor, page, locale)
    if found is None:
        return None
    following, changed = found
    if changed:
        _keep(actor, following.tour.role, following.steps)
    return following


@reads
def _look(session: Session, actor: Actor, page: str, locale: str) -> tuple[Following, bool] | None:
    row = _open(session, actor)
    project = None if row is None else session.get(Project, row.project_id)
    if row is None or project is None or Role(row.role) not in roles_in(session, actor, project.id):
        return None  # the person is not among its members any more
    chosen = Preferences.model_validate(session.get_one(User, actor.id).preferences).language
    language = locale if chosen == "auto" else chosen
    whole = tour_of(Role(row.role), project.template, language.partition("-")[0].lower())
    wanted = {step.needs for step in whole.steps if row.steps.get(step.id) != tours.DONE}
    found = deeds(session, row, wanted)
    tour = _possible(
        session, actor, project.id, whole, {*row.steps, *(one.id for one in whole.steps if one.needs in found)}
    )
    steps = tours.passed(tour, row.steps, found, page)
    return Following(tour, str(project.id), project.name, steps), steps != row.steps


@writes
def _keep(session: Session, actor: Actor, role: Role, steps: dict[str, str]) -> None:
    row = session.get(Tour, (actor.id, role.value), with_for_update=True)
    if row is not None and row.state == OPEN:
        row.steps = {**row.steps, **steps}


@reads
def offered(session: Session, actor: Actor) -> Role | None:
    """The tour to offer somebody in a sample project who has neither begun nor declined any; None for all others."""
    if session.scalar(select(exists().where(Tour.user_id == actor.id))):
        return None
    query = select(Membership.role).join(Project, Project.id == Membership.project_id)
    roles = set(session.scalars(query.where(Membership.user_id == actor.id, Project.sample, ~_FILLING)))
    return next((role for role in TOURS if role.value in roles), None)


@reads
def choices(session: Session, actor: Actor) -> list[Choice]:
    """The tours of my roles, wherever I have them: in a sample project where there is one."""
    rows = {row.role: row for row in session.scalars(select(Tour).where(Tour.user_id == actor.id))}
    found = []
    for role, project in _places(session, actor).items():
        row = rows.get(role.value)
        steps = {} if row is None else row.steps
        state = "" if row is None or row.state == DECLINED else row.state
        place = row.project_id if row is not None and state else None
        tour = _possible(session, actor, place or project.id, tour_of(role, project.template), steps)
        found.append(Choice(tour, str(project.id), project.name, project.sample, state, len(steps)))
    return found


@writes
def start(session: Session, actor: Actor, role: str) -> None:
    """Begin the tour of a role anew, in the newest sample project where I have it, else in my newest project; as an
    annotator rather where something was sent back to me.

    Another open tour is left. Raises `Invalid` for a role that I have nowhere.
    """
    place = _places(session, actor).get(Role(role)) if role in set(Role) else None
    if place is None:
        raise Invalid(f"You are no {role} in any project.", field="role")
    _leave_all(session, actor)
    row = session.get(Tour, (actor.id, role)) or Tour(user_id=actor.id, role=role)
    row.project_id, row.state, row.steps = place.id, OPEN, {}
    row.since = session.scalar(select(func.max(HistoryEvent.id))) or 0
    row.started_at, row.ended_at = now(), None
    session.add(row)


@writes
def resume(session: Session, actor: Actor, role: str) -> None:
    """Go on with a tour that I left. Raises `NotFound` where there is none, or its project is gone."""
    row = session.get(Tour, (actor.id, role))
    if row is None or row.project_id is None or row.state == DECLINED:
        raise NotFound("There is no tour to go on with; begin it anew.")
    _leave_all(session, actor)
    row.state, row.ended_at = OPEN, None


@writes
def skip(session: Session, actor: Actor, step: str) -> None:
    """Pass over a step of my open tour; nothing when none is open any more."""
    row = _open(session, actor)
    if row is not None and TOURS[Role(row.role)].step(step) is not None and step not in row.steps:
        row.steps = {**row.steps, step: tours.SKIPPED}


@writes
def leave(session: Session, actor: Actor) -> None:
    """Close my open tour: finished when every step is passed, else left, to be gone on with."""
    _leave_all(session, actor)


@writes
def decline(session: Session, actor: Actor, role: str) -> None:
    """Do not offer me tours any more; *Help* still has them."""
    if session.get(Tour, (actor.id, role)) is None:
        session.add(Tour(user_id=actor.id, role=role, state=DECLINED, ended_at=now()))


def lead(actor: Actor, step: Step, project_id: str) -> dict[str, str]:
    """What the address of the step's page asks for, so that it shows the right thing."""
    task = None
    if step.lead is Lead.SENT_BACK:
        task = _sent_back(actor, project_id)
    elif step.lead is Lead.NEW_TASK:
        came_back = _sent_back(actor, project_id)
        task = _own_task(actor, project_id) or queues.next_task(actor, project_id, after=came_back)
    if task is not None:
        return {"task": str(task)}
    view = {"view": "label"} if step.lead is Lead.ONE_LABEL else {}
    return {"project": project_id, **view, **({"tab": step.tab} if step.tab else {})}


@reads
def _sent_back(session: Session, actor: Actor, project_id: str) -> int | None:
    query = select(Annotation.task_id).where(
        Annotation.user_id == actor.id,
        Annotation.project_id == int(project_id),
        Annotation.state == AnnotationState.REJECTED.value,
    )
    return session.scalar(query.order_by(Annotation.id).limit(1))


def _possible(session: Session, actor: Actor, project_id: int, tour: tours.Tour, passed: Collection[str]) -> tours.Tour:
    """The tour as the person can do it in a project: where nothing was sent back to them, no remark can be answered."""
    if session.scalar(select(_came_back(actor).where(Annotation.project_id == project_id))):
        return tour
    return tours.without(tour, Lead.SENT_BACK, passed)


def _came_back(actor: Actor) -> Exists:
    return exists().where(Annotation.user_id == actor.id, Annotation.state == AnnotationState.REJECTED.value)


@reads
def _own_task(session: Session, actor: Actor, project_id: str) -> int | None:
    """A task of my queue on which I have begun or not: nothing that came back."""
    access = project_access(session, actor, project_id)
    query = (
        select(Assignment.task_id)
        .outerjoin(Annotation, (Annotation.task_id == Assignment.task_id) & (Annotation.user_id == actor.id))
        .where(
            Assignment.user_id == actor.id,
            Assignment.project_id == access.project.id,
            Assignment.skipped_at.is_(None),
            Annotation.id.is_(None) | (Annotation.state == AnnotationState.DRAFT.value),
        )
    )
    return session.scalar(query.order_by(Annotation.id.is_(None), Assignment.task_id).limit(1))


def _places(session: Session, actor: Actor) -> dict[Role, Project]:
    """Where the tour of each of my roles would be: the newest sample that is ready, else my newest project; of an
    annotator, one in which something waits that was sent back to me comes before newer ones."""
    to_answer = and_(
        Membership.role == Role.ANNOTATOR.value, _came_back(actor).where(Annotation.project_id == Project.id)
    )
    has_tasks = exists().where(Task.project_id == Project.id)
    rows = session.execute(
        select(Membership.role, Project)
        .join(Project, Project.id == Membership.project_id)
        .where(Membership.user_id == actor.id, ~_FILLING)
        .order_by(Project.sample, to_answer, has_tasks, Project.id)
    )
    found = {Role(role): project for role, project in rows}  # the last one stays: a sample before others, the newest
    return {role: found[role] for role in TOURS if role in found}


def _open(session: Session, actor: Actor) -> Tour | None:
    query = select(Tour).where(Tour.user_id == actor.id, Tour.state == OPEN, Tour.project_id.is_not(None))
    return session.scalar(query.order_by(Tour.started_at.desc()).limit(1))


def _leave_all(session: Session, actor: Actor) -> None:
    for row in session.scalars(select(Tour).where(Tour.user_id == actor.id, Tour.state == OPEN)):
        tour = TOURS[Role(row.role)]
        if row.project_id is not None:
            tour = _possible(session, actor, row.project_id, tour, row.steps)
        passed_all = tours.present(tour, row.steps) is None
        row.state, row.ended_at = FINISHED if passed_all else LEFT, now()
