"""Which submitted annotations are reviewed: decided as they are handed in, and anew for all when the rules change."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Text, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, AnnotationItem, Prediction, Project, Review, Task
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.review_rules import (
    Reviewers,
    ReviewRules,
    Sampling,
    least_score,
    parse_review_rules,
    sampled,
)
from labelbuddy_core.domain.states import HANDED_IN, AnnotationState
from labelbuddy_core.domain.task_disagreement import task_disagreement
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.annotation_documents import present_documents
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models import model_events
from labelbuddy_core.services.models.vector_models import vector_models
from labelbuddy_core.services.reviews import review_places
from labelbuddy_core.services.tasks.task_states import refresh_task_states, wanted_annotations
from labelbuddy_core.services.transactions import writes

KIND = "sample-reviews"
_BATCH = 100
"""Tasks looked at in one transaction."""


def set_review_rules(session: Session, actor: Actor, project: Project, given: Mapping[str, Any]) -> None:
    """Change some of a project's rules; a job applies them to what no reviewer has decided."""
    kept = {"seed": secrets.token_hex(8), **project.review_rules}
    rules = parse_review_rules({**kept, **{name: value for name, value in given.items() if name != "seed"}})
    before, project.review_rules = project.review_rules, rules.as_json()
    if project.review_rules == before:
        return
    session.flush()
    record(session, actor, "review.rules", f"project:{project.id}", project_id=project.id, **rules.as_json())
    jobs.submit(session, actor, KIND, {"project": project.id}, project_id=project.id)


@writes
def sample_again(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any]:
    """Start the job that measures every task anew and applies the rules to what no reviewer has decided."""
    access = project_access(session, actor, project_id)
    access.require(Permission.EDIT_PROJECT)
    return jobs.submit(session, actor, KIND, {"project": access.project.id}, project_id=access.project.id)


def hold_task(session: Session, project: Project, task_id: int) -> None:
    """Before something is handed in: where that may decide about others' work, one after the other."""
    if parse_review_rules(project.review_rules).samples:
        session.execute(select(Task.id).where(Task.id == task_id).with_for_update())


def after_submission(session: Session, project: Project, task_id: int) -> None:
    """Something was handed in, or taken back, in a task: see what of it is reviewed, and by whom."""
    _apply(session, project, parse_review_rules(project.review_rules), [task_id])


def run(job: JobContext) -> dict[str, Any]:
    """The sample-reviews job."""
    return {"tasks": job.step("sample", apply_rules, job.arguments["project"], job)}


def apply_rules(project_id: int, job: JobContext | None = None) -> int:
    """Apply a project's rules to every task with something handed in; returns how many there are."""
    last, done = 0, 0
    while True:
        if job is not None:
            job.check()
            job.progress(0.5, f"Looking at what is reviewed ({done} tasks)")
        with get_database().write() as session:
            project = session.get(Project, project_id)
            if project is None:
                return done
            batch = list(
                session.scalars(
                    select(Annotation.task_id)
                    .where(
                        Annotation.project_id == project_id,
                        Annotation.task_id > last,
                        Annotation.state.in_([state.value for state in HANDED_IN]),
                    )
                    .distinct()
                    .order_by(Annotation.task_id)
                    .limit(_BATCH)
                )
            )
            if not batch:
                return done
            _apply(session, project, parse_review_rules(project.review_rules), batch)
        last, done = batch[-1], done + len(batch)


def _apply(session: Session, project: Project, rules: ReviewRules, task_ids: Collection[int]) -> None:
    session.flush()
    if rules.needs_agreement:
        _measure(session, task_ids)
    _sample(session, project, rules, task_ids)
    if rules.reviewers is Reviewers.DEALT:
        waiting = session.scalars(
            select(Annotation.task_id)
            .where(Annotation.task_id.in_(list(task_ids)), review_places.is_queued())
            .distinct()
            .order_by(Annotation.task_id)
        )
        review_places.deal(session, project.id, list(waiting), review_places.reviewers_in(session, project.id))


