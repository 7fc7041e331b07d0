"""Where regions lie is in columns, so that overlaps are found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FILL = {
    "sqlite": "UPDATE annotation_items SET start = json_extract(value, '$.start'), stop = json_extract(value, '$.end') "
    "WHERE collection = 'regions'",
    "postgresql": "UPDATE annotation_items SET start = (value::json ->> 'start')::float, "
    "stop = (value::json ->> 'end')::float WHERE collection = 'regions'",
}


def upgrade() -> None:
    with op.batch_alter_table("annotation_items") as table:
        table.add_column(sa.Column("start", sa.Float(), nullable=True))
        table.add_column(sa.Column("stop", sa.Float(), nullable=True))
    op.execute(_FILL[op.get_bind().dialect.name])
    op.create_index(
        "ix_regions_of_label",
        "annotation_items",
        ["annotation_id", "label", "start", "stop"],
        sqlite_where=sa.text("start IS NOT NULL"),
        postgresql_where=sa.text("start IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_regions_of_label", "annotation_items")
    op.drop_column("annotation_items", "stop")
    op.drop_column("annotation_items", "start")
