"""Migrations at start: once, however many processes start; with a copy of what was there."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

from labelbuddy_core.database import get_database, migrate, migration
from labelbuddy_core.database.base import Base
from labelbuddy_core.database.engine import make_engine
from labelbuddy_core.settings import ROOT, get_settings

CODE = (
    "from labelbuddy_core.database import migrate; from labelbuddy_core.settings import get_settings; "
    "migrate(get_settings())"
)


def test_four_processes_migrate_at_once_without_error(tmp_path: Path) -> None:
    environment = {**os.environ, "LABELBUDDY_DATA": str(tmp_path / "d")}
    processes = [subprocess.Popen([sys.executable, "-c", CODE], cwd=ROOT, env=environment) for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0, 0]


def test_the_migrated_database_has_the_tables_of_the_code(data_folder: Path) -> None:
    found = inspect(get_database().engine)
    for name, table in Base.metadata.tables.items():
        assert {column["name"] for column in found.get_columns(name)} == {column.name for column in table.columns}
        assert {index["name"] for index in found.get_indexes(name)} >= {index.name for index in table.indexes}


def test_a_database_that_is_current_is_left_alone(data_folder: Path) -> None:
    assert migrate(get_settings()) is None
    assert not (data_folder / "before-migration").exists()


def test_the_database_is_copied_before_it_is_migrated(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(data_folder / "labelbuddy.sqlite") as connection:
        connection.execute("INSERT INTO installation VALUES ('kept', 'yes')")
    monkeypatch.setattr(migration, "_newest", lambda: "a newer one")
    copy = migrate(get_settings())
    assert copy is not None
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT value FROM installation").fetchone() == ("yes",)


@pytest.fixture
def first_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """A database of the first schema."""
    monkeypatch.setenv("LABELBUDDY_DATA", str(tmp_path))
    get_settings.cache_clear()
    engine = make_engine(get_settings().sqlalchemy_url, pragmas=())
    config = migration._config()
    with engine.execution_options(labelbuddy_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    connection = sqlite3.connect(tmp_path / "labelbuddy.sqlite", isolation_level=None)
    yield connection
    connection.close()
    get_settings.cache_clear()


def add(database: sqlite3.Connection, table: str, **values: object) -> None:
    """Add a row; columns that must not be empty get a 1 of their type."""
    for _, name, kind, required, default, _ in database.execute(f"PRAGMA table_info({table})").fetchall():
        if required and default is None and name not in values and (name, kind) != ("id", "INTEGER"):
            values[name] = "2026-01-01 00:00:00" if kind == "DATETIME" else "[]" if kind in ("JSON", "TEXT") else 1
    names = ", ".join(f'"{name}"' for name in values)
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", list(values.values()))


def first_project(database: sqlite3.Connection) -> None:
    """A project with one annotation, of a region, an instant and a tag."""
    for table in ("users", "projects", "recordings", "tasks", "annotations"):
        add(database, table)
    add(database, "labels", id="dog")
    values = {
        "regions": '{"id": "r", "start": 1.25, "end": 2, "label": "dog"}',
        "points": '{"id": "p", "time": 3, "label": "dog"}',
        "tags": '{"label": "dog"}',
    }
    for collection, value in values.items():
        add(database, "annotation_items", collection=collection, key=collection[0], label="dog", value=value)


def test_where_regions_of_the_first_schema_lie_is_known_after_the_upgrade(first_database: sqlite3.Connection) -> None:
    first_project(first_database)
    migrate(get_settings())
    rows = first_database.execute("SELECT collection, start, stop FROM annotation_items ORDER BY collection").fetchall()
    assert rows == [("points", None, None), ("regions", 1.25, 2.0), ("tags", None, None)]


def test_a_project_of_the_first_schema_is_as_before_after_the_upgrade(first_database: sqlite3.Connection) -> None:
    first_project(first_database)
    migrate(get_settings())
    (row,) = first_database.execute("SELECT suggestions, lanes, tiers FROM projects").fetchall()
    assert row == ("shown", "labels", "[]")
    assert first_database.execute("SELECT DISTINCT tier FROM annotation_items").fetchall() == [(None,)]
    assert first_database.execute("SELECT count(*) FROM first_passes").fetchall() == [(0,)]


def test_whose_work_was_handed_over_before_the_upgrade_is_known_after_it(first_database: sqlite3.Connection) -> None:
    first_project(first_database)
    add(first_database, "users", username="ben")
    for giver, taker in (("ada", "ben"), ("ben", "ada")):
        told = f'{{"from": "{giver}", "to": "{taker}", "revision": 1}}'
        add(first_database, "history", action="annotation.handed-over", subject="annotation:1", data=told)
    first_database.execute("UPDATE users SET username = 'ada' WHERE id = 1")
    migrate(get_settings())
    assert first_database.execute("SELECT task_id, user_id FROM handed_over").fetchall() == [(1, 2)]


def test_overlaps_are_looked_for_in_an_index(data_folder: Path) -> None:
    question = "SELECT key, start, stop FROM annotation_items WHERE annotation_id = 1 AND label = 'a' AND start < 9"
    with sqlite3.connect(data_folder / "labelbuddy.sqlite") as connection:
        (plan,) = connection.execute(f"EXPLAIN QUERY PLAN {question} AND stop > 8 ORDER BY start, stop").fetchall()
    assert "USING COVERING INDEX ix_regions_of_label" in plan[3]


def shape(database: sqlite3.Connection) -> dict[str, object]:
    """Columns and foreign keys of each table, and the SQL of each index."""
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found: dict[str, object] = {
        f"{what} of {table}": database.execute(f"PRAGMA {what}({table})").fetchall()
        for table in tables
        for what in ("table_info", "foreign_key_list")
        if table != "sqlite_sequence"
    }
    return found | dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'").fetchall())


def rows_of(database: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but for the version of the schema."""
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    ours = [name for name in tables if name not in ("alembic_version", "sqlite_sequence")]
    return {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in ours}


def test_ids_are_given_once_and_nothing_else_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_DATA", str(tmp_path))
    get_settings.cache_clear()
    engine = make_engine(get_settings().sqlalchemy_url, pragmas=())
    config = migration._config()
    with engine.execution_options(labelbuddy_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "release_comparisons")
    database = sqlite3.connect(tmp_path / "labelbuddy.sqlite", isolation_level=None)
    first_project(database)
    before, rows = shape(database), rows_of(database)
    for _ in range(2):
        with engine.execution_options(labelbuddy_write=True).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "ids_once")
            kept = shape(database), rows_of(database)
            command.downgrade(config, "release_comparisons")
        assert kept == (before, rows)
        assert (shape(database), rows_of(database)) == (before, rows)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.close()
    engine.dispose()
    get_settings.cache_clear()


def test_an_id_in_an_address_is_never_given_again(data_folder: Path) -> None:
    with sqlite3.connect(data_folder / "labelbuddy.sqlite") as database:
        first_project(database)
        made = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
        first = database.execute("SELECT max(id) FROM tasks").fetchone()[0]
        database.execute("DELETE FROM tasks WHERE id = ?", (first,))
        add(database, "tasks")
        assert database.execute("SELECT max(id) FROM tasks").fetchone()[0] == first + 1
    numbered = [name for name, table in Base.metadata.tables.items() if table.primary_key.columns.keys() == ["id"]]
    again = {name for name in numbered if "AUTOINCREMENT" not in made[name]}
    assert again == {"activity", "history", "jobs", "model_answers", "training_log"}  # nothing leads to their ids
