"""Tables of comparisons of releases: what changed from one to the other, kept because neither ever changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from labelbuddy_core.database.base import Base, JsonText


class ReleaseComparison(Base):
    """What changed from a release to another one of its project, found by a job.

    `counts` are changes by kind, of which `listed` are in the parts, by kind too; `labels` those that are called
    differently. Until it is `finished` these say nothing.
    """

    __tablename__ = "release_comparisons"

    id: Mapped[int] = mapped_column(primary_key=True)
    before_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"))
    after_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[str | None] = mapped_column(String(36))
    finished: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[dict[str, int]] = mapped_column(JsonText, default=dict)
    listed: Mapped[dict[str, int]] = mapped_column(JsonText, default=dict)
    labels: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list)

    __table_args__ = (UniqueConstraint("before_id", "after_id"),)


class ReleaseComparisonPart(Base):
    """Some changes of one kind, as compressed JSON; all parts of a kind but the last hold equally many."""

    __tablename__ = "release_comparison_parts"

    comparison_id: Mapped[int] = mapped_column(
        ForeignKey("release_comparisons.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    changes: Mapped[bytes] = mapped_column(LargeBinary)
