"""Whether a model's server is told of annotations, for each project that uses it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "model_webhooks"
down_revision = "running_models"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("project_models") as table:
        table.add_column(sa.Column("webhook", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("project_models") as table:
        table.drop_column("webhook")
