"""Merging a project's annotations into a consensus: as a job; and what of it holds still.

What reviewers adjudicated is kept apart and never touched: it is the ground truth wherever there is some. A merged
consensus is stale as soon as other annotations, or other revisions of them, are handed in than it was made from.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, Consensus, Job, MergedConsensus, Project, Task, User
from labelbuddy_core.domain.consensus.fusion import asked_of, fuse, stretches_of, tags_of
from labelbuddy_core.domain.consensus.soft_labels import consensus_document, soft_labels
from labelbuddy_core.domain.consensus.trust import Method, PatternCounts, Trust, learn
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import FINAL_JOB_STATES, HANDED_IN, JobState
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement.handed_in_answers import HandedIn, handed_in
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.labels.project_labels import labels_of
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads, writes

KIND = "consensus"
_BATCH = 200
"""Tasks written in one transaction."""
_COMPARED_AT_ONCE = 500

Sources = list[list[int]]
"""[annotation, revision] of what was merged, in ascending order."""


@writes
def merge_project(session: Session, actor: Actor, project_id: str | int, *, method: str) -> dict[str, Any]:
    """Start the job that merges every task with two or more annotations handed in; returns the job.

    Raises `Forbidden` for others than managers, `Invalid` for an unknown method, `InvalidState` while such a job runs.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.MERGE_CONSENSUS)
    if method not in list(Method):
        raise Invalid(f"method must be one of {', '.join(Method)}.", field="method")
    number = access.project.id
    if session.scalar(
        select(Job.id).where(Job.project_id == number, Job.kind == KIND, Job.state.not_in(FINAL_JOB_STATES)).limit(1)
    ):
        raise InvalidState("A consensus of this project is being merged already; wait for it, or cancel that job.")
    return jobs.submit(session, actor, KIND, {"project": number, "method": method}, project_id=number)


@writes
def remove_merged(session: Session, actor: Actor, project_id: str | int) -> None:
    """Forget what was merged in a project; what was adjudicated or approved stays."""
    access = project_access(session, actor, project_id)
    access.require(Permission.MERGE_CONSENSUS)
    session.execute(delete(MergedConsensus).where(MergedConsensus.project_id == access.project.id))
    record(
        session, actor, "consensus.removed", f"project:{access.project.id}", project_id=access.project.id
    )  # fmt: skip


