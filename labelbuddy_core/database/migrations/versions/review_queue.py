"""Who reviews what: rules of a project, reviewers of tasks, what sampling said, and how far annotators differ."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_queue"
down_revision = "model_licenses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("projects") as table:
        table.add_column(sa.Column("review_rules", sa.Text(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("lexicon", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("tasks", sa.Column("disagreement", sa.Float(), nullable=True))
    op.add_column("annotations", sa.Column("sampling", sa.String(length=12), nullable=True))
    op.create_table(
        "review_assignments",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="fk_review_assignments_task_id_tasks", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_review_assignments_user_id_users", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_review_assignments_project_id_projects", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "user_id", name="pk_review_assignments"),
    )
    op.create_index("ix_review_assignments_of_user", "review_assignments", ["user_id", "project_id", "task_id"])
    op.create_table(
        "region_verdicts",
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotations.id"],
            name="fk_region_verdicts_annotation_id_annotations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["users.id"], name="fk_region_verdicts_reviewer_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("annotation_id", "key", "reviewer_id", name="pk_region_verdicts"),
    )


def downgrade() -> None:
    op.drop_table("region_verdicts")
    op.drop_index("ix_review_assignments_of_user", table_name="review_assignments")
    op.drop_table("review_assignments")
    op.drop_column("annotations", "sampling")
    op.drop_column("tasks", "disagreement")  # in place: a copy of the table would lose its index by descending priority
    with op.batch_alter_table("projects") as table:
        table.drop_column("lexicon")
        table.drop_column("review_rules")
