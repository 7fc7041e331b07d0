"""What the analysis of a recording finds: statistics, snap points, and the coarse part of its spectrogram."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("recordings") as table:
        table.add_column(sa.Column("analysis_key", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("spectrogram_key", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("statistics", _JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("recordings") as table:
        table.drop_column("statistics")
        table.drop_column("spectrogram_key")
        table.drop_column("analysis_key")
