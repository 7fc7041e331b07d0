"""Annotations that are reserved for the reviewer who opened them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_claims"
down_revision = "label_changes"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "review_claims",
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("last_seen_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotations.id"],
            name="fk_review_claims_annotation_id_annotations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["users.id"], name="fk_review_claims_reviewer_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("annotation_id", name="pk_review_claims"),
    )
    op.create_index("ix_review_claims_of_reviewer", "review_claims", ["reviewer_id"])


def downgrade() -> None:
    op.drop_table("review_claims")
