"""Tables of labels that were propagated: one row for each time somebody suggested a label for stretches alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, Moment, now


class Propagation(Base):
    """A label suggested for what is like a stretch (s) of a task, by the vectors of a model; `region` is
    the id of what lies there.

    `least` is the lowest similarity taken, `only_user_id` whom alone the suggestions are for (None: everybody).
    """

    __tablename__ = "propagations"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id", ondelete="SET NULL"))
    start: Mapped[float]
    stop: Mapped[float]
    region: Mapped[str | None] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(80))
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"))
    version: Mapped[str] = mapped_column(String(80))
    least: Mapped[float]
    stretches: Mapped[int]
    tasks: Mapped[int]
    only_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index("ix_propagations_of_project", "project_id", "id"),)
