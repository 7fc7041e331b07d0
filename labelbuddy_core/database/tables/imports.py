"""Tables of imports: where many recordings came from at once, and what became of each file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, Json, Moment, now


class Import(Base):
    """An archive, a list or a folder whose files become recordings; a watched folder is one that never ends.

    `source` is what people know it by; `blob_key` names what was uploaded, as long as it is needed, and `path` the
    place on the server otherwise. `planned` is set when every file has its row.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(4000))
    path: Mapped[str | None] = mapped_column(Text)
    blob_key: Mapped[str | None] = mapped_column(String(200))
    watched: Mapped[bool] = mapped_column(default=False)
    planned: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class ImportedFile(Base):
    """A file of an import. `address` is its path in the archive or folder, or the path or URL that a list names.

    `size` is in bytes; `modified` is what a watched folder knows it by, in nanoseconds since 1970.
    """

    __tablename__ = "imported_files"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    size: Mapped[int | None] = mapped_column(BigInteger)
    modified: Mapped[int | None] = mapped_column(BigInteger)
    attributes: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    reason: Mapped[str | None] = mapped_column(Text)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recordings.id", ondelete="SET NULL"), index=True)

    __table_args__ = (Index("ix_files_of_import_by_state", "import_id", "state", "position"),)
