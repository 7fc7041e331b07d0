"""Freezing a release: all it will hold is read under one snapshot, divided, counted and written into a manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model, Prediction, Project
from labelbuddy_core.domain.export_records import ExportedTask
from labelbuddy_core.domain.releases.choices import ReleaseChoices
from labelbuddy_core.domain.releases.dividing import Dividable, check_groups_of_release, divide
from labelbuddy_core.formats.release_manifest import WHOLE, task_line, write_manifest
from labelbuddy_core.services.exports.exported_project import exported_project
from labelbuddy_core.services.labels.project_labels import labels_of
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.releases.release_content import Kept, LeftOut, content
from labelbuddy_core.services.releases.release_figures import Counts, figures, split_names

Tell = Callable[[int], None]
"""Is told how many tasks were read; what it raises ends the work."""
NEVER = "1970-01-01T00:00:00.000000Z"


@dataclass(frozen=True)
class About:
    """How a release is called, and what is said about it."""

    name: str
    version: str
    note: str


@dataclass
class Gathered:
    """What a release would hold, without the documents."""

    left_out: list[LeftOut] = field(default_factory=list)
    places: list[Dividable] = field(default_factory=list)
    counts: list[Counts] = field(default_factory=list)
    listed: list[dict[str, Any]] = field(default_factory=list)
    models: set[str] = field(default_factory=set)
    predictions: set[str] = field(default_factory=set)
    changed: str = ""

    def splits(self, choices: ReleaseChoices) -> list[str]:
        """The split of each task, in order."""
        if not choices.divided:
            return [WHOLE] * len(self.places)
        found = divide(self.places, choices.validation, choices.test, choices.seed)
        return [found[one.task].value for one in self.places]


def gather(
    session: Session, project: Project, choices: ReleaseChoices, tell: Tell, keep: Callable[[ExportedTask], object]
) -> Gathered:
    """Go through the project; `keep` takes each task that goes in.

    Raises `Invalid` where splits are to keep together by an attribute that nothing which goes in has.
    """
    names = {label["id"]: label["name"] for label in labels_of(session, project.id)}
    found = Gathered()
    for number, one in enumerate(content(session, project.id, choices), start=1):
        tell(number)
        if isinstance(one, LeftOut):
            found.left_out.append(one)
            continue
        task = one.task
        found.places.append(one.place)
        found.counts.append(_counted(one, names, found))
        found.listed.append(
            {
                "task": task.id,
                "recording": task.recording["name"],
                "sha256": task.recording["sha256"],
                "start": task.start,
                "stop": task.stop,
            }
        )
        found.changed = max(found.changed, one.changed)
        keep(task)
    if choices.divided and found.counts:
        check_groups_of_release(choices.group_by, frozenset[str]().union(*(one.attributes for one in found.counts)))
    return found


def freeze(
    session: Session,
    project: Project,
    about: About,
    choices: ReleaseChoices,
    agreement: list[dict[str, Any]],
    folder: Path,
    tell: Tell,
) -> Path:
    """Write the manifest of a release as the project is now; the file is in `folder`."""
    body, target = folder / "tasks", folder / "manifest"
    with body.open("wb") as file:
        found = gather(session, project, choices, tell, lambda task: file.write(task_line(task)))
    splits = found.splits(choices)
    labels = labels_of(session, project.id)
    licenses, others = _model_licenses(session, found)
    header = {
        "name": about.name,
        "version": about.version,
        "note": about.note,
        "choices": choices.as_json(),
        "project": exported_project(project, labels),
        "changed": found.changed or iso(project.created_at) or NEVER,
        "label_names": {label["id"]: label["name"] for label in labels},
        "model_licenses": licenses,
        "prediction_licenses": others,
        "splits": split_names(choices),
        "tasks": [{**one, "split": split} for one, split in zip(found.listed, splits, strict=True)],
        "figures": figures(found.counts, [one.reason for one in found.left_out], splits, choices),
        "left_out": [one.as_json() for one in found.left_out],
        "agreement": agreement,
    }
    write_manifest(target, header, body)
    body.unlink()
    return target


def _counted(kept: Kept, names: Mapping[str, str], found: Gathered) -> Counts:
    task = kept.task
    events, tags = Counter[str](), Counter[str]()
    captions, assisted = 0, False
    for one in task.annotations:
        document = one.document
        marks = (*document["regions"], *document["points"])
        label = [names.get(mark.get("label") or "", mark.get("label") or mark.get("kind") or "") for mark in marks]
        events.update(label)
        tags.update(names.get(tag["label"], tag["label"]) for tag in document["tags"])
        caption = document["caption"]
        captions += bool(caption)
        models = _models_in((*marks, *document["tags"], *([caption] if caption else ())), found)
        assisted = assisted or models
    return Counts(
        recording=task.recording["sha256"],
        start=task.start,
        stop=task.stop,
        license=str(task.recording.get("license") or ""),
        kind=(task.annotations[0].consensus or {}).get("kind", ""),
        captions=captions,
        assisted=assisted,
        attributes=kept.attributes,
        joined=kept.joined,
        annotators=_annotators(task),
        events=events,
        tags=tags,
    )


def _annotators(task: ExportedTask) -> frozenset[str]:
    """Who annotated, as far as it is known: of ground truth that was merged, those who support it."""
    found: set[str] = set()
    for one in task.annotations:
        soft = ((one.consensus or {}).get("soft") or {}).get("regions", {})
        found.update(name for region in soft.values() for name in region["annotators"])
        if one.consensus is None:
            found.add(one.annotator)
    return frozenset(found)


def _models_in(items: Iterable[Mapping[str, Any]], found: Gathered) -> bool:
    """Note the models that items come from; whether there are any."""
    of_models = [origin for one in items if (origin := one.get("origin") or {}).get("kind") == "model"]
    found.models.update(origin["model"] for origin in of_models if origin.get("model"))
    found.predictions.update(str(origin["prediction"]) for origin in of_models if origin.get("prediction"))
    return bool(of_models)


def _model_licenses(session: Session, found: Gathered) -> tuple[dict[str, str], dict[str, str]]:
    """Of the models that are in it: the license of each, and of predictions made under another one."""
    rows = session.execute(select(Model.name, Model.license).where(Model.name.in_(sorted(found.models))))
    licenses = {name: text for name, text in rows if text}
    others: dict[str, str] = {}
    numbers = sorted(int(one) for one in found.predictions if one.isdigit())
    for first in range(0, len(numbers), 500):
        made_under = session.execute(
            select(Prediction.id, Prediction.license)
            .join(Model, Model.id == Prediction.model_id)
            .where(Prediction.id.in_(numbers[first : first + 500]), Prediction.license != Model.license)
        )
        others |= {str(number): text for number, text in made_under}
    return licenses, others
