"""A database that cannot be used is told in a sentence, by bin/run and by every command, and stays as it was."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_served_app import free_port

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.settings import ROOT

BIN_RUN = ["-m", "labelbuddy_core.supervisor", "--port"]
VERIFY = ["-m", "labelbuddy_core.cli"]


def ended(data: Path, *, url: str = "", serve: bool = False) -> tuple[int, str]:
    """The status that it ends with, and all that it says."""
    program = [*BIN_RUN, str(free_port()), "--data", str(data)] if serve else [*VERIFY, "--data", str(data)]
    done = subprocess.run(
        [sys.executable, *program, *([] if serve else ["storage", "verify"])],
        cwd=ROOT, env={**os.environ, "LABELBUDDY_DATABASE_URL": url}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def newer(data_folder: Path, make_user: Callable[[str], Actor]) -> Path:
    """An installation in use whose database a newer version has used."""
    make_user("anna")
    with sqlite3.connect(data_folder / "labelbuddy.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'tomorrow'")
    return data_folder


@pytest.mark.parametrize("serve", [True, False])
def test_a_database_of_a_newer_version(newer: Path, serve: bool) -> None:
    status, said = ended(newer, serve=serve)
    assert status == 1
    assert "was last used by a newer LabelBuddy (its schema is tomorrow" in said
    assert "Traceback" not in said
    assert not (newer / "before-migration").exists()
    with sqlite3.connect(newer / "labelbuddy.sqlite") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("tomorrow",)]


@pytest.mark.parametrize("serve", [True, False])
def test_a_damaged_file(tmp_path: Path, serve: bool) -> None:
    (tmp_path / "labelbuddy.sqlite").write_bytes(bytes(range(256)) * 100)
    status, said = ended(tmp_path, serve=serve)
    assert (status, "Traceback" in said) == (1, False)
    assert "labelbuddy.sqlite cannot be used: file is not a database. If the file is damaged, restore a backup" in said


def test_damage_behind_a_sound_head_is_told_at_the_start(data_folder: Path) -> None:
    file = data_folder / "labelbuddy.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'users'").fetchall()
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with file.open("r+b") as raw:
        for (page,) in pages:  # the table's, and that of its index
            raw.seek((page - 1) * size)
            raw.write(b"\xff" * size)
    status, said = ended(data_folder, serve=True)
    assert (status, "Traceback" in said) == (1, False)
    assert "If the file is damaged, restore a backup" in said


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    status, said = ended(tmp_path, url=f"postgresql+psycopg://lab:secret@127.0.0.1:{free_port()}/lab", serve=True)
    assert (status, "Traceback" in said, "secret" in said) == (1, False, False)
    assert "LABELBUDDY_DATABASE_URL right?" in said


@pytest.mark.parametrize("url", ["nonsense", "postgres://lab@localhost/lab", "postgresql+psycopg://lab@host:port/lab"])
def test_an_address_that_is_none(tmp_path: Path, url: str) -> None:
    status, said = ended(tmp_path, url=url)
    assert (status, "Traceback" in said) == (1, False)
    assert "LABELBUDDY_DATABASE_URL cannot be used" in said
