"""Tables of answers: annotations with their items and revisions, reviews, and the ground truth of a task."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, JsonText, Moment, now


class Annotation(Base):
    """One person's answer to a task. `revision` rises by one with every save."""

    __tablename__ = "annotations"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), default="draft")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    sampling: Mapped[str | None] = mapped_column(String(12))  # see domain.review_rules.Sampling

    __table_args__ = (
        UniqueConstraint("task_id", "user_id"),
        Index("ix_annotations_of_project_by_state", "project_id", "state", "submitted_at"),
        Index("ix_annotations_of_user", "user_id", "project_id"),
    )


class AnnotationItem(Base):
    """The present items of an annotation's document; one row an item keeps a save small in a document of thousands."""

    __tablename__ = "annotation_items"

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id", ondelete="CASCADE"), primary_key=True)
    collection: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    label: Mapped[str | None] = mapped_column(String(80))
    start: Mapped[float | None]
    """Seconds; of regions alone, as is `stop`: what overlaps what is asked of the database."""
    stop: Mapped[float | None]
    tier: Mapped[str | None] = mapped_column(String(80))
    value: Mapped[dict[str, Any]] = mapped_column(JsonText)

    __table_args__ = (
        Index(
            "ix_regions_of_label",
            *("annotation_id", "label", "start", "stop"),
            sqlite_where=text("start IS NOT NULL"),
            postgresql_where=text("start IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )


class Revision(Base):
    """One save of an annotation: its operations, and every hundredth time the whole document as well.

    (annotation, client, sequence) is unique, so that a repeated request is answered as before.
    """

    __tablename__ = "revisions"

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(8), default="save")
    client: Mapped[str] = mapped_column(String(36))
    sequence: Mapped[int]
    operations: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (UniqueConstraint("annotation_id", "client", "sequence"),)


class FirstPass(Base):
    """An annotator's word that the first pass over a task, without suggestions, is done; `revision` is its outcome."""

    __tablename__ = "first_passes"

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class Review(Base):
    """A reviewer's decision on one revision of an annotation, as a whole and by region."""

    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id", ondelete="CASCADE"))
    revision: Mapped[int]
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    decision: Mapped[str] = mapped_column(String(8))
    feedback: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[list[str]] = mapped_column(JsonText, default=list)
    regions: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        ForeignKeyConstraint(
            ["annotation_id", "revision"],
            ["revisions.annotation_id", "revisions.revision"],
            ondelete="CASCADE",
        ),
        Index("ix_reviews_of_annotation", "annotation_id", "id"),
    )


class RegionVerdict(Base):
    """A reviewer's decision on one region before the whole annotation is decided; it belongs to a revision."""

    __tablename__ = "region_verdicts"

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int]
    decision: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class ReviewClaim(Base):
    """An annotation that a reviewer has opened: until they decide or leave it, or the claim expires, it is theirs."""

    __tablename__ = "review_claims"

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id", ondelete="CASCADE"), primary_key=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    since: Mapped[datetime] = mapped_column(Moment, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_review_claims_of_reviewer", "reviewer_id"),)


class MergedConsensus(Base):
    """A task's consensus as a job merged it from annotations; what a reviewer adjudicated is apart, in `Consensus`.

    `sources` are the (annotation, revision) that it was made from: when others are handed in, it is stale.
    """

    __tablename__ = "merged_consensus"

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    method: Mapped[str] = mapped_column(String(16))  # see domain.consensus.trust
    document: Mapped[dict[str, Any]] = mapped_column(JsonText)
    soft: Mapped[dict[str, Any]] = mapped_column(JsonText)
    sources: Mapped[list[list[int]]] = mapped_column(JsonText)
    merged_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Consensus(Base):
    """A task's ground truth written by a reviewer (`kind` adjudicated)."""

    __tablename__ = "consensus"

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int] = mapped_column(default=1)
    document: Mapped[dict[str, Any]] = mapped_column(JsonText)
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)
