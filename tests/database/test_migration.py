"""Migrations at start: once, however many processes start; with a copy of what was there."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect

from labelbuddy_core.database import get_database, migrate
from labelbuddy_core.database.base import Base
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
    from labelbuddy_core.database import migration

    with sqlite3.connect(data_folder / "labelbuddy.sqlite") as connection:
        connection.execute("INSERT INTO installation VALUES ('kept', 'yes')")
    monkeypatch.setattr(migration, "_newest", lambda: "a newer one")
    copy = migrate(get_settings())
    assert copy is not None
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT value FROM installation").fetchone() == ("yes",)
