"""Labels that an import made: remembered with it, and taken back with it where nothing needs them any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import ProjectLabel
from labelbuddy_core.services.imports.labels_in_use import Since, moment, reasons_for
from labelbuddy_core.services.labels.project_labels import labels_of

MADE = "made_labels"
"""Where the report of an import keeps the labels that it made, as they were then."""
Label = dict[str, Any]


def labels_made(session: Session, project_id: int, names: Iterable[str]) -> list[Label]:
    """The labels of these names as they were just made."""
    wanted = {name.casefold() for name in names}
    return [label for label in labels_of(session, project_id) if label["name"].casefold() in wanted]


@dataclass(frozen=True)
class Needed:
    """Why labels are needed, by their ids, as far as was seen at a moment."""

    reasons: Mapping[str, str]
    since: Since


def needed_labels(session: Session, project_id: int, made: Sequence[Label]) -> Needed:
    """Those of these labels that something needs: a look through all that there is, which may take a while."""
    since = moment(session)
    return Needed(reasons_for(session, project_id, {one["id"] for one in made}), since)


def take_back_labels(session: Session, project_id: int, made: Sequence[Label], needed: Needed) -> dict[str, list[Any]]:
    """Remove those that nobody has changed and nothing uses: {removed: names, kept: {name, reason}}.

    What was written after `needed` was found is looked at here.
    """
    present = {label["id"]: label for label in labels_of(session, project_id)}
    ours = [one for one in made if one["id"] in present]
    free = {one["id"] for one in ours} - set(needed.reasons)
    known = {**needed.reasons, **reasons_for(session, project_id, free, needed.since)}
    reasons = {
        one["id"]: "somebody changed it since" if one != present[one["id"]] else known.get(one["id"], "")
        for one in ours
    }
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
