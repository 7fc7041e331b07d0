"""Labels that were propagated to similar stretches, and which predictions that made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "propagations"
down_revision = "review_queue"
branch_labels = None
depends_on = None

_KEYS = {
    "project_id": ("projects", "CASCADE"),
    "task_id": ("tasks", "SET NULL"),
    "model_id": ("models", "CASCADE"),
    "only_user_id": ("users", "CASCADE"),
    "created_by": ("users", "SET NULL"),
    "undone_by": ("users", "SET NULL"),
}


def upgrade() -> None:
    op.create_table(
        "propagations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("stop", sa.Float(), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("least", sa.Float(), nullable=False),
        sa.Column("stretches", sa.Integer(), nullable=False),
        sa.Column("tasks", sa.Integer(), nullable=False),
        sa.Column("only_user_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_propagations_{column}_{table}", ondelete=then)
            for column, (table, then) in _KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_propagations"),
    )
    op.create_index("ix_propagations_of_project", "propagations", ["project_id", "id"])
    # no foreign key: SQLite would have to make the table anew, and a propagation only ever goes with its whole project
    with op.batch_alter_table("predictions") as table:
        table.add_column(sa.Column("propagation_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("predictions") as table:
        table.drop_column("propagation_id")
    op.drop_table("propagations")
