"""Bring the database to the present schema at start: under a lock, with a copy of it made first."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from labelbuddy_core.database.engine import make_engine
from labelbuddy_core.errors import DatabaseNewer, DatabaseProblem
from labelbuddy_core.settings import Settings

log = logging.getLogger(__name__)
_FOLDER = Path(__file__).parent / "migrations"
_POSTGRES_LOCK = 0x1ABE1B0D
_KEPT_COPIES = 5
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=60000",
    "PRAGMA foreign_keys=OFF",
)
"""Without foreign keys: SQLite tables are re-created to be altered, which must not cascade."""


def migrate(settings: Settings) -> Path | None:
    """Upgrade the database to the newest schema; returns the copy made before, if there was something to upgrade.

    Several processes may call this at once: they wait for each other. Does nothing when the schema is current. Raises
    `DatabaseProblem` where the database cannot be reached or read, or a newer version has used it.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = _engine(settings)
    try:
        present = _current(engine, settings)
        if present == _newest():
            return None
        copy = _copy_before(settings, engine) if present else None
        _upgrade(engine)
        return copy
    finally:
        engine.dispose()


def _engine(settings: Settings) -> Engine:
    try:
        return make_engine(settings.sqlalchemy_url, pragmas=_PRAGMAS)
    except (ArgumentError, ImportError, ValueError) as error:
        raise DatabaseProblem(
            f"LABELBUDDY_DATABASE_URL cannot be used: {error}. For PostgreSQL it is like "
            "postgresql+psycopg://user@host/database; without it the database is SQLite in the data folder.",
            field="LABELBUDDY_DATABASE_URL",
        ) from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def look_at(settings: Settings) -> None:
    """Raises `DatabaseProblem` as `migrate` does; nothing is changed, and no other process is waited for."""
    engine = _engine(settings)
    try:
        _current(engine, settings)
    finally:
        engine.dispose()


@contextmanager
def telling_damage(settings: Settings) -> Iterator[None]:
    """What the database refuses meanwhile is raised as `DatabaseProblem`, which names it and the remedy."""
    url = make_url(settings.sqlalchemy_url)
    local = url.get_backend_name() == "sqlite"
    try:
        yield
    except DBAPIError as error:
        why = str(error.orig or error).splitlines()[0]
        remedy = (
            "If the file is damaged, restore a backup (docs/backup.md)."
            if local
            else "Does the server run, and is LABELBUDDY_DATABASE_URL right?"
        )
        raise DatabaseProblem(f"The database {_called(url)} cannot be used: {why}. {remedy}") from error


def _called(url: URL) -> str:
    """The file of an SQLite database, the address of another without its password."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string()


def _current(engine: Engine, settings: Settings) -> str | None:
    """The revision of the schema, None for an empty database; one that this version can go on from."""
    with telling_damage(settings), engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and not _known(found):
        raise DatabaseNewer(
            f"The database {_called(engine.url)} was last used by a newer LabelBuddy (its schema is {found}, which "
            "this version does not know). Start that version again, or go back with a backup (docs/upgrading.md). "
            "Nothing was changed."
        )
    return found


def _known(revision: str) -> bool:
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except CommandError:
        return False


def _upgrade(engine: Engine) -> None:
    config = _config()
    with engine.execution_options(labelbuddy_write=True).begin() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _copy_before(settings: Settings, engine: Engine) -> Path | None:
    """A consistent copy of the SQLite database, in `before-migration/` beside it."""
    if engine.dialect.name != "sqlite":
        log.info("PostgreSQL is upgraded in one transaction; take backups with pg_dump")
        return None
    source = Path(engine.url.database or "")
    folder = settings.data / "before-migration"
    folder.mkdir(exist_ok=True)
    target = folder / f"labelbuddy-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.sqlite"
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    for outdated in sorted(folder.glob("labelbuddy-*.sqlite"))[:-_KEPT_COPIES]:
        outdated.unlink()
    return target
