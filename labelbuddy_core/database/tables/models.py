"""Tables of models: specifications, versions of their weights, links to projects, predictions and decisions on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, Json, JsonText, Moment, now


class Model(Base):
    """A declared model; `source` is the YAML as uploaded, `specification` what was read from it.

    `license_confirmed` is the license that somebody confirmed, which may be an earlier one.
    """

    __tablename__ = "models"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    version: Mapped[str] = mapped_column(String(40), default="1")
    description: Mapped[str] = mapped_column(Text, default="")
    license: Mapped[str] = mapped_column(String(200), default="")
    license_confirmed: Mapped[str] = mapped_column(String(200), default="", server_default="")
    license_confirmed_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    license_confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    source: Mapped[str] = mapped_column(Text)
    specification: Mapped[dict[str, Any]] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)


class ProjectModel(Base):
    """How one project uses one model: `label_map` goes from the model's labels to label ids of the project,
    `label_thresholds` from label ids to their own lowest scores."""

    __tablename__ = "project_models"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"), primary_key=True)
    label_map: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    threshold: Mapped[float] = mapped_column(default=0.5)
    label_thresholds: Mapped[dict[str, float]] = mapped_column(Json, default=dict)
    version: Mapped[str] = mapped_column(String(40), default="promoted")
    automatic: Mapped[bool] = mapped_column(default=False)
    webhook: Mapped[bool] = mapped_column(default=False, server_default=false())


class Prediction(Base):
    """A model version's answer to a task. `seconds` is how long the model took; `digest` names the image or weights,
    `license` is what the model was used under."""

    __tablename__ = "predictions"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"))
    version: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(100), default="")
    license: Mapped[str] = mapped_column(String(200), default="", server_default="")
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    document: Mapped[dict[str, Any]] = mapped_column(JsonText)
    notes: Mapped[list[str]] = mapped_column(Json, default=list)
    seconds: Mapped[float]
    fingerprint: Mapped[str] = mapped_column(String(64), default="")  # see inference.fingerprint
    uncertainty: Mapped[float | None]  # see domain.prediction_measures
    profile: Mapped[dict[str, float] | None] = mapped_column(JsonText)  # of the whole task; None for a stretch of it
    job_id: Mapped[str | None] = mapped_column(String(36))
    propagation_id: Mapped[int | None]  # of `Propagation`, where a label was propagated and no model asked
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("task_id", "job_id"),
        Index("ix_predictions_of_task", "task_id", "id"),
        Index("ix_predictions_of_model", "model_id", "id"),
    )


class ModelAnswer(Base):
    """What a model said about a stretch of sound, kept so that it is not asked the same again.

    `key` is made of the sound, what the model is, and what it was asked (see `services.model_answers`).
    """

    __tablename__ = "model_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(100), default="")
    answer: Mapped[dict[str, Any]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_model_answers_of_model", "model_id", "id"),)


class Embedding(Base):
    """A model's feature vectors over seconds `start` to `stop` of the sound `sha256`, in the blob `blob_key`.

    `fingerprint` and `digest` as of predictions; `mean` is the mean over time in half precision (little-endian).
    """

    __tablename__ = "embeddings"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(String(64))
    start: Mapped[float]
    stop: Mapped[float]
    fingerprint: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(100), default="")
    vectors: Mapped[int]
    dimensions: Mapped[int]
    blob_key: Mapped[str] = mapped_column(String(200))
    mean: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("sha256", "model_id", "start", "stop", "fingerprint"),
        Index("ix_embeddings_of_model", "model_id"),
    )


class CaptionVector(Base):
    """A model's vector of a caption (or any text) of a project: of length one, in half precision (little-endian).

    `sha256` is of the text, `fingerprint` as of predictions.
    """

    __tablename__ = "caption_vectors"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_caption_vectors_of_model", "model_id"),)


class PredictionDecision(Base):
    """What a person decided on one item of a prediction (rejections; acceptance is an edit of the document)."""

    __tablename__ = "prediction_decisions"

    prediction_id: Mapped[int] = mapped_column(ForeignKey("predictions.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(String(120), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    decision: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
