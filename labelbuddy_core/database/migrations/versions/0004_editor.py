"""Rules of labels, preferences of people, and flags of tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("labels") as table:
        table.add_column(sa.Column("rules", _JSON, nullable=False, server_default="{}"))
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("preferences", _JSON, nullable=False, server_default="{}"))
    with op.batch_alter_table("tasks") as table:
        table.add_column(sa.Column("flag", sa.Text(), nullable=True))


def downgrade() -> None:
    for name, column in (("tasks", "flag"), ("users", "preferences"), ("labels", "rules")):
        with op.batch_alter_table(name) as table:
            table.drop_column(column)
