"""Projects as the API answers them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import (
    Membership,
    Project,
    ProjectModel,
    Recording,
    Task,
)
from labelbuddy_core.domain.permissions import Permission, Role, effective_roles
from labelbuddy_core.domain.review_rules import parse_review_rules
from labelbuddy_core.domain.templates import TEMPLATES
from labelbuddy_core.services.access import ProjectAccess
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.labels.project_labels import labels_by_project
from labelbuddy_core.services.presenting import iso


def as_answers(session: Session, actor: Actor, projects: list[Project]) -> list[dict[str, Any]]:
    """The JSON of several projects in a constant number of queries. Only managers see counts of everybody's tasks."""
    ids = [project.id for project in projects]
    labels = labels_by_project(session, ids)
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
                "review_reasons": project.review_reasons,
                "lexicon": project.lexicon,
                "reviewing": _reviewing(access),
                "state": project.state,
                "sample": project.sample,
                "my_roles": sorted(role.value for role in roles),
                "counts": counts,
                "created_at": iso(project.created_at),
            }
        )
    return answer


def _reviewing(access: ProjectAccess) -> dict[str, Any]:
    """The rules of reviews; only managers see the seed of the sampling: it tells what nobody will look at."""
    rules = parse_review_rules(access.project.review_rules).as_json()
    if not access.is_manager:
        del rules["seed"]
    return rules


def models_of(session: Session, project_id: int) -> list[dict[str, Any]]:
    """The models of a project, with what is set for each."""
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