def _measure(session: Session, task_ids: Collection[int]) -> None:
    """Keep how far the answers to each task differ; a single one is compared with what models last said."""
    by_task: dict[int, list[int]] = {task_id: [] for task_id in task_ids}
    for task_id, annotation_id in session.execute(
        select(Annotation.task_id, Annotation.id)
        .where(
            Annotation.task_id.in_(list(task_ids)),
            Annotation.state.in_([state.value for state in HANDED_IN]),
        )
        .order_by(Annotation.id)
    ):
        by_task[task_id].append(annotation_id)
    documents = present_documents(session, [one for ids in by_task.values() for one in ids])
    alone = [task_id for task_id, ids in by_task.items() if len(ids) == 1]
    newest = (
        select(func.max(Prediction.id))
        .where(
            Prediction.task_id.in_(alone),
            Prediction.profile.is_not(None),
            Prediction.model_id.not_in(vector_models(session)),
        )
        .group_by(Prediction.task_id, Prediction.model_id)
    )
    predicted: dict[int, list[dict[str, Any]]] = {}
    for task_id, document in session.execute(
        select(Prediction.task_id, Prediction.document).where(Prediction.id.in_(newest))
    ):
        predicted.setdefault(task_id, []).append(document)
    for task_id, ids in by_task.items():
        differ = task_disagreement([*(documents[one] for one in ids), *predicted.get(task_id, ())])
        session.execute(update(Task).where(Task.id == task_id).values(disagreement=differ))


def _sample(session: Session, project: Project, rules: ReviewRules, task_ids: Collection[int]) -> None:
    ids = list(task_ids)
    open_ones = list(
        session.scalars(
            select(Annotation)
            .where(
                Annotation.task_id.in_(ids),
                or_(
                    Annotation.state == AnnotationState.SUBMITTED.value,
                    (Annotation.state == AnnotationState.APPROVED.value)
                    & (Annotation.sampling == Sampling.APPROVED.value),
                ),
            )
            .order_by(Annotation.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if not open_ones or (not rules.samples and all(one.sampling is None for one in open_ones)):
        return
    handed_in = {
        row[0]: row[1]
        for row in session.execute(
            select(Annotation.task_id, func.count())
            .where(Annotation.task_id.in_(ids), Annotation.state.in_([state.value for state in HANDED_IN]))
            .group_by(Annotation.task_id)
        )
    }
    differ = {row[0]: row[1] for row in session.execute(select(Task.id, Task.disagreement).where(Task.id.in_(ids)))}
    sent_back = set(
        session.scalars(
            select(Review.annotation_id).where(
                Review.annotation_id.in_([one.id for one in open_ones]), Review.decision == "reject"
            )
        )
    )
    scores = _least_scores(session, [one.id for one in open_ones]) if rules.below_confidence is not None else {}
    wanted = wanted_annotations(session, project)
    for one in open_ones:
        found = sampled(
            rules,
            task=one.task_id,
            annotator=one.user_id,
            sent_back=one.id in sent_back,
            least_score=scores.get(one.id),
            disagreement=differ[one.task_id],
            complete=handed_in[one.task_id] >= wanted,
        )
        _keep(session, project, one, found)
    refresh_task_states(session, ids)


def _keep(session: Session, project: Project, annotation: Annotation, found: Sampling | None) -> None:
    approved = found is Sampling.APPROVED
    was = annotation.sampling == Sampling.APPROVED.value
    annotation.sampling = None if found is None else found.value
    if approved == was:
        return
    annotation.state = (AnnotationState.APPROVED if approved else AnnotationState.SUBMITTED).value
    action = "annotation.approved_by_sampling" if approved else "annotation.sampled_after_all"
    record(
        session, None, action, f"annotation:{annotation.id}", project_id=project.id, revision=annotation.revision
    )  # fmt: skip
    if approved:
        model_events.announce(session, project.id, annotation, model_events.APPROVED)


def _least_scores(session: Session, annotation_ids: list[int]) -> dict[int, float]:
    """Of annotations that took suggestions the score of the least sure one; other items are passed over unread."""
    items: dict[int, list[dict[str, Any]]] = {}
    text = type_coerce(AnnotationItem.value, Text)
    for annotation_id, value in session.execute(
        select(AnnotationItem.annotation_id, AnnotationItem.value).where(
            AnnotationItem.annotation_id.in_(annotation_ids), text.contains('"kind":"model"')
        )
    ):
        items.setdefault(annotation_id, []).append(value)
    found = {annotation_id: least_score(values) for annotation_id, values in items.items()}
    return {annotation_id: score for annotation_id, score in found.items() if score is not None}
