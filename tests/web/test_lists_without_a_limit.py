"""Lists that were whole from the beginning stay whole for scripts that ask for no page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Project
from labelbuddy_core.services.actors import Actor


def test_all_projects_are_listed_newest_first_without_a_limit_and_in_pages_with_one(
    make_user: Callable[..., Actor], client_for: Callable[..., Any]
) -> None:
    administrator = make_user(is_administrator=True)
    with get_database().write() as session:
        session.add_all(
            Project(name=f"Project {number}", template="custom", created_by=administrator.id) for number in range(60)
        )
    client = client_for(administrator)
    whole = client.get("/api/v1/projects").json()
    assert [int(one["id"]) for one in whole["items"]] == list(range(60, 0, -1))
    assert whole["next_cursor"] is None
    first = client.get("/api/v1/projects", params={"limit": 40}).json()
    rest = client.get("/api/v1/projects", params={"limit": 40, "cursor": first["next_cursor"]}).json()
    assert (len(first["items"]), first["items"] + rest["items"]) == (40, whole["items"])
