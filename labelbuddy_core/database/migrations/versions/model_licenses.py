"""Who confirmed the license of a model, and the license that every prediction was made under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "model_licenses"
down_revision = "training"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("models") as table:
        table.add_column(sa.Column("license_confirmed", sa.String(length=200), nullable=False, server_default=""))
        table.add_column(sa.Column("license_confirmed_by", sa.String(length=80), nullable=False, server_default=""))
        table.add_column(sa.Column("license_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("predictions") as table:
        table.add_column(sa.Column("license", sa.String(length=200), nullable=False, server_default=""))
    op.execute(
        "UPDATE predictions SET license = "
        "COALESCE((SELECT models.license FROM models WHERE models.id = predictions.model_id), '')"
    )


def downgrade() -> None:
    with op.batch_alter_table("predictions") as table:
        table.drop_column("license")
    with op.batch_alter_table("models") as table:
        table.drop_column("license_confirmed_at")
        table.drop_column("license_confirmed_by")
        table.drop_column("license_confirmed")
