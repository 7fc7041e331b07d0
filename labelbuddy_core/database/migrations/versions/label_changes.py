"""Changes of label sets in use, with what they did to every item, and labels that are not given any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "label_changes"
down_revision = "releases"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("labels") as table:
        table.add_column(sa.Column("deprecated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "label_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("relabeling", _JSON, nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("created", _JSON, nullable=False),
        sa.Column("counts", _JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_label_changes_project_id_projects", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name="fk_label_changes_created_by_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_label_changes"),
    )
    op.create_index("ix_label_changes_of_project", "label_changes", ["project_id", "id"])
    op.create_table(
        "label_change_parts",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["label_changes.id"],
            name="fk_label_change_parts_change_id_label_changes",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("change_id", "kind", "subject", "revision", name="pk_label_change_parts"),
    )
    op.create_index("ix_label_change_parts_of_subject", "label_change_parts", ["kind", "subject"])


def downgrade() -> None:
    op.drop_table("label_change_parts")
    op.drop_table("label_changes")
    with op.batch_alter_table("labels") as table:
        table.drop_column("deprecated")
