"""Tables of projects: the project, its label set and its members."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, Json, JsonText, Moment, now


class Project(Base):
    """A dataset in the making."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    instructions: Mapped[str] = mapped_column(Text, default="")
    template: Mapped[str] = mapped_column(String(32))
    strategy: Mapped[str] = mapped_column(String(16), default="pool")
    annotators_per_task: Mapped[int] = mapped_column(default=1)
    blind: Mapped[bool] = mapped_column(default=True)
    suggestions: Mapped[str] = mapped_column(String(20), default="shown")  # see domain.suggestions
    queue_order: Mapped[str] = mapped_column(String(16), default="added")  # see domain.queue_orders
    lanes: Mapped[str] = mapped_column(String(8), default="labels")  # see domain.tiers
    tiers: Mapped[list[str]] = mapped_column(Json, default=list)
    review_reasons: Mapped[list[str]] = mapped_column(JsonText, default=list)  # see domain.review_reasons
    review_rules: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)  # see domain.review_rules
    lexicon: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list)  # see domain.caption_lexicon
    state: Mapped[str] = mapped_column(String(16), default="active")
    sample: Mapped[bool] = mapped_column(default=False, server_default=false())  # of the demo, or to try a template
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class ProjectLabel(Base):
    """A label of a project's label set; `id` is stable when the label is renamed."""

    __tablename__ = "labels"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    color: Mapped[str] = mapped_column(String(7))
    key: Mapped[str | None] = mapped_column(String(1))
    parent: Mapped[str | None] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    deprecated: Mapped[bool] = mapped_column(default=False, server_default=false())  # given to nothing new
    rules: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # see domain.label_rules


class Membership(Base):
    """One role of one person in one project."""

    __tablename__ = "members"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)

    __table_args__ = (Index("ix_members_of_user", "user_id"),)
