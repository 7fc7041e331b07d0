"""Blobs come with uploads and imports and go with the last recording that needs them; the two must not cross."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from labelbuddy_core.database import get_database
from labelbuddy_core.settings import get_settings

_IN_THIS_PROCESS = threading.Lock()
_ADVISORY_KEY = 0x6C61_6265_6C00_0001
"""Any number that no other program uses on the same PostgreSQL database."""


@contextmanager
def changing_blobs() -> Iterator[None]:
    """Held from storing bytes until a recording names them, and from finding them unused until they are gone.

    One at a time over all processes: by a lock file with SQLite, where all are on one machine, else by the database.
    """
    database = get_database()
    with _IN_THIS_PROCESS:
        if database.is_sqlite:
            with (get_settings().data / "blobs.lock").open("w") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
        else:
            with database.engine.connect() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
                yield
