"""A PostgreSQL server for tests, and installations whose database is on it; `conftest.py` offers both as fixtures."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from labelbuddy_core.database import get_database, migrate
from labelbuddy_core.database.engine import _database
from labelbuddy_core.settings import Settings, get_settings

on_both_databases = pytest.mark.parametrize("data_folder", ["sqlite", "postgresql"], indirect=True)
"""For a test that uses the fixture `data_folder`: it runs on SQLite, and again on PostgreSQL."""


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The folder of a server's socket; it runs for the tests only, and not as root, which PostgreSQL refuses."""
    places = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found = shutil.which("initdb") or next((str(place / "initdb") for place in places), None)
    if found is None:
        pytest.skip("SKIPPED tests on PostgreSQL: no initdb on this machine")
    programs = Path(found).resolve().parent
    person: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="labelbuddy-pg-", ignore_cleanup_errors=True) as folder:
        if os.geteuid() == 0:
            account = next((one for one in pwd.getpwall() if one.pw_name in ("postgres", "nobody")), None)
            if account is None:
                pytest.skip("SKIPPED tests on PostgreSQL: it refuses to run as root, and there is no other account")
            person = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = Path(folder) / "data"
        make = [programs / "initdb", "-D", data, "-U", "lab", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(make, check=True, capture_output=True, cwd=folder, **person)
        serve = [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(serve, stdout=log, stderr=log, cwd=folder, **person)
        try:
            deadline = time.monotonic() + 60
            while not _answers(folder):
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail((Path(folder) / "log").read_text())
                time.sleep(0.1)
            yield folder
        finally:
            process.terminate()
            process.wait(timeout=30)


def _answers(folder: str) -> bool:
    try:
        psycopg.connect(host=folder, user="lab", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated database on the server that nobody uses: others are copies of it."""
    name = "migrated"
    with psycopg.connect(host=postgresql_server, user="lab", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    migrate(Settings(data=tmp_path_factory.mktemp("migrated"), database_url=_url(postgresql_server, name)))
    return name


def _url(server: str, name: str) -> str:
    return f"postgresql+psycopg://lab@/{name}?host={server}"


@pytest.fixture
def postgresql_folder(
    postgresql_server: str, migrated_postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """An empty installation whose database is a new one on the server."""
    with psycopg.connect(host=postgresql_server, user="lab", dbname="postgres", autocommit=True) as connection:
        name = f"lab{len(connection.execute('SELECT datname FROM pg_database').fetchall())}"
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_postgresql}")
    monkeypatch.setenv("LABELBUDDY_DATABASE_URL", _url(postgresql_server, name))
    monkeypatch.setenv("LABELBUDDY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LABELBUDDY_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("LABELBUDDY_WARN_FREE_BYTES", "0")
    get_settings.cache_clear()
    get_settings().data.mkdir()
    yield tmp_path / "data"
    get_database().close()
    _database.cache_clear()
    get_settings.cache_clear()
