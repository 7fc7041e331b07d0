"""Routes of projects: create, list, change and delete them, and their members."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.tasks import queues
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["projects"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AttributeBody(_Body):
    """Something asked about every region of a label: choice, number, rating, text or yes-no."""

    id: str | None = None
    name: str
    kind: str = "text"
    choices: list[str] = Field(default_factory=list)
    required: bool = False


class LabelBody(_Body):
    """A label; what is missing is filled in."""

    id: str | None = None
    name: str
    color: str | None = None
    key: str | None = None
    parent: str | None = None
    description: str = ""
    deprecated: bool = False
    overlap: str | None = None
    shortest: float | None = None
    vocabulary: str | None = None
    words: list[str] | None = None
    attributes: list[AttributeBody] | None = None


class AssignmentBody(_Body):
    """How tasks reach annotators: pool, disjoint or all; and how many annotate each."""

    strategy: str = "pool"
    annotators_per_task: int = 1


class NewProject(_Body):
    """A project to create; without labels those of the template."""

    name: str
    template: str
    instructions: str = ""
    labels: list[LabelBody] | None = None
    assignment: AssignmentBody = Field(default_factory=AssignmentBody)
    blind: bool = True
    suggestions: str = "shown"
    lanes: str = "labels"
    tiers: list[str] = Field(default_factory=list)


class LexiconEntryBody(_Body):
    """Words that mean a value of a facet, by which captions are compared; values that are exclusive contradict."""

    facet: str
    value: str
    words: list[str]
    exclusive: bool = True


class ReviewRulesBody(_Body):
    """Who reviews what; what is missing stays as it is. A threshold of null is none."""

    reviewers: str | None = None
    order: str | None = None
    share: float | None = None
    below_confidence: float | None = None
    below_agreement: float | None = None
    unsampled: str | None = None


class ProjectChanges(_Body):
    """What to change about a project."""

    name: str | None = None
    instructions: str | None = None
    labels: list[LabelBody] | None = None
    assignment: AssignmentBody | None = None
    blind: bool | None = None
    suggestions: str | None = None
    queue_order: str | None = None
    lanes: str | None = None
    tiers: list[str] | None = None
    review_reasons: list[str] | None = None
    lexicon: list[LexiconEntryBody] | None = None
    reviewing: ReviewRulesBody | None = None
    state: str | None = None


class RolesBody(_Body):
    """Roles in a project: manager, annotator, reviewer."""

    roles: list[str]


@router.get("/v1/projects")
def list_projects(actor: CurrentActor, paging: Paging) -> dict[str, Any]:
    """My projects, newest first."""
    return paging.of(projects.list_projects(actor))


@router.post("/v1/projects", status_code=201)
def create_project(actor: CurrentActor, body: NewProject) -> dict[str, Any]:
    """Create a project and become its manager."""
    labels = None if body.labels is None else [label.model_dump() for label in body.labels]
    return projects.create_project(
        actor,
        name=body.name,
        template=body.template,
        instructions=body.instructions,
        labels=labels,
        strategy=body.assignment.strategy,
        annotators_per_task=body.assignment.annotators_per_task,
        blind=body.blind,
        suggestions=body.suggestions,
        lanes=body.lanes,
        tiers=body.tiers,
    )


@router.get("/v1/projects/{project}")
def get_project(actor: CurrentActor, project: str) -> dict[str, Any]:
    """One project with labels, controls and counts."""
    return projects.get_project(actor, project)


@router.patch("/v1/projects/{project}")
def update_project(actor: CurrentActor, project: str, body: ProjectChanges) -> dict[str, Any]:
    """Change a project."""
    changes = body.model_dump(exclude_none=True, exclude_unset=True)
    if body.reviewing is not None:
        changes["reviewing"] = body.reviewing.model_dump(exclude_unset=True)
    changes.update(changes.pop("assignment", {}))
    return projects.update_project(actor, project, changes)


@router.delete("/v1/projects/{project}", status_code=204)
def delete_project(actor: CurrentActor, project: str) -> None:
    """Delete a project with everything in it."""
    projects.delete_project(actor, project)


@router.get("/v1/projects/{project}/members")
def list_members(actor: CurrentActor, project: str, paging: Paging) -> dict[str, Any]:
    """The members of a project."""
    return paging.of(memberships.list_members(actor, project))


@router.put("/v1/projects/{project}/members/{user}")
def set_member(actor: CurrentActor, project: str, user: str, body: RolesBody) -> dict[str, Any]:
    """Give a person (username) roles in a project."""
    return memberships.set_member(actor, project, user, body.roles)


@router.delete("/v1/projects/{project}/members/{user}", status_code=204)
def remove_member(actor: CurrentActor, project: str, user: str) -> None:
    """Remove a person (username) from a project."""
    memberships.set_member(actor, project, user, [])


@router.get("/v1/projects/{project}/queue")
def my_queue(actor: CurrentActor, project: str) -> dict[str, Any]:
    """How many tasks of mine stand where."""
    return queues.my_queue(actor, project)
