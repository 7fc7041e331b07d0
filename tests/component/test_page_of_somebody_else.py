"""Somebody else signs in with the browser while the editor is open in another tab."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from editor_tab import Editor
from playwright.sync_api import Browser, expect
from real_labelbuddy import Real, running

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Assignment, Membership
from labelbuddy_core.services.accounts.sign_in import open_session
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.web.authentication import COOKIE

pytestmark = pytest.mark.browser
RETRIED = 40_000
"""Milliseconds."""


@pytest.fixture
def real(make_user: Callable[..., Actor], make_project: Callable[..., str]) -> Iterator[Real]:
    with running(make_user, make_project) as made:
        yield made


@pytest.fixture
def other(real: Real, make_user: Callable[..., Actor]) -> Actor:
    """Somebody who annotates the same task."""
    person = make_user("ben")
    with get_database().write() as session:
        session.add(Membership(project_id=int(real.project), user_id=person.id, role="annotator"))
        session.add(Assignment(task_id=int(real.task), user_id=person.id, project_id=int(real.project)))
    return person


def test_what_is_drawn_meanwhile_waits_and_is_saved_when_its_author_is_back(
    browser: Browser, real: Real, other: Actor
) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-US")

    def sign_in(token: str) -> None:
        context.add_cookies([{"name": COOKIE, "value": token, "url": real.url}])

    sign_in(real.token)
    page = context.new_page()
    place = {"mode": "annotate", "task": real.task, "project": real.project, "api": "/api/v1"}
    page.goto(f"{real.url}/page?data={json.dumps({**place, 'person': str(real.actor.id)})}")
    page.locator(".lb-editor:not([aria-busy])").wait_for()
    sign_in(open_session(other.id, address="test", user_agent="test").token)
    Editor(page).drag(0, 2.0, 5.0)
    expect(page.locator(".standing")).to_contain_text(["Somebody else signed in with this browser"])
    assert annotations.get_mine(other, real.task)["revision"] == 0
    sign_in(real.token)
    expect(page.locator(".save-status")).to_have_text("All changes saved", timeout=RETRIED)
    assert len(real.document()["regions"]) == 1
    assert annotations.get_mine(other, real.task)["revision"] == 0
    context.close()
