"""The table of headphones checks: how people listen, and on what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, Json, Moment, now


class HeadphoneCheck(Base):
    """One check of one person; `seed` and `answers` say all that `domain.headphone_check` judges by."""

    __tablename__ = "headphone_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    device: Mapped[str] = mapped_column(String(80))
    seed: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    sides: Mapped[bool]
    polarity: Mapped[bool]
    correct: Mapped[int]
    passed: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_headphone_checks_of_user", "user_id", "id"),)
