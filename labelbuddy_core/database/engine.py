"""The engine of an installation and its two kinds of session: one for reading, one for writing.

SQLite: WAL, `synchronous=FULL` (an acknowledged save survives a power cut), writers begin with BEGIN IMMEDIATE and
queue on one lock per process, so that no writer waits in vain for a lock upgrade.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

from labelbuddy_core.settings import get_settings

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=30000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32768",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA journal_size_limit=67108864",
)


def make_engine(url: str, *, pragmas: tuple[str, ...] = PRAGMAS) -> Engine:
    """An engine for `url` with the settings each kind of database needs (`pragmas` are for SQLite)."""
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
    }
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, **options)
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, pool_size=40, **options)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we send BEGIN ourselves, below
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("labelbuddy_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


class Database:
    """Hands out sessions; one an installation and process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = make_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writing_engine = self.engine.execution_options(labelbuddy_write=True)
        self._write_lock = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent state and is never committed."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or not at all when an error passes."""
        if self.is_sqlite:
            with self._write_lock, self._transaction() as session:
                yield session
        else:
            with self._transaction() as session:
                yield session

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with Session(self._writing_engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@lru_cache(maxsize=4)
def _database(url: str) -> Database:
    return Database(url)


def get_database() -> Database:
    """The database of this installation."""
    return _database(get_settings().sqlalchemy_url)
