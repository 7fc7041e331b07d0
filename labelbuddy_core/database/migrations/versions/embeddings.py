"""Feature vectors of sounds, by the model that gave them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "embeddings"
down_revision = "model_webhooks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "embeddings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("stop", sa.Float(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("vectors", sa.Integer(), nullable=False),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column("blob_key", sa.String(length=200), nullable=False),
        sa.Column("mean", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_embeddings_model_id_models", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_embeddings"),
        sa.UniqueConstraint(
            "sha256",
            "model_id",
            "start",
            "stop",
            "fingerprint",
            name="uq_embeddings_sha256_model_id_start_stop_fingerprint",
        ),
    )
    op.create_index("ix_embeddings_of_model", "embeddings", ["model_id"])


def downgrade() -> None:
    op.drop_table("embeddings")
