"""What models do at the moment, and finding the latest predictions of a model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from labelbuddy_core.database.base import Moment

revision = "running_models"
down_revision = "model_history"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "running_models",
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("runtime", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("started_at", Moment(timezone=True), nullable=True),
        sa.Column("last_used_at", Moment(timezone=True), nullable=True),
        sa.Column("memory", sa.BigInteger(), nullable=True),
        sa.Column("cpu", sa.Float(), nullable=True),
        sa.Column("data", sa.BigInteger(), nullable=True),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("notes", _JSON, nullable=False),
        sa.Column("wanted", sa.String(length=8), nullable=True),
        sa.Column("updated_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("worker", "model", name=op.f("pk_running_models")),
    )
    op.create_index("ix_predictions_of_model", "predictions", ["model_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_predictions_of_model", "predictions")
    op.drop_table("running_models")
