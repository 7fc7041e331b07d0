"""Tables of changes of label sets in use: what was changed, and what each item said before and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, Json, JsonText, Moment, now


class LabelChange(Base):
    """A change of a project's label set (see `domain.label_changes`).

    `before` and `after` are {labels, links}: the label set, and by model {label_map, label_thresholds}. `state` is
    applying, applied, undoing or undone.
    """

    __tablename__ = "label_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    told: Mapped[str] = mapped_column(Text)
    relabeling: Mapped[dict[str, Any]] = mapped_column(Json)
    before: Mapped[dict[str, Any]] = mapped_column(JsonText)
    after: Mapped[dict[str, Any]] = mapped_column(JsonText)
    created: Mapped[list[str]] = mapped_column(Json, default=list)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(16))
    job_id: Mapped[str | None] = mapped_column(String(36))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index("ix_label_changes_of_project", "project_id", "id"),)


class LabelChangePart(Base):
    """What a change did to one annotation (`subject` is its id, `revision` the one it made), to labels that were saved
    there later (`kind` saved, `revision` 0), or to the ground truth of a task (`kind` consensus or merged; `subject`
    is the task).

    `before` and `after` are operations that lead from one to the other, items with their labels (`saved`), or whole
    documents of ground truths.
    """

    __tablename__ = "label_change_parts"

    change_id: Mapped[int] = mapped_column(ForeignKey("label_changes.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    subject: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[Any] = mapped_column(JsonText)
    after: Mapped[Any] = mapped_column(JsonText)

    __table_args__ = (Index("ix_label_change_parts_of_subject", "kind", "subject"),)
