"""Comparisons of releases that a job made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "release_comparisons"
down_revision = "tour"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_comparisons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("listed", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["before_id"], ["releases.id"], name="fk_release_comparisons_before_id_releases", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["after_id"], ["releases.id"], name="fk_release_comparisons_after_id_releases", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_release_comparisons"),
        sa.UniqueConstraint("before_id", "after_id", name="uq_release_comparisons_before_id_after_id"),
    )
    op.create_index("ix_release_comparisons_after_id", "release_comparisons", ["after_id"])
    op.create_table(
        "release_comparison_parts",
        sa.Column("comparison_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comparison_id"], ["release_comparisons.id"], ondelete="CASCADE",
            name="fk_release_comparison_parts_comparison_id_release_comparisons",
        ),
        sa.PrimaryKeyConstraint("comparison_id", "kind", "number", name="pk_release_comparison_parts"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("release_comparison_parts")
    op.drop_table("release_comparisons")
