"""Many rows at once: the same rows are taken or refused on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from postgresql_server import on_both_databases
from sqlalchemy import func, select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.many_rows import insert_many
from labelbuddy_core.database.tables import Annotation

Make = Callable[..., Any]


@pytest.fixture
def row(make_user: Make, make_project: Make, add_task: Make) -> dict[str, Any]:
    """A whole row but its id, which the database gives."""
    person = make_user()
    project = make_project(managers=(person,))
    return {
        "project_id": int(project), "task_id": int(add_task(project)), "user_id": int(person.id), "revision": 0,
        "state": "draft", "created_at": now(), "updated_at": now(), "submitted_at": None, "sampling": None,
    }  # fmt: skip


@on_both_databases
def test_rows_that_name_all_but_the_key_are_written(row: dict[str, Any]) -> None:
    with get_database().write() as session:
        insert_many(session, Annotation, [row])
        assert session.scalars(select(Annotation)).one().state == "draft"


@on_both_databases
@pytest.mark.parametrize("name", ["state", "sampling"])
def test_a_row_without_a_column_is_refused_whether_it_has_a_default_or_not(row: dict[str, Any], name: str) -> None:
    short = {key: value for key, value in row.items() if key != name}
    with get_database().write() as session:
        for rows in ([short], [row, short]):
            with pytest.raises(ValueError, match="Rows of annotations name"):
                insert_many(session, Annotation, rows)
        assert session.scalar(select(func.count()).select_from(Annotation)) == 0
