"""Annotations that are reserved for the reviewer who opened them, and vectors of captions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "claims_and_vectors"
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
    op.create_table(
        "caption_vectors",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_caption_vectors_project_id_projects", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name="fk_caption_vectors_model_id_models", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "model_id", "fingerprint", "sha256", name="pk_caption_vectors"),
    )
    op.create_index("ix_caption_vectors_of_model", "caption_vectors", ["model_id"])


def downgrade() -> None:
    op.drop_table("caption_vectors")
    op.drop_table("review_claims")
