"""Reasons of reviews, from a list of the project."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "reviewing"
down_revision = "merged_consensus"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("projects") as table:
        table.add_column(sa.Column("review_reasons", sa.Text(), nullable=False, server_default="[]"))
    with op.batch_alter_table("reviews") as table:
        table.add_column(sa.Column("reasons", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("reviews") as table:
        table.drop_column("reasons")
    with op.batch_alter_table("projects") as table:
        table.drop_column("review_reasons")
