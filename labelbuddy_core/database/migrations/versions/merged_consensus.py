"""Consensus of tasks merged from annotations, beside what reviewers adjudicate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "merged_consensus"
down_revision = "embeddings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_consensus",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("soft", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_merged_consensus_project_id_projects", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="fk_merged_consensus_task_id_tasks", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", name="pk_merged_consensus"),
    )
    op.create_index("ix_merged_consensus_project_id", "merged_consensus", ["project_id"])


def downgrade() -> None:
    op.drop_table("merged_consensus")
