"""Attributes that keep recordings together, in a release or a training set: whether a project has them at all."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Recording
from labelbuddy_core.domain.releases.dividing import check_groups, given_names


def check_groups_of(session: Session, project_id: int, group_by: Sequence[str]) -> None:
    """Raises `Invalid` for an attribute to keep together by that no recording of the project has.

    Whether what goes into the release or the training set has it is known once that is gathered.
    """
    missing, there = set(group_by), set[str]()
    if not missing:
        return
    of_recordings = select(Recording.attributes).where(Recording.project_id == project_id)
    for attributes in session.scalars(of_recordings.execution_options(yield_per=1000)):
        there |= given_names(attributes or {})
        if missing <= there:
            return
    check_groups(group_by, there)
