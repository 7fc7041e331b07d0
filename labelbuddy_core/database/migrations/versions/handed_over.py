"""Whose work on which task went to somebody else: the pool does not give it to them again."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "handed_over"
down_revision = "ids_once"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "handed_over",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_handed_over_task_id_tasks", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_handed_over_user_id_users", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_handed_over_project_id_projects", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "user_id", name="pk_handed_over"),
    )
    op.create_index("ix_handed_over_of_project", "handed_over", ["project_id"])
    op.bulk_insert(table, _known())


def downgrade() -> None:
    op.drop_index("ix_handed_over_of_project", table_name="handed_over")
    op.drop_table("handed_over")


def _known() -> list[dict[str, int]]:
    """What the history says of annotations; of tasks that were not begun it does not name one by one."""
    connection = op.get_bind()
    events = connection.execute(
        sa.text("SELECT subject, data FROM history WHERE action = 'annotation.handed-over' ORDER BY id")
    ).all()
    if not events:
        return []
    people = {name: person for person, name in connection.execute(sa.text("SELECT id, username FROM users"))}
    find = sa.text("SELECT task_id, project_id FROM annotations WHERE id = :id")
    rows: dict[tuple[int, int], dict[str, int]] = {}
    for subject, data in events:
        annotation = connection.execute(find, {"id": int(subject.partition(":")[2])}).first()
        told = json.loads(data)
        giver, taker = (people.get(told[end]) for end in ("from", "to"))
        if annotation is None:
            continue
        task, project = annotation
        if taker is not None:
            rows.pop((task, taker), None)
        if giver is not None:
            rows[task, giver] = {"task_id": task, "user_id": giver, "project_id": project}
    return list(rows.values())
