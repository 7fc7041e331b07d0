"""What a model would be trained on: the examples of a project in splits, their balance, and how labels are called."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model, ModelVersion, ProjectLabel, ProjectModel, Recording, TrainingRun
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.domain.training.balance import Balance, balance
from labelbuddy_core.domain.training.examples import Example, Split, Truth, in_words
from labelbuddy_core.domain.training.parameters import Bounds
from labelbuddy_core.domain.training.splits import Shares, split
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.access import ProjectAccess, parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models.model_history import specification_in_use
from labelbuddy_core.services.recordings.shared_attributes import check_groups_of
from labelbuddy_core.services.training.training_truths import truths
from labelbuddy_core.services.transactions import reads

MAX_LABELS = 1000


@dataclass(frozen=True)
class Choices:
    """What a manager chooses of a training set.

    `learn_as` says how labels of the project are called in the new version, None: as the model calls them, else by
    their names; labels that are not in it are not learned. `group_by` is an attribute of recordings. `validation` and
    `test` are shares, `seed` decides the split.
    """

    learn_as: dict[str, str] | None = None
    group_by: str = ""
    validation: float = 0.15
    test: float = 0.15
    seed: int = 0

    @property
    def shares(self) -> Shares:
        """Raises `Invalid` for shares out of bounds."""
        return Shares(self.validation, self.test)


@dataclass(frozen=True)
class Teachable:
    """A model that a project uses and that can be trained: its link, and what it is now."""

    access: ProjectAccess
    model: Model
    link: ProjectModel
    specification: Specification


@dataclass(frozen=True)
class TrainingSet:
    """Examples in the words of the new version."""

    examples: list[Example]
    labels: list[str]
    learn_as: dict[str, str]
    balance: Balance
    left_out: dict[str, int] = field(default_factory=dict)


@reads
def teachable_models(session: Session, actor: Actor, project_id: str | int) -> list[dict[str, Any]]:
    """The models of a project, by name: {model, name, version, problem}; `problem` says why one cannot be trained."""
    access = project_access(session, actor, project_id)
    access.require(Permission.TRAIN)
    rows = session.execute(
        select(Model, ProjectModel)
        .join(ProjectModel, ProjectModel.model_id == Model.id)
        .where(ProjectModel.project_id == access.project.id)
        .order_by(Model.name)
    ).all()
    found = []
    for model, link in rows:
        specification = specification_in_use(session, model, link.version)
        found.append(
            {
                "model": str(model.id),
                "name": model.name,
                "version": specification.version,
                "problem": why_not(model, specification),
            }
        )
    return found


@reads
def preview(
    session: Session, actor: Actor, project_id: str | int, model_id: str | int, choices: Choices
) -> dict[str, Any]:
    """What a run would learn from: {labels, splits, warnings, learn_as, left_out, attributes, parameters}.

    Raises `InvalidState` for a model that cannot be trained.
    """
    teachable = teachable_model(session, actor, project_id, model_id)
    made = training_set(session, teachable, choices)
    names = Counter(
        name
        for attributes in session.scalars(
            select(Recording.attributes).where(Recording.project_id == teachable.access.project.id)
        )
        for name in attributes or ()
    )
    bounds = teachable.specification.training.parameters
    return {
        **asdict(made.balance),
        "learn_as": made.learn_as,
        "left_out": made.left_out,
        "attributes": sorted(names),
        "parent": teachable.specification.version,
        "parameters": {
            name: {**one.model_dump(), "whole": Bounds(one.default, one.min, one.max).whole}
            for name, one in bounds.items()
        },
    }


def teachable_model(session: Session, actor: Actor, project_id: str | int, model_id: str | int) -> Teachable:
    """A model of the project that can be trained. Raises `Invalid` or `InvalidState` that says why it cannot."""
    access = project_access(session, actor, project_id)
    access.require(Permission.TRAIN)
    number = parse_id(model_id, "model")
    model, link = session.get(Model, number), session.get(ProjectModel, (access.project.id, number))
    if model is None or link is None:
        raise Invalid("This project does not use that model; link it on the project page first.", field="model")
    specification = specification_in_use(session, model, link.version)
    problem = why_not(model, specification)
    if problem is not None:
        raise InvalidState(problem)
    return Teachable(access, model, link, specification)


def why_not(model: Model, specification: Specification) -> str | None:
    """Why a model cannot be trained, in words; None when it can."""
    if specification.protocol != "labelbuddy":
        return (
            f"{model.name} speaks the protocol {specification.protocol}, which has no training: only models of our own "
            "contract are trained (protocol: labelbuddy)."
        )
    if specification.training.supported:
        return None
    remedy = (
        f" Its server {specification.endpoint} can be taught when it runs on our serving kit: then say so in the file."
        if specification.endpoint
        else ""
    )
    return f"The file of {model.name} does not say that it can be trained (training.supported).{remedy}"


def training_set(session: Session, teachable: Teachable, choices: Choices) -> TrainingSet:
    """The examples as they would be now. Raises `Invalid` naming a wrong choice."""
    project = teachable.access.project
    check_groups_of(session, project.id, [choices.group_by] if choices.group_by else [])
    found, left_out = truths(session, project.id, choices.group_by)
    heard = {label for one in found for label in one.labels}
    names = dict(
        session.execute(
            select(ProjectLabel.id, ProjectLabel.name)
            .where(ProjectLabel.project_id == project.id)
            .order_by(ProjectLabel.position)
        )
        .tuples()
        .all()
    )
    learn_as = _learn_as(teachable, choices, names, heard)
    examples = split(
        in_words(found, learn_as), choices.shares, choices.seed, _uses_before(session, teachable, found)
    )  # fmt: skip
    labels = list(dict.fromkeys(learn_as.values()))
    return TrainingSet(examples, labels, learn_as, balance(examples, labels), left_out)


def require_lessons(made: TrainingSet) -> None:
    """Raises `InvalidState` when there is nothing to learn from."""
    if not any(example.split is Split.TRAIN and example.truth.labels for example in made.examples):
        raise InvalidState(
            "Nothing can be learned yet: no approved annotation or consensus has a label that is to be learned."
        )


def _learn_as(teachable: Teachable, choices: Choices, names: dict[str, str], heard: set[str]) -> dict[str, str]:
    if choices.learn_as is None:
        known: dict[str, str] = {}
        for label in teachable.specification.labels:
            known.setdefault(teachable.link.label_map.get(label, ""), label)
        return {label: known.get(label, name) for label, name in names.items() if label in heard}
    for label, name in choices.learn_as.items():
        if label not in names:
            raise Invalid(f"{label!r} is not a label of this project.", field=f"learn_as.{label}")
        one_line(name.strip(), f"learn_as.{label}")
        if not name.strip() or len(name) > 80:
            raise Invalid("A label is called by 1 to 80 letters.", field=f"learn_as.{label}")
    if len(choices.learn_as) > MAX_LABELS:
        raise Invalid(f"At most {MAX_LABELS} labels are learned.", field="learn_as")
    return {label: choices.learn_as[label].strip() for label in names if label in choices.learn_as}


def _uses_before(session: Session, teachable: Teachable, found: list[Truth]) -> dict[int, Split]:
    """What recordings were for in the runs that the present version comes from."""
    uses: dict[int, Split] = {}
    name = teachable.specification.version
    here = {one.recording for one in found}
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        row = session.execute(
            select(ModelVersion.parent, TrainingRun.snapshot)
            .outerjoin(TrainingRun, TrainingRun.id == ModelVersion.run_id)
            .where(ModelVersion.model_id == teachable.model.id, ModelVersion.name == name)
        ).first()
        if row is None:
            break
        for value in row.snapshot or ():
            recording, used = value["recording"], Split(value["split"])
            if recording in here and (used is Split.TRAIN or recording not in uses):
                uses[recording] = used
        name = row.parent
    return uses
