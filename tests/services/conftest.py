"""Fixtures of the service tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from labelbuddy_core.database import get_database


@pytest.fixture
def count_queries(data_folder: Path) -> Callable[[Callable[[], Any]], int]:
    """How many statements an action sends to the database."""

    def count(action: Callable[[], Any]) -> int:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        engine = get_database().engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            action()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len([one for one in statements if one.lstrip().upper().startswith("SELECT")])

    return count
