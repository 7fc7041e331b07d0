"""An annotator's guided tour from its beginning on the page Help to its end, each step by doing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from labelbuddy_core.database import get_database
from labelbuddy_core.services.accounts.accounts import add_user
from labelbuddy_core.services.first_steps import sample_making
from labelbuddy_core.services.models import models

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


def sample(username: str) -> None:
    """An account with a sample project that is complete before anybody looks."""
    models.ensure_bundled_models()
    with get_database().write() as session:
        add_user(session, {"username": username, "password": PASSWORD, "can_create_projects": True})
    sample_making.make_at_once(username, "sound-events", lambda *_: None)
    get_database().close()


def sign_in(page: Page, url: str, username: str) -> None:
    page.goto(f"{url}/help")
    page.get_by_role("textbox", name="Username").fill(username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Help").wait_for()


def test_an_annotator_takes_the_tour_and_the_card_sees_each_step_done(
    data_folder: Path, open_page: Callable[[], Page], request: pytest.FixtureRequest
) -> None:
    sample("anna")
    served = request.getfixturevalue("served")  # in the same folder, once the sample is there
    page = open_page()
    card = page.locator(".st-key-tour")

    def step(title: str) -> None:
        expect(card.locator("strong").first).to_have_text(title, timeout=30_000)

    def show_me() -> None:
        card.get_by_role("button", name="Show me").click()

    def focus_the_editor() -> None:
        page.locator(".cell.overview").click(position={"x": 40, "y": 10})

    def keys(*names: str) -> None:
        for name in names:
            page.keyboard.press(name)
        expect(page.locator(".save-status")).to_have_text("All changes saved", timeout=20_000)

    sign_in(page, served.url, "anna")
    page.locator(".st-key-begin-annotator button").click()
    step("Open a task")
    show_me()
    page.locator(".lanes-canvas").wait_for()
    step("Mark a sound")
    focus_the_editor()
    keys("Shift+1")
    step("Correct it")
    page.locator(".lanes-canvas").wait_for()
    keys(".")
    step("Decide on a suggestion")
    card.get_by_role("button", name="Skip").click()
    step("Hand it in")
    focus_the_editor()
    page.keyboard.press("Control+Enter")
    step("Answer a remark")
    show_me()
    expect(page.locator(".banner:not(.standing)")).to_contain_text("sent this back", timeout=30_000)
    page.get_by_role("grid", name="Regions").get_by_role("row").filter(has_text="sent back").click()
    keys(",")
    page.keyboard.press("Control+Enter")
    step("See where you stand")
    show_me()
    page.get_by_role("heading", name="Dashboard").wait_for()
    step("That was the tour.")
    expect(card).to_contain_text("Skipped: Decide on a suggestion")
    card.get_by_role("button", name="Close").click()
    card.wait_for(state="detached")