@reads
def consensus_summary(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any]:
    """How the consensus of a project stands: {method, merged_at, merged, stale, adjudicated, annotators, job}.

    `annotators` is what the last merge learned of each: {annotator, reliability_tags, weights_tags,
    reliability_time, weights_time}.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_AGREEMENT)
    number = access.project.id
    newest = session.scalars(
        select(Job).where(Job.project_id == number, Job.kind == KIND).order_by(Job.created_at.desc()).limit(20)
    ).all()
    done = next((job for job in newest if job.state == JobState.SUCCEEDED), None)
    merged, last = session.execute(
        select(func.count(), func.max(MergedConsensus.merged_at)).where(MergedConsensus.project_id == number)
    ).one()
    adjudicated = session.scalar(
        select(func.count()).select_from(Consensus).join(Task, Task.id == Consensus.task_id)
        .where(Task.project_id == number)
    )  # fmt: skip
    return {
        "project": str(number),
        "method": done.result["method"] if merged and done and done.result else None,
        "merged_at": iso(last) if last else None,
        "merged": merged,
        "stale": _count_stale(session, number) if merged else 0,
        "adjudicated": adjudicated or 0,
        "annotators": done.result["annotators"] if merged and done and done.result else [],
        "job": jobs.job_json(newest[0]) if newest else None,
    }


def merged_of(session: Session, task_ids: list[int]) -> dict[int, dict[str, Any]]:
    """By task what was merged: {kind, method, document, soft, stale, merged_at}."""
    rows = list(session.scalars(select(MergedConsensus).where(MergedConsensus.task_id.in_(task_ids))))
    present = _present_sources(session, [row.task_id for row in rows])
    return {
        row.task_id: {
            "kind": "merged",
            "method": row.method,
            "document": row.document,
            "soft": row.soft,
            "stale": row.sources != present.get(row.task_id, []),
            "merged_at": iso(row.merged_at),
        }
        for row in rows
    }


def run(job: JobContext) -> dict[str, Any]:
    """The consensus job: learn whom to trust from the whole project, then merge task by task."""
    return job.step("merge", _merge_all, job)


def _merge_all(job: JobContext) -> dict[str, Any]:
    project_id, method = job.arguments["project"], Method(job.arguments["method"])
    began = now()
    job.progress(0.0, "Learning whom to trust")
    tags, time, tasks = _learn(project_id, method, job)
    with get_database().read() as session:
        if session.get(Project, project_id) is None:
            return {"method": method.value, "tasks": 0, "annotators": []}
        labels = frozenset(label["id"] for label in labels_of(session, project_id))
        raters = {*tags.weights, *time.weights}
        names = {row[0]: row[1] for row in session.execute(select(User.id, User.username).where(User.id.in_(raters)))}
    merged = 0
    for batch in _batches(handed_in(project_id, least=2)):
        job.check()
        job.progress(0.5 + 0.5 * merged / max(1, tasks), f"Merging ({merged} of {tasks} tasks)")
        rows = [_row(project_id, method, one, tags, time, labels, names) for one in batch]
        with get_database().write() as session:
            ids = [row["task_id"] for row in rows]
            session.execute(delete(MergedConsensus).where(MergedConsensus.task_id.in_(ids)))
            known = set(session.scalars(select(Task.id).where(Task.id.in_(ids))))
            if present := [row for row in rows if row["task_id"] in known]:
                session.execute(insert(MergedConsensus), present)
        merged += len(rows)
    job.progress(1.0, f"{merged} of {tasks} tasks merged")
    with get_database().write() as session:  # what has no two annotations any more is no consensus
        session.execute(
            delete(MergedConsensus).where(MergedConsensus.project_id == project_id, MergedConsensus.merged_at < began)
        )
        record(session, None, "consensus.merged", f"project:{project_id}", project_id=project_id, tasks=merged,
               method=method.value, job=job.id)  # fmt: skip
    return {"method": method.value, "tasks": merged, "annotators": _reliabilities(tags, time, names)}


def _learn(project_id: int, method: Method, job: JobContext) -> tuple[Trust, Trust, int]:
    tags, time, tasks = PatternCounts(), PatternCounts(), 0
    for one in handed_in(project_id, least=2):
        answers = sorted(one.compared.answers, key=lambda answer: answer.rater)
        asked = asked_of(answers)
        for said in tags_of(answers).values():
            tags.add(asked, said, 1.0)
        for label in {label for answer in answers for label in answer.regions}:
            for start, end, said in stretches_of(label, answers):
                time.add(asked, said, end - start)
        tasks += 1
        if tasks % _BATCH == 0:
            job.check()
    return learn(tags, method), learn(time, method), tasks


def _row(
    project_id: int,
    method: Method,
    one: HandedIn,
    tags: Trust,
    time: Trust,
    labels: frozenset[str],
    names: dict[int, str],
) -> dict[str, Any]:
    fused = fuse(one.compared, tags, time)
    return {
        "task_id": one.compared.task,
        "project_id": project_id,
        "method": method.value,
        "document": consensus_document(fused, labels),
        "soft": soft_labels(fused, names),
        "sources": sorted([list(source) for source in one.sources]),
        "merged_at": now(),
    }


def _reliabilities(tags: Trust, time: Trust, names: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "annotator": names[rater],
            **{
                f"{what}_{kind}": None if (value := getattr(trust, what).get(rater)) is None else round(value, 6)
                for kind, trust in (("tags", tags), ("time", time))
                for what in ("reliability", "weights")
            },
        }
        for rater in sorted(names, key=lambda rater: names[rater])
    ]


def _batches(tasks: Iterator[HandedIn]) -> Iterator[list[HandedIn]]:
    while batch := list(islice(tasks, _BATCH)):
        yield batch


def _present_sources(session: Session, task_ids: list[int]) -> dict[int, Sources]:
    rows = session.execute(
        select(Annotation.task_id, Annotation.id, Annotation.revision)
        .where(
            Annotation.task_id.in_(task_ids),
            Annotation.revision > 0,
            Annotation.state.in_([state.value for state in HANDED_IN]),
        )
        .order_by(Annotation.id)
    )
    found: dict[int, Sources] = {}
    for task_id, annotation_id, revision in rows:
        found.setdefault(task_id, []).append([annotation_id, revision])
    return found


def _count_stale(session: Session, project_id: int) -> int:
    stale, last = 0, 0
    while True:
        rows = session.execute(
            select(MergedConsensus.task_id, MergedConsensus.sources)
            .where(MergedConsensus.project_id == project_id, MergedConsensus.task_id > last)
            .order_by(MergedConsensus.task_id)
            .limit(_COMPARED_AT_ONCE)
        ).all()
        if not rows:
            return stale
        present = _present_sources(session, [row[0] for row in rows])
        stale += sum(sources != present.get(task_id, []) for task_id, sources in rows)
        last = rows[-1][0]
