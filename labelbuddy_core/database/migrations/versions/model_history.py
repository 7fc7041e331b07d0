"""Every version of a model's file, and lowest scores of single labels in a project."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "model_history"
down_revision = "prediction_service"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "model_history",
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name="fk_model_history_model_id_models", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_model_history_user_id_users", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("model_id", "number", name="pk_model_history"),
    )
    op.execute(
        "INSERT INTO model_history (model_id, number, version, source, user_id, at) "
        "SELECT id, 1, version, source, created_by, updated_at FROM models"
    )
    with op.batch_alter_table("project_models") as table:
        table.add_column(sa.Column("label_thresholds", _JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("project_models") as table:
        table.drop_column("label_thresholds")
    op.drop_table("model_history")
