"""Labels that an import made: remembered with it, and taken back with it where nothing needs them any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import (
    Annotation,
    ModelVersion,
    ProjectLabel,
    Propagation,
    Revision,
)
from labelbuddy_core.domain.relabeling import Relabeling
from labelbuddy_core.services.labels.label_change_effects import effects
from labelbuddy_core.services.labels.project_labels import labels_of
from labelbuddy_core.services.labels.relabeling import mentions

MADE = "made_labels"
"""Where the report of an import keeps the labels that it made, as they were then."""
Label = dict[str, Any]
_USES = (
    ("items", "item of annotations has it", "items of annotations have it"),
    ("consensus", "ground truth has it", "ground truths have it"),
    ("merged", "merged ground truth has it", "merged ground truths have it"),
    ("predictions", "suggestion of a model has it", "suggestions of models have it"),
)


def labels_made(session: Session, project_id: int, names: Iterable[str]) -> list[Label]:
    """The labels of these names as they were just made."""
    wanted = {name.casefold() for name in names}
    return [label for label in labels_of(session, project_id) if label["name"].casefold() in wanted]


def take_back_labels(session: Session, project_id: int, made: Sequence[Label]) -> dict[str, list[Any]]:
    """Remove those that nobody has changed and nothing uses: {removed: names, kept: {name, reason}}."""
    present = {label["id"]: label for label in labels_of(session, project_id)}
    ours = [one for one in made if one["id"] in present]
    reasons = {one["id"]: _used(session, project_id, one, present[one["id"]]) for one in ours}
    parents = {label["parent"] for label in present.values() if not _goes(label, reasons)}
    reasons |= {label: "other labels lie below it" for label in parents if reasons.get(label) == ""}
    gone = [label for label, reason in reasons.items() if not reason]
    session.execute(delete(ProjectLabel).where(ProjectLabel.project_id == project_id, ProjectLabel.id.in_(gone)))
    return {
        "removed": [present[label]["name"] for label in gone],
        "kept": [{"name": present[label]["name"], "reason": reason} for label, reason in reasons.items() if reason],
    }


def _goes(label: Label, reasons: Mapping[str, str]) -> bool:
    return reasons.get(label["id"]) == ""


def _used(session: Session, project_id: int, made: Label, present: Label) -> str:
    """Why a label stays, "" for one that may go."""
    if made != present:
        return "somebody changed it since"
    label = present["id"]
    found = effects(session, project_id, (label,), Relabeling())
    for name, one, several in _USES:
        if found[name]:
            return f"{found[name]:,} {one if found[name] == 1 else several}"
    if found["models"]:
        return f"labels of {found['models'][0]['name']} become it"
    if session.scalar(select(exists().where(Propagation.project_id == project_id, Propagation.label == label))):
        return "it was suggested for what is alike"
    learned = session.scalars(select(ModelVersion.label_map).where(ModelVersion.project_id == project_id))
    if any(label in one.values() for one in learned):
        return "a model has learned it"
    history = (
        select(func.count(Revision.annotation_id.distinct()))
        .join(Annotation, Annotation.id == Revision.annotation_id)
        .where(
            Annotation.project_id == project_id,
            or_(mentions(Revision.operations, (label,)), mentions(Revision.snapshot, (label,))),
        )
    )
    count = session.scalar(history) or 0
    return f"earlier versions of {count:,} annotation{'s' if count > 1 else ''} have it" if count else ""
