"""Guided tours, and which projects are samples."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "tour"
down_revision = "headphone_checks"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("projects") as table:
        table.add_column(sa.Column("sample", sa.Boolean(), nullable=False, server_default=sa.false()))
    # the demo of an earlier version is a sample as well
    op.execute(
        sa.text(
            "UPDATE projects SET sample = :yes WHERE name = 'Radio and street (demo)' "
            "AND created_by IN (SELECT id FROM users WHERE username = 'demo-manager')"
        ).bindparams(yes=True)
    )
    op.create_table(
        "tours",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("steps", _JSON, nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_tours_user_id_users", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_tours_project_id_projects", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_tours"),
    )
    op.create_index("ix_activity_of_person", "activity", ["user_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_activity_of_person", "activity")
    op.drop_table("tours")
    with op.batch_alter_table("projects") as table:
        table.drop_column("sample")
