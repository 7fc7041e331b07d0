"""Which predictions say what models last said, and what of propagated labels stands beside that."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select

from labelbuddy_core.database.tables import Prediction, Propagation


def standing_suggestions(*wanted: ColumnElement[bool]) -> Select[int]:
    """The ids of those that are `wanted`: of a task and model the newest answer, and of each stretch that a label was
    propagated to the newest from each place, unless it was taken back.

    Both have the same model, which was not asked where a label was propagated: neither is in place of the other.
    """
    propagated = Prediction.propagation_id.is_not(None)
    stretch = Prediction.options["start"].as_string()
    stands = exists().where(Propagation.id == Prediction.propagation_id, Propagation.undone_at.is_(None))
    return (
        select(func.max(Prediction.id))
        .where(*wanted, or_(~propagated, stands))
        # the version of a propagated suggestion names the place that it is like
        .group_by(
            Prediction.task_id,
            Prediction.model_id,
            case((propagated, Prediction.version), else_=""),
            case((propagated, stretch), else_=""),
        )
    )
