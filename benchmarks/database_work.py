"""What a piece of work asks of the database: statements sent (COPY not among them), and CPU seconds of all PostgreSQL
processes on this machine (0 with SQLite, whose work is ours)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import event

from labelbuddy_core.database import get_database


class DatabaseWork:
    """Counts from when it is made until it is asked for."""

    def __init__(self) -> None:
        self._statements = 0
        self._began = _server_seconds()
        event.listen(get_database().engine, "before_cursor_execute", self._note)

    def done(self) -> dict[str, Any]:
        """Statements and seconds since then; counting ends."""
        event.remove(get_database().engine, "before_cursor_execute", self._note)
        return {"statements": self._statements, "database_cpu_s": round(_server_seconds() - self._began, 1)}

    def _note(self, *_: Any) -> None:
        self._statements += 1


def _server_seconds() -> float:
    if get_database().is_sqlite:
        return 0.0
    total = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = place.read_text().rpartition(")")
        except OSError:  # it has ended
            continue
        if name.endswith("(postgres"):
            user, system = rest.split()[11:13]
            total += int(user) + int(system)
    return total / os.sysconf("SC_CLK_TCK")
