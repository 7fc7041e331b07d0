"""Saving a table of labels that was open for a while, without undoing what others changed meanwhile."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Project
from labelbuddy_core.domain.label_edits import merge_edit
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Conflict
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.labels.project_labels import labels_of, replace_labels
from labelbuddy_core.services.transactions import writes


@writes
def edit_labels(
    session: Session,
    actor: Actor,
    project_id: str | int,
    *,
    opened: list[dict[str, Any]],
    edited: list[dict[str, Any]],
) -> bool:
    """Save what somebody edited in the label set as they opened it; False where nothing was edited.

    Raises `Conflict` when others changed the same labels since, `Invalid` and `InvalidState` as any other change of
    the label set; nothing is saved then.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.EDIT_PROJECT)
    project = access.project
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    edit = merge_edit(opened, edited, labels_of(session, project.id))
    if edit.clashes:
        raise Conflict(
            f"Nothing was saved, as somebody changed the label set since you opened it. {' '.join(edit.clashes)}",
            field="labels",
        )
    if edit.changed:
        replace_labels(session, project.id, edit.labels)
        record(session, actor, "project.changed", f"project:{project.id}", project_id=project.id, fields=["labels"])
    return edit.changed
