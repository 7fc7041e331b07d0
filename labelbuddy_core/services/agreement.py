"""Agreement of a project's annotators: measured in one pass over what was handed in, for managers and reviewers."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from labelbuddy_core import __version__
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, Assignment, Recording, Task, User
from labelbuddy_core.domain.agreement.answers import LabelAsked, Question
from labelbuddy_core.domain.agreement.event_matching import Collar
from labelbuddy_core.domain.agreement.figures import Figure, all_figures
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.methods import methods_text
from labelbuddy_core.domain.agreement.pairs import disagreement, lateness_of, pairs_of
from labelbuddy_core.domain.agreement.readings import TITLES, reading
from labelbuddy_core.domain.agreement.tallies import Ruler, Sums, merge, tally
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.domain.states import HANDED_IN
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import agreement_csv
from labelbuddy_core.services.access import project_access, project_called
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.handed_in_answers import Period, by_recording, handed_in
from labelbuddy_core.services.project_labels import labels_of
from labelbuddy_core.services.transactions import reads

WORST = 50
"""How many tasks with the most disagreement a report names."""


@dataclass(frozen=True)
class Choices:
    """What a report is measured with: seconds, shares from 0 to 1, replicates of the bootstrap and its seed."""

    step: float = 0.1
    collar: float = 0.2
    share: float = 0.5
    overlap: float = 0.5
    replicates: int = 1000
    seed: int = 1
    period: Period = field(default_factory=Period)

    def __post_init__(self) -> None:
        for name, least, most in (
            ("step", 0.01, 60.0), ("collar", 0.0, 60.0), ("share", 0.0, 1.0), ("overlap", 0.01, 1.0),
            ("replicates", 0, 10_000), ("seed", 0, 2**32),
        ):  # fmt: skip
            value = getattr(self, name)
            if not (math.isfinite(value) and least <= value <= most):
                raise Invalid(f"{name} must lie between {least:g} and {most:g}.", field=name)

    @property
    def ruler(self) -> Ruler:
        return Ruler(self.step, Collar(self.collar, self.share), self.overlap)


def agreement(actor: Actor, project_id: str | int, choices: Choices | None = None) -> dict[str, Any]:
    """The report of a project: figures with intervals and sentences, pairs, annotators, tasks with most disagreement.

    Raises `Forbidden` for those who are neither manager nor reviewer. In a blind project, somebody who annotates too is
    not shown the tasks of their own queue.
    """
    number, hidden = _allowed(actor, project_id)
    return _report(number, choices or Choices(), hidden)


def agreement_for_installation(project: str, choices: Choices | None = None) -> dict[str, Any]:
    """The report of a project named by its id or its name, for the command line; raises `NotFound`."""
    with get_database().read() as session:
        number = project_called(session, project)
    return _report(number, choices or Choices(), frozenset())


def as_csv(report: dict[str, Any]) -> bytes:
    """The numbers of a report as a CSV file."""
    return agreement_csv.report_csv(report)


@reads
def answers_now(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any]:
    """What a report would be made from, without making it: {handed_in, comparable, version}.

    `comparable` tasks have two or more annotations handed in; while `version` is the same, so is the report.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_AGREEMENT)
    by_task = (
        select(
            func.count().label("number"),
            func.sum(Annotation.revision).label("revisions"),
            func.max(Annotation.updated_at).label("latest"),
        )
        .where(
            Annotation.project_id == access.project.id,
            Annotation.revision > 0,
            Annotation.state.in_([state.value for state in HANDED_IN]),
        )
        .group_by(Annotation.task_id)
        .subquery()
    )
    handed, comparable, revisions, latest = session.execute(
        select(
            func.coalesce(func.sum(by_task.c.number), 0),
            func.coalesce(func.sum(case((by_task.c.number > 1, 1), else_=0)), 0),
            func.coalesce(func.sum(by_task.c.revisions), 0),
            func.max(by_task.c.latest),
        )
    ).one()
    labels = [(label["id"], label["name"]) for label in labels_of(session, access.project.id)]
    version = f"{handed}-{comparable}-{revisions}-{latest}-{labels}"
    return {"handed_in": int(handed), "comparable": int(comparable), "version": version}


@reads
def _allowed(session: Session, actor: Actor, project_id: str | int) -> tuple[int, frozenset[int]]:
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_AGREEMENT)
    hidden: frozenset[int] = frozenset()
    if access.project.blind and not access.is_manager and Role.ANNOTATOR in access.roles:
        own = select(Assignment.task_id).where(
            Assignment.project_id == access.project.id, Assignment.user_id == actor.id
        )
        hidden = frozenset(session.scalars(own))
    return access.project.id, hidden


