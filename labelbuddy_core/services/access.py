"""What a person reaches: projects by membership, tasks by queue; and what the roles there allow.

Every service finds its things through these functions. What a person may not see raises `NotFound`, as if it did not
exist; what is visible but not allowed raises `Forbidden`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Assignment, Membership, Project, Recording, Task
from labelbuddy_core.domain.permissions import Permission, Role, allowed, effective_roles
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import Forbidden, NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.reviews import review_places

REVIEWABLE = (AnnotationState.SUBMITTED, AnnotationState.APPROVED, AnnotationState.REJECTED)
"""Annotations a reviewer sees: those handed in, decided or not."""

MAX_ID = 2**63 - 1

# What is not there and what somebody may not see are told alike, and without the numbers of the database.
NO_PROJECT = "This project was deleted, or you are not in it (any more)."
NO_TASK = "This recording was deleted, or it is not in your queue (any more), or you are no longer in the project."
NO_ANNOTATION = "This annotation was deleted or taken back, or it is not for you (any more)."
_TOLD = {"project": NO_PROJECT, "task": NO_TASK, "annotation": NO_ANNOTATION}

# Asked for at every request: written once, for putting them together takes longer than the database does.
_ROLES = select(Membership.role).where(
    Membership.project_id == bindparam("project"), Membership.user_id == bindparam("person")
)
_TASK = (
    select(Task, Recording, Project)
    .join(Recording, Recording.id == Task.recording_id)
    .join(Project, Project.id == Task.project_id)
    .where(Task.id == bindparam("task"))
)
_IN_QUEUE = select(exists().where(Assignment.task_id == bindparam("task"), Assignment.user_id == bindparam("person")))


@dataclass(frozen=True)
class ProjectAccess:
    """A project together with the roles the person acts with in it."""

    project: Project
    roles: frozenset[Role]

    def allows(self, permission: Permission) -> bool:
        return allowed(permission, self.roles)

    def require(self, permission: Permission) -> None:
        """Raises `Forbidden` when the roles do not allow this."""
        if not self.allows(permission):
            raise Forbidden(f"Your role in {self.project.name!r} does not allow you to {permission.value}.")

    @property
    def is_manager(self) -> bool:
        return Role.MANAGER in self.roles


_OF_THE_REVIEW_QUEUE = frozenset(
    {Permission.VIEW_ANNOTATIONS, Permission.REVIEW, Permission.VIEW_CONSENSUS, Permission.ADJUDICATE}
)


@dataclass(frozen=True)
class TaskAccess:
    """A task with its recording, its project, and how the person comes to see it."""

    task: Task
    recording: Recording
    at: ProjectAccess
    in_own_queue: bool
    in_review_queue: bool

    @property
    def project(self) -> Project:
        return self.at.project

    def require(self, permission: Permission) -> None:
        """Raises `Forbidden` when the roles, or the way the task is reached, do not allow this."""
        self.at.require(permission)
        if permission is Permission.ANNOTATE and not self.in_own_queue:
            raise Forbidden("This task is not in your queue.")
        if permission is Permission.DECIDE_PREDICTIONS and not self.in_own_queue:
            raise Forbidden("This task is not in your queue.")
        if permission is Permission.PREDICT and not (self.in_own_queue or self.at.is_manager):
            raise Forbidden("This task is not in your queue.")
        if permission in _OF_THE_REVIEW_QUEUE and not (self.in_review_queue or self.at.is_manager):
            raise Forbidden("This task is not in your review queue.")


def parse_id(value: str | int, what: str) -> int:
    """A numeric id from a path or a body; raises `NotFound` for anything else."""
    try:
        number = int(value)
    except ValueError:
        raise NotFound(_TOLD.get(what, f"There is no {what} {value!r}.")) from None
    if not 0 < number <= MAX_ID:
        raise NotFound(_TOLD.get(what, f"There is no {what} {value!r}."))
    return number


def roles_in(session: Session, actor: Actor, project_id: int) -> frozenset[Role]:
    """The roles a person acts with in a project; empty for somebody foreign to it."""
    found = session.scalars(_ROLES, {"project": project_id, "person": actor.id})
    return effective_roles([Role(role) for role in found], is_administrator=actor.is_administrator)


def project_access(session: Session, actor: Actor, project_id: str | int) -> ProjectAccess:
    """The project, if the person is a member (or administrator); raises `NotFound` otherwise."""
    number = parse_id(project_id, "project")
    project = session.get(Project, number)
    roles = roles_in(session, actor, number) if project else frozenset()
    if project is None or not roles:
        raise NotFound(NO_PROJECT)
    return ProjectAccess(project, roles)


def project_called(session: Session, project: str) -> int:
    """The id of the project of this name, or with this id, for the command line; raises `NotFound`."""
    found = session.scalars(select(Project.id).where(Project.name == project)).all()
    if len(found) == 1:
        return found[0]
    row = session.get(Project, int(project)) if project.isdecimal() and int(project) <= MAX_ID else None
    if row is None:
        raise NotFound(f"There is no project {project!r}.")
    return row.id


def task_access(session: Session, actor: Actor, task_id: str | int) -> TaskAccess:
    """The task, if it is in the person's queue or review queue, or the person manages the project.

    Raises `NotFound` otherwise.
    """
    number = parse_id(task_id, "task")
    row = session.execute(_TASK, {"task": number}).first()
    if row is None:
        raise NotFound(NO_TASK)
    task, recording, project = row
    at = ProjectAccess(project, roles_in(session, actor, project.id))
    own = Role.ANNOTATOR in at.roles and bool(session.scalar(_IN_QUEUE, {"task": number, "person": actor.id}))
    # In a blind project nobody sees the work of others on a task that they do themselves.
    review = (
        not (own and project.blind)
        and Role.REVIEWER in at.roles
        and bool(
            session.scalar(
                select(
                    exists().where(
                        Annotation.task_id == number,
                        Annotation.user_id != actor.id,
                        Annotation.state.in_(REVIEWABLE),
                        review_places.reaches(actor, project, Annotation.task_id),
                    )
                )
            )
        )
    )
    if not (own or review or at.is_manager):
        raise NotFound(NO_TASK)
    return TaskAccess(task, recording, at, own, review)


def annotation_to_change(session: Session, actor: Actor, annotation_id: str | int) -> tuple[Annotation, TaskAccess]:
    """As `annotation_access`, with the annotation as it is now and locked until the transaction ends."""
    annotation, access = annotation_access(session, actor, annotation_id)
    session.refresh(annotation, with_for_update=True)
    return annotation, access


def annotation_access(session: Session, actor: Actor, annotation_id: str | int) -> tuple[Annotation, TaskAccess]:
    """An annotation with its task: one's own, one to review, or any for a manager; raises `NotFound` otherwise."""
    annotation = session.get(Annotation, parse_id(annotation_id, "annotation"))
    if annotation is None:
        raise NotFound(NO_ANNOTATION)
    try:
        access = task_access(session, actor, annotation.task_id)
    except NotFound:
        raise NotFound(NO_ANNOTATION) from None
    own = annotation.user_id == actor.id and access.in_own_queue
    to_review = access.in_review_queue and annotation.user_id != actor.id and annotation.state in REVIEWABLE
    if not (own or to_review or access.at.is_manager):
        raise NotFound(NO_ANNOTATION)
    return annotation, access
