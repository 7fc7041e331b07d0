"""Tables of imported annotations: the files, what came of them, and who annotated outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, JsonText, Moment, now


class AnnotationImport(Base):
    """Annotations of other tools that come into a project. `state`: open, checked, partial, applied, undone.

    It is partial while it is brought in or taken back, and stays so where that stopped. `choices` are a manager's (see
    `services.import_choices`), `report` is what the last job found, `added` counts the items of it that are in.
    """

    __tablename__ = "annotation_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="open")
    choices: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
    added: Mapped[int] = mapped_column(default=0, server_default="0")
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class AnnotationImportFile(Base):
    """A file of an import as it was sent, compressed with zlib. `size` is what it was before, in bytes."""

    __tablename__ = "annotation_import_files"

    import_id: Mapped[int] = mapped_column(ForeignKey("annotation_imports.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(400))
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class AnnotationImportProblem(Base):
    """What the last job could not take, and why."""

    __tablename__ = "annotation_import_problems"

    import_id: Mapped[int] = mapped_column(ForeignKey("annotation_imports.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(String(400))
    place: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text)


class ImportedAnnotation(Base):
    """An annotation that an import began (`created`) or added to; its revisions say what was added."""

    __tablename__ = "imported_annotations"

    import_id: Mapped[int] = mapped_column(ForeignKey("annotation_imports.id", ondelete="CASCADE"), primary_key=True)
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id", ondelete="CASCADE"), primary_key=True)
    created: Mapped[bool]

    __table_args__ = (Index("ix_imports_of_annotation", "annotation_id"),)


class OutsideAuthor(Base):
    """Somebody who annotated elsewhere: a person without an account who can never sign in, by the name in files."""

    __tablename__ = "outside_authors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
