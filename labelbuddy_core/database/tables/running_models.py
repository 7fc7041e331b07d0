"""Table of what models do at the moment, written by the workers that run them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, Json, Moment, now


class RunningModel(Base):
    """A model as one worker runs it. `memory` and `data` in bytes, `cpu` in cores; `wanted` is what a person asked the
    worker for (start or stop) and it has not taken up yet."""

    __tablename__ = "running_models"

    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    model: Mapped[str] = mapped_column(String(80), primary_key=True)
    runtime: Mapped[str] = mapped_column(String(16), default="")
    state: Mapped[str] = mapped_column(String(16), default="stopped")
    detail: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    memory: Mapped[int | None] = mapped_column(BigInteger)
    cpu: Mapped[float | None]
    data: Mapped[int | None] = mapped_column(BigInteger)
    restarts: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(100), default="")
    device: Mapped[str] = mapped_column(String(40), default="")
    notes: Mapped[list[str]] = mapped_column(Json, default=list)
    wanted: Mapped[str | None] = mapped_column(String(8))
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)
