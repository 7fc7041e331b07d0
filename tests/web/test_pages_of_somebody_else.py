"""A page acts only for who opened it, whoever signed in with the browser since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from labelbuddy_core.services.accounts import tokens
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.web.authentication import PERSON

Make = Callable[..., Any]


@pytest.fixture
def task(make_user: Make, make_project: Make, add_task: Make) -> tuple[str, Actor, Actor]:
    """A task, and two people who both annotate it."""
    two = make_user("ada"), make_user("ben")
    return add_task(make_project(annotators=two), annotators=two), *two


def save(http: Any, task: str, headers: dict[str, str]) -> Any:
    value = {"id": "r1", "start": 0.1, "end": 0.5, "label": "speech", "origin": {"kind": "human"}}
    operation = {"op": "put", "collection": "regions", "id": "r1", "value": value}
    body = {"client": str(uuid4()), "sequence": 1, "base_revision": 0, "operations": [operation]}
    return http.patch(f"/api/v1/tasks/{task}/annotation", json=body, headers=headers)


def test_what_the_page_of_one_person_saves_in_the_session_of_another_is_refused(
    task: tuple[str, Actor, Actor], client_for: Make
) -> None:
    number, ada, ben = task
    answer = save(client_for(ben), number, {PERSON: str(ada.id)})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:labelbuddy:somebody-else")
    assert annotations.get_mine(ben, number)["revision"] == 0


@pytest.mark.parametrize("path", ["annotation/submit", "annotation/withdraw"])
def test_nothing_of_somebody_else_is_handed_in_or_taken_back(
    task: tuple[str, Actor, Actor], client_for: Make, path: str
) -> None:
    number, ada, ben = task
    http = client_for(ben)
    save(http, number, {})
    address = f"/api/v1/tasks/{number}/{path}"
    assert http.post(address, json={"revision": 1}, headers={PERSON: str(ada.id)}).status_code == 403
    assert annotations.get_mine(ben, number)["state"] == "draft"


def test_the_page_of_one_person_does_not_get_to_see_the_work_of_another(
    task: tuple[str, Actor, Actor], client_for: Make
) -> None:
    number, ada, ben = task
    http = client_for(ben)
    address = f"/api/v1/tasks/{number}/annotation"
    assert http.get(address, headers={PERSON: str(ada.id)}).status_code == 403
    assert http.get(address, headers={PERSON: str(ben.id)}).status_code == 200


def test_a_token_acts_for_its_person_whatever_the_page_says(task: tuple[str, Actor, Actor], client_for: Make) -> None:
    number, ada, ben = task
    made = tokens.create_token(ben, name="script", scope="write")
    headers = {PERSON: str(ada.id), "Authorization": f"Bearer {made['token']}"}
    assert save(client_for(None), number, headers).status_code == 200
