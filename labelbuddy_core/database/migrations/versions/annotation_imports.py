"""Annotations that are imported from files of other tools, and their authors outside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "annotation_imports"
down_revision = "reviewing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "annotation_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_annotation_imports_project_id_projects", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_annotation_imports_job_id_jobs", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name="fk_annotation_imports_created_by_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_annotation_imports"),
    )
    op.create_index("ix_annotation_imports_project_id", "annotation_imports", ["project_id"])
    op.create_table(
        "annotation_import_files",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        _of_import("annotation_import_files"),
        sa.PrimaryKeyConstraint("import_id", "position", name="pk_annotation_import_files"),
    )
    op.create_table(
        "annotation_import_problems",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=400), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _of_import("annotation_import_problems"),
        sa.PrimaryKeyConstraint("import_id", "position", name="pk_annotation_import_problems"),
    )
    op.create_table(
        "imported_annotations",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("created", sa.Boolean(), nullable=False),
        _of_import("imported_annotations"),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotations.id"],
            name="fk_imported_annotations_annotation_id_annotations",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "annotation_id", name="pk_imported_annotations"),
    )
    op.create_index("ix_imports_of_annotation", "imported_annotations", ["annotation_id"])
    op.create_table(
        "outside_authors",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_outside_authors_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_outside_authors"),
        sa.UniqueConstraint("name", name="uq_outside_authors_name"),
    )


def _of_import(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["import_id"],
        ["annotation_imports.id"],
        name=f"fk_{table}_import_id_annotation_imports",
        ondelete="CASCADE",
    )


def downgrade() -> None:
    for table in (
        "outside_authors",
        "imported_annotations",
        "annotation_import_problems",
        "annotation_import_files",
        "annotation_imports",
    ):
        op.drop_table(table)
