"""The table of releases: data sets that were given away, and never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, JsonText, Moment, now


class Release(Base):
    """A version of a data set. `state`: making, published, withdrawn, deleted (the row stays, its files are gone).

    `choices` are a manager's, `manifest_sha256` names the blob with the frozen content, `sha256` the archive;
    `content_sha256` is of labels and audio without the name of the release. `files` are those of the archive but audio:
    {path, size, sha256}; `figures` what its card tells. What is published only ever changes its state.
    """

    __tablename__ = "releases"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default="making")
    choices: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
    job_id: Mapped[str | None] = mapped_column(String(36))
    manifest_sha256: Mapped[str] = mapped_column(String(64), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    content_sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
    files: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("project_id", "name", "version"),)
