"""Tiers of projects and of regions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("projects") as table:
        table.add_column(sa.Column("lanes", sa.String(length=8), nullable=False, server_default="labels"))
        table.add_column(sa.Column("tiers", _JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("annotation_items") as table:
        table.add_column(sa.Column("tier", sa.String(length=80), nullable=True))


def downgrade() -> None:
    op.drop_column("annotation_items", "tier")
    with op.batch_alter_table("projects") as table:
        table.drop_column("tiers")
        table.drop_column("lanes")
