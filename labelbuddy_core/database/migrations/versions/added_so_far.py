"""How many items of an import of annotations are in, so that one that stopped says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "added_so_far"
down_revision = "handed_over"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("annotation_imports") as table:
        table.add_column(sa.Column("added", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("annotation_imports") as table:
        table.drop_column("added")
