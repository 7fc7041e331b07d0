"""The batches of predictions of a project, by model: the one that runs and the last that ended."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Job
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import FINAL_JOB_STATES, JobState
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation.jobs import job_json
from labelbuddy_core.services.transactions import reads

LOOKED_AT = 500
"""Batches are looked for among so many of the newest prediction jobs of the project."""


@reads
def batches(session: Session, actor: Actor, project_id: str | int) -> dict[str, dict[str, Any]]:
    """By model: {running: jobs that wait or run, last: the newest job that ended or None}, each with its `tasks`.

    What was asked from the editor, or by itself about a new recording, is no batch. Raises `Forbidden` for those who
    may not ask for batches.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.PREDICT_BATCH)
    newest = (
        select(Job.id, Job.state, Job.arguments, Job.created_at)
        .where(Job.project_id == access.project.id, Job.kind == "predict")
        .order_by(Job.created_at.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    asked = newest.c.arguments  # about one task: from where to where; by itself about a new recording: not `again`
    of_project = asked["start"].as_float().is_(None) & asked["again"].as_boolean().is_not(None)
    rows = session.execute(
        select(newest.c.id, newest.c.state, asked["model"].as_integer())
        .where(of_project)
        .order_by(newest.c.created_at.desc())
    ).all()
    chosen: list[str] = []
    ended: set[int] = set()
    for job_id, state, model in rows:
        over = JobState(state) in FINAL_JOB_STATES
        if not over or model not in ended:
            chosen.append(job_id)
        if over:
            ended.add(model)
    found: dict[str, dict[str, Any]] = {}
    for job in session.scalars(select(Job).where(Job.id.in_(chosen)).order_by(Job.created_at)):
        of_model = found.setdefault(str(job.arguments["model"]), {"running": [], "last": None})
        told = {**job_json(job), "tasks": len(job.arguments["tasks"])}
        if JobState(job.state) in FINAL_JOB_STATES:
            of_model["last"] = told
        else:
            of_model["running"].append(told)
    return found
