"""Tables of fine-tuning: runs with their epochs and log, and the versions of models that have weights of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, Json, JsonText, Moment, now


class TrainingRun(Base):
    """A model being taught on what a project has approved; its job says how it stands.

    `choices` are what the manager chose of the training set, `snapshot` the examples as they were then (see
    `domain.training.examples`) with their `checksum`, `container_run` the run's name in the model, `comparison` the
    figures of the new `version` and its `parent` on what was held out.
    """

    __tablename__ = "training_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    job_id: Mapped[str] = mapped_column(String(36), default="")
    parent: Mapped[str] = mapped_column(String(40))
    parameters: Mapped[dict[str, float]] = mapped_column(Json, default=dict)
    choices: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
    snapshot: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText, deferred=True)
    checksum: Mapped[str] = mapped_column(String(64), default="")
    balance: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    container_run: Mapped[str | None] = mapped_column(String(80))
    best_epoch: Mapped[int | None]
    stop_asked: Mapped[bool] = mapped_column(default=False)
    version: Mapped[str | None] = mapped_column(String(40))
    comparison: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        Index("ix_training_runs_of_project", "project_id", "id"),
        Index("ix_training_runs_of_model", "model_id"),
    )


class TrainingEpoch(Base):
    """The figures of one epoch, by name (see docs/training.md)."""

    __tablename__ = "training_epochs"

    run_id: Mapped[int] = mapped_column(ForeignKey("training_runs.id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    figures: Mapped[dict[str, float]] = mapped_column(JsonText)
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class TrainingLogLine(Base):
    """What happened in a run, in a sentence."""

    __tablename__ = "training_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("training_runs.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_training_log_of_run", "run_id", "id"),)


class ModelVersion(Base):
    """Weights of a model that were trained here, or elsewhere and registered; `name` is unique among its versions.

    `base` is the declared version that they belong to, `parent` the version that they were trained from, `label_map`
    goes from their labels to label ids of the project.
    """

    __tablename__ = "model_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("training_runs.id", ondelete="SET NULL"))
    base: Mapped[str] = mapped_column(String(40))
    parent: Mapped[str] = mapped_column(String(40))
    labels: Mapped[list[str]] = mapped_column(JsonText)
    label_map: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict)
    weights_key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("model_id", "name"),
        Index("ix_model_versions_of_project", "project_id", "model_id"),
    )
