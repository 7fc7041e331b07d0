"""Tables of what is labeled: uploads on their way in, recordings, tasks and who has which task."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, Json, Moment, now
from labelbuddy_core.domain.attributes import search_text


class Upload(Base):
    """A file on its way in; its bytes are in the incoming folder until it is complete."""

    __tablename__ = "uploads"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(400))
    size: Mapped[int] = mapped_column(BigInteger)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recordings.id", ondelete="SET NULL"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Recording(Base):
    """An audio file of a project: immutable, content-addressed by the SHA-256 of its bytes.

    `duration` is in seconds of decoded samples; the derived keys name blobs in the storage. `statistics` is None until
    the recording is analyzed. `search_text` follows name and attributes by itself.
    """

    __tablename__ = "recordings"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(400))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16), default="queued")
    problem: Mapped[str | None] = mapped_column(Text)
    warning: Mapped[str | None] = mapped_column(Text)
    duration: Mapped[float | None]
    sample_rate: Mapped[int | None]
    channels: Mapped[int | None]
    frames: Mapped[int | None] = mapped_column(BigInteger)
    codec: Mapped[str | None] = mapped_column(String(40))
    original_type: Mapped[str] = mapped_column(String(80), default="application/octet-stream")
    playback_key: Mapped[str | None] = mapped_column(String(200))
    playback_type: Mapped[str | None] = mapped_column(String(80))
    peaks_key: Mapped[str | None] = mapped_column(String(200))
    analysis_key: Mapped[str | None] = mapped_column(String(200))
    spectrogram_key: Mapped[str | None] = mapped_column(String(200))
    statistics: Mapped[dict[str, Any] | None] = mapped_column(Json)
    attributes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    search_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("project_id", "sha256"),
        Index("ix_recordings_of_project_by_state", "project_id", "state"),
    )


@event.listens_for(Recording, "before_insert")
@event.listens_for(Recording, "before_update")
def _keep_search_text(_mapper: Any, _connection: Any, recording: Recording) -> None:
    recording.search_text = search_text(recording.name, recording.attributes or {})


class Task(Base):
    """A recording, or a stretch of it, to be labeled. `start` and `stop` are seconds of recording time.

    `state` is derived (see `domain.states.task_state`) and kept here so that lists and counts need no join.
    """

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"), index=True)
    start: Mapped[float] = mapped_column(default=0.0)
    stop: Mapped[float]
    state: Mapped[str] = mapped_column(String(16), default="new")
    priority: Mapped[int] = mapped_column(default=0)
    rank: Mapped[float] = mapped_column(
        default=0.0
    )  # higher comes first among equal priorities; see domain.queue_orders
    disagreement: Mapped[float | None]  # of what was handed in, 0 … 1; see services.review_sampling
    flag: Mapped[str | None] = mapped_column(Text)  # what a manager should know; None when nobody flagged it
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("recording_id", "start", "stop"),
        Index("ix_tasks_of_project_by_state", "project_id", "state", "priority", "id"),
        Index("ix_tasks_of_project_by_priority", "project_id", "priority", "id"),
        Index("ix_tasks_in_turn", "project_id", text("priority DESC"), text("rank DESC"), "id"),
    )


class ReviewAssignment(Base):
    """A task in the review queue of a person whom a manager named, or to whom it was dealt."""

    __tablename__ = "review_assignments"

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_review_assignments_of_user", "user_id", "project_id", "task_id"),)


class HandedOver(Base):
    """A task that somebody had until it was handed over to another: it is not given to them again by itself."""

    __tablename__ = "handed_over"

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))

    __table_args__ = (Index("ix_handed_over_of_project", "project_id"),)


class Assignment(Base):
    """A task in a person's queue. A `claim` expires without a save; an assignment by a manager does not.

    `skipped_at` says that the person has put it off; the reason stays until they save something in it.
    """

    __tablename__ = "assignments"

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8), default="claim")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_saved_at: Mapped[datetime] = mapped_column(Moment, default=now)
    skipped_at: Mapped[datetime | None] = mapped_column(Moment)
    skip_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_assignments_of_user", "user_id", "project_id", "task_id"),)