def _report(project_id: int, choices: Choices, hidden: frozenset[int]) -> dict[str, Any]:
    with get_database().read() as session:
        labels = labels_of(session, project_id)
    asked = {label["id"]: label_asked(label) for label in labels}
    measured = Measurement(replicates=choices.replicates, seed=choices.seed)
    tasks, worst = 0, _Worst(hidden)
    for found in by_recording(handed_in(project_id, least=2, period=choices.period)):
        sums: Sums = {}
        for task in found:
            of_task = tally(task, asked, choices.ruler)
            worst.consider(task.task, of_task)
            merge(sums, of_task)
        measured.add(sums)
        tasks += len(found)
    names = {label["id"]: label["name"] for label in labels}
    return {
        "project": str(project_id),
        "recordings": measured.recordings,
        "tasks": tasks,
        "settings": {
            "step": choices.step,
            "collar": choices.collar,
            "share": choices.share,
            "overlap": choices.overlap,
            "replicates": choices.replicates,
            "seed": choices.seed,
            "level": measured.level,
        },
        "figures": [_figure_json(one, names, labels, choices.ruler) for one in all_figures(measured, asked)],
        **_people(measured),
        "worst": worst.as_json(),
        "methods": methods_text(measured, choices.ruler, __version__) if measured.recordings else "",
    }


def label_asked(label: dict[str, Any]) -> LabelAsked:
    """What is compared about a label (its JSON); free text is not compared."""
    questions = tuple(
        Question(one["id"], one["kind"], tuple(one["choices"])) for one in label["attributes"] if one["kind"] != "text"
    )
    return LabelAsked(label["vocabulary"], questions)


class _Worst:
    """The tasks on which annotators differ most, of any number of tasks."""

    def __init__(self, hidden: frozenset[int]) -> None:
        self._heap: list[tuple[float, int]] = []
        self._hidden = hidden

    def consider(self, task: int, sums: Sums) -> None:
        differ = disagreement(sums)
        if differ is None or differ <= 0.0 or task in self._hidden:
            return
        entry = (differ, -task)
        if len(self._heap) < WORST:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def as_json(self) -> list[dict[str, Any]]:
        ordered = sorted(self._heap, reverse=True)
        with get_database().read() as session:
            rows = session.execute(
                select(Task.id, Recording.name, Task.start, Task.stop)
                .join(Recording, Recording.id == Task.recording_id)
                .where(Task.id.in_([-task for _, task in ordered]))
            )
            named = {row[0]: row for row in rows}
            work = _handed_in_work(session, list(named))
        return [
            {
                "task": str(-task),
                "recording": named[-task][1],
                "start": named[-task][2],
                "stop": named[-task][3],
                "disagreement": round(differ, 4),
                "annotations": work.get(-task, []),
            }
            for differ, task in ordered
            if -task in named
        ]


def _handed_in_work(session: Session, task_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    rows = session.execute(
        select(Annotation.task_id, Annotation.id, User.username, Annotation.state)
        .join(User, User.id == Annotation.user_id)
        .where(Annotation.task_id.in_(task_ids), Annotation.state.in_([state.value for state in HANDED_IN]))
        .order_by(Annotation.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for task_id, annotation_id, username, state in rows:
        found.setdefault(task_id, []).append({"id": str(annotation_id), "annotator": username, "state": state})
    return found


def _figure_json(figure: Figure, names: dict[str, str], labels: list[dict[str, Any]], ruler: Ruler) -> dict[str, Any]:
    name = names.get(figure.label or "", figure.label or "")
    if figure.question is not None:
        asked = next(label for label in labels if label["id"] == figure.label)["attributes"]
        name = f"{name}: {next(one['name'] for one in asked if one['id'] == figure.question)}"
    return {
        "kind": figure.kind.value,
        "measure": figure.measure,
        "title": TITLES[figure.measure],
        "label": figure.label,
        "name": name,
        "question": figure.question,
        "value": _rounded(figure.value),
        "low": _rounded(figure.low),
        "high": _rounded(figure.high),
        "recordings": figure.recordings,
        "prevalence": _rounded(figure.prevalence),
        "reading": reading(figure, name, ruler),
    }


def _people(measured: Measurement) -> dict[str, Any]:
    pairs, late = pairs_of(measured), lateness_of(measured)
    ids = {rater for pair in pairs for rater in pair.pair}
    with get_database().read() as session:
        users = {row[0]: row[1] for row in session.execute(select(User.id, User.username).where(User.id.in_(ids)))}
    return {
        "pairs": [
            {
                "first": users[one.pair[0]],
                "second": users[one.pair[1]],
                "tasks": one.tasks,
                "kappa_tags": _rounded(one.kappa_tags),
                "kappa_time": _rounded(one.kappa_time),
                "event_f1": _rounded(one.event_f1),
            }
            for one in pairs
        ],
        "annotators": [
            {
                "annotator": users[one.rater],
                "events": one.events,
                "onset_late": _rounded(one.onset),
                "offset_late": _rounded(one.offset),
            }
            for one in late
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
