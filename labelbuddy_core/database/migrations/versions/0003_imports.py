"""Imports of many recordings at once, and what a search for recordings looks through."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from labelbuddy_core.database.base import Moment
from labelbuddy_core.domain.attributes import search_text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=4000), nullable=False),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("blob_key", sa.String(length=200), nullable=True),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_imports_project_id_projects"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_imports_job_id_jobs"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_imports_created_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_project_id"), "imports", ["project_id"])
    op.create_table(
        "imported_files",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("modified", sa.BigInteger(), nullable=True),
        sa.Column("attributes", _JSON, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_imported_files_import_id_imports"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_imported_files_recording_id_recordings"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_imported_files")),
    )
    op.create_index("ix_files_of_import_by_state", "imported_files", ["import_id", "state", "position"])
    op.create_index(op.f("ix_imported_files_recording_id"), "imported_files", ["recording_id"])
    with op.batch_alter_table("uploads") as table:
        table.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_uploads_import_id_imports"), "imports", ["import_id"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("recordings") as table:
        table.add_column(sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
    _fill_search_text()


def _fill_search_text() -> None:
    recordings = sa.table(
        "recordings",
        sa.column("id", sa.Integer),
        sa.column("name", sa.String),
        sa.column("attributes", _JSON),
        sa.column("search_text", sa.Text),
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(recordings.c.id, recordings.c.name, recordings.c.attributes)).all()
    for number, name, attributes in rows:
        text = search_text(name, attributes or {})
        connection.execute(recordings.update().where(recordings.c.id == number).values(search_text=text))


def downgrade() -> None:
    with op.batch_alter_table("recordings") as table:
        table.drop_column("search_text")
    with op.batch_alter_table("uploads") as table:
        table.drop_constraint(op.f("fk_uploads_import_id_imports"), type_="foreignkey")
        table.drop_column("import_id")
    op.drop_table("imported_files")
    op.drop_table("imports")
