"""Ids are given once: on SQLite the highest one that was deleted had been given again, so that links, exports and
releases led to something else."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "ids_once"
down_revision = "release_comparisons"
branch_labels = None
depends_on = None

TABLES = (
    "users",
    "api_tokens",
    "headphone_checks",
    "projects",
    "recordings",
    "imports",
    "tasks",
    "annotations",
    "annotation_imports",
    "label_changes",
    "reviews",
    "models",
    "model_versions",
    "predictions",
    "propagations",
    "embeddings",
    "training_runs",
    "releases",
    "release_comparisons",
)
"""Those whose ids are in addresses, files or the history."""


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return  # sequences never go back
    for table in TABLES:
        _made_anew(table, "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TABLES:
        _made_anew(table, "INTEGER NOT NULL PRIMARY KEY")


def _made_anew(table: str, key: str) -> None:
    """Make a table with another primary key, in the order of https://www.sqlite.org/lang_altertable.html#otheralter
    (foreign keys are off while the schema is upgraded); everything else of it stays as it is."""
    connection = op.get_bind()
    schema = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL")
    written = [(kind, str(sql)) for kind, sql in connection.execute(schema, {"table": table})]
    (before,) = (sql for kind, sql in written if kind == "table")
    kept, named = f"{table}_with_ids_once", rf'^CREATE TABLE "?{table}"?'
    after = before
    for pattern, instead in (
        (named, f"CREATE TABLE {kept}"),
        (r"\bid INTEGER NOT NULL( PRIMARY KEY( AUTOINCREMENT)?)?", f"id {key}"),
    ):
        after, found = re.subn(pattern, instead, after, count=1)
        if not found:
            raise RuntimeError(f"The table {table} is not as it was made: {before}")
    after = re.sub(rf",\s*CONSTRAINT pk_{table} PRIMARY KEY \(id\)", "", after)
    names = [row[1] for row in connection.execute(sa.text(f"PRAGMA table_info({table})"))]
    columns = ", ".join(f'"{name}"' for name in names)
    for statement in (
        after,
        f"INSERT INTO {kept} ({columns}) SELECT {columns} FROM {table} ORDER BY id",  # noqa: S608 - names of ours
        f"DROP TABLE {table}",
        f"ALTER TABLE {kept} RENAME TO {table}",
        *(sql for kind, sql in written if kind != "table"),
    ):
        connection.exec_driver_sql(statement)
