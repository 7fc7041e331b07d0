"""The table of guided tours: how far each person is in the tour of each role."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, Json, Moment, now


class Tour(Base):
    """A person's tour of a role, in a project. `state` is open, left, finished, or declined.

    `steps` maps steps to done or skipped; what counts happened after event `since` of the history.
    """

    __tablename__ = "tours"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(16), default="open")
    steps: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    since: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
