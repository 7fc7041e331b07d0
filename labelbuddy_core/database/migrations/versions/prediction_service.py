"""Answers of models are kept, predictions say how sure the model was, and a project's queue can go by that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "prediction_service"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("predictions") as table:
        table.add_column(sa.Column("fingerprint", sa.String(length=64), nullable=False, server_default=""))
        table.add_column(sa.Column("uncertainty", sa.Float(), nullable=True))
        table.add_column(sa.Column("profile", sa.Text(), nullable=True))
    with op.batch_alter_table("projects") as table:
        table.add_column(sa.Column("queue_order", sa.String(length=16), nullable=False, server_default="added"))
    with op.batch_alter_table("tasks") as table:
        table.add_column(sa.Column("rank", sa.Float(), nullable=False, server_default="0"))
    op.create_index("ix_tasks_in_turn", "tasks", ["project_id", sa.text("priority DESC"), sa.text("rank DESC"), "id"])
    op.create_table(
        "model_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name="fk_model_answers_model_id_models", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_model_answers"),
        sa.UniqueConstraint("key", name="uq_model_answers_key"),
    )
    op.create_index("ix_model_answers_of_model", "model_answers", ["model_id", "id"])


def downgrade() -> None:
    op.drop_table("model_answers")
    op.drop_index("ix_tasks_in_turn", "tasks")
    with op.batch_alter_table("tasks") as table:
        table.drop_column("rank")
    with op.batch_alter_table("projects") as table:
        table.drop_column("queue_order")
    with op.batch_alter_table("predictions") as table:
        table.drop_column("profile")
        table.drop_column("uncertainty")
        table.drop_column("fingerprint")
