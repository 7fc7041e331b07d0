"""Agreement of a project's annotators: measured in one pass over what was handed in, for managers and reviewers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from labelbuddy_core import __version__
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, Assignment, Project, User
from labelbuddy_core.domain.agreement.answers import LabelAsked, Question
from labelbuddy_core.domain.agreement.deviations import bin_centers
from labelbuddy_core.domain.agreement.figures import Figure, all_figures
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.methods import methods_text
from labelbuddy_core.domain.agreement.readings import TITLES, reading
from labelbuddy_core.domain.agreement.sums import Ruler
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.domain.states import HANDED_IN
from labelbuddy_core.services.access import project_access, project_called
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement.agreement_choices import Choices
from labelbuddy_core.services.agreement.agreement_pass import Pass
from labelbuddy_core.services.agreement.agreement_people import (
    AgainstTruth,
    Names,
    annotators_json,
    confusion_json,
    pairs_json,
    raters_in,
    rounded,
)
from labelbuddy_core.services.agreement.gamma_sample import GammaSample
from labelbuddy_core.services.agreement.handed_in_answers import by_recording, handed_in
from labelbuddy_core.services.agreement.working_speed import speeds_of
from labelbuddy_core.services.agreement.worst_tasks import WorstTasks
from labelbuddy_core.services.labels.project_labels import labels_of
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.reviews.caption_vectors import TextModel, number_of_vectors, text_model_of
from labelbuddy_core.services.transactions import reads


def agreement(actor: Actor, project_id: str | int, choices: Choices | None = None) -> dict[str, Any]:
    """The report of a project: figures with intervals and sentences, pairs, annotators, confusions, worst tasks.

    Raises `Forbidden` for those who are neither manager nor reviewer. In a blind project, somebody who annotates too is
    not shown the tasks of their own queue. How fast people work is for managers.
    """
    return report_for(viewer_of(actor, project_id), choices or Choices())


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
    model = text_model_of(session, access.project.id)
    vectors = 0 if model is None else number_of_vectors(session, model)
    version = f"{handed}-{comparable}-{revisions}-{latest}-{labels}-{model and model.fingerprint}-{vectors}"
    return {"handed_in": int(handed), "comparable": int(comparable), "version": version}


@dataclass(frozen=True)
class Viewer:
    """What whoever asks for a report may see of a project."""

    project: int
    name: str
    hidden: frozenset[int]
    sees_speed: bool


@reads
def viewer_of(session: Session, actor: Actor, project_id: str | int) -> Viewer:
    """What the person may see; raises `Forbidden` for those who are neither manager nor reviewer."""
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_AGREEMENT)
    hidden: frozenset[int] = frozenset()
    if access.project.blind and not access.is_manager and Role.ANNOTATOR in access.roles:
        own = select(Assignment.task_id).where(
            Assignment.project_id == access.project.id, Assignment.user_id == actor.id
        )
        hidden = frozenset(session.scalars(own))
    return Viewer(access.project.id, access.project.name, hidden, access.allows(Permission.VIEW_ALL_TASKS))


def viewer_at_the_console(project: str) -> Viewer:
    """Who runs commands sees everything of the project with this id or name; raises `NotFound`."""
    with get_database().read() as session:
        found = session.get_one(Project, project_called(session, project))
        return Viewer(found.id, found.name, frozenset(), sees_speed=True)


def report_for(viewer: Viewer, choices: Choices) -> dict[str, Any]:
    """The report for whoever may see so much of a project."""
    period = choices.period
    with get_database().read() as session:
        labels = labels_of(session, viewer.project)
        model = text_model_of(session, viewer.project)
        speeds = speeds_of(session, viewer.project, period.since, period.until) if viewer.sees_speed else None
    asked = {label["id"]: label_asked(label) for label in labels}
    measured = Measurement(replicates=choices.replicates, seed=choices.seed)
    truth = AgainstTruth(Measurement(replicates=choices.replicates, seed=choices.seed))
    sample = GammaSample(choices.gamma, choices.seed)
    done = Pass(asked, choices.ruler, measured, truth, WorstTasks(viewer.hidden), sample)
    answers = handed_in(viewer.project, least=2, period=period, with_truths=True, meanings=model)
    for found in by_recording(answers):
        done.take(found)
    gamma = sample.measured(choices.replicates)
    with get_database().read() as session:
        raters = raters_in(measured, truth)
        people = {one[0]: one[1] for one in session.execute(select(User.id, User.username).where(User.id.in_(raters)))}
    figures = [*all_figures(measured, asked), *all_figures(gamma, asked)]
    names = Names(people, {label["id"]: label["name"] for label in labels}, viewer.hidden)
    return {
        "project": str(viewer.project),
        "name": viewer.name,
        "recordings": measured.recordings,
        "tasks": done.tasks,
        "settings": _settings_json(choices, measured.level),
        "figures": [_figure_json(one, names, labels, choices.ruler) for one in figures],
        "pairs": pairs_json(measured, names),
        "annotators": annotators_json(measured, done.confusions, truth, speeds, names),
        "confusion": confusion_json(done.confusions, truth, names),
        "histogram_centers": bin_centers(),
        "truth": {"adjudicated": truth.adjudicated, "merged": truth.merged},
        "worst": done.worst.as_json(),
        "text_model": None if model is None else model.as_json(),
        "methods": _methods(measured, truth, gamma, choices, model) if done.tasks else "",
    }


def _methods(
    measured: Measurement, truth: AgainstTruth, gamma: Measurement, choices: Choices, model: TextModel | None
) -> str:
    called = "" if model is None else f"{model.name} {model.version}"
    return methods_text(measured, truth.measured, gamma, choices.ruler, __version__, called)


def _settings_json(choices: Choices, level: float) -> dict[str, Any]:
    return {
        "step": choices.step,
        "collar": choices.collar,
        "share": choices.share,
        "overlap": choices.overlap,
        "replicates": choices.replicates,
        "seed": choices.seed,
        "gamma": choices.gamma,
        "level": level,
        "since": iso(choices.period.since),
        "until": iso(choices.period.until),
    }


def label_asked(label: dict[str, Any]) -> LabelAsked:
    """What is compared about a label (its JSON); free text is not compared."""
    questions = tuple(
        Question(one["id"], one["kind"], tuple(one["choices"])) for one in label["attributes"] if one["kind"] != "text"
    )
    return LabelAsked(label["vocabulary"], questions)


def _figure_json(figure: Figure, names: Names, labels: list[dict[str, Any]], ruler: Ruler) -> dict[str, Any]:
    name = names.labels.get(figure.label or "", figure.label or "")
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
        "value": rounded(figure.value),
        "low": rounded(figure.low),
        "high": rounded(figure.high),
        "recordings": figure.recordings,
        "prevalence": rounded(figure.prevalence),
        "reading": reading(figure, name, ruler),
    }
