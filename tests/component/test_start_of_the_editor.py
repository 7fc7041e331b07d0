"""What the editor fetches before the waveform is drawn, and what becomes of keys and drags until the rest is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from editor_tab import PATIENCE, Editor
from fake_http import DIST
from fake_labelbuddy import FakeLabelBuddy
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

MANIFEST: dict[str, Any] = json.loads((DIST / "manifest.json").read_text())
START: list[str] = [MANIFEST["js"], *MANIFEST["start"]]
NOT_BUSY = ".lb-editor:not([aria-busy])"


Opening = Callable[[Callable[[Page], None]], Editor]


@pytest.fixture
def opening(browser: Browser, app: FakeLabelBuddy) -> Iterator[Opening]:
    """Opens the editor without waiting for more than its start; gets what to do with the page before."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)

    def make(prepare: Callable[[Page], None]) -> Editor:
        prepare(page)
        data = {"mode": "annotate", "task": "t1", "project": "1", "api": "/api/v1"}
        page.goto(f"{app.url}/page?data={json.dumps(data)}")
        page.locator(".lb-editor").wait_for()
        return Editor(page)

    yield make
    context.close()


def eventually(editor: Editor, true: Callable[[], Any]) -> None:
    """Wait for something; requests are looked at meanwhile, which here pass through this process."""
    editor.until(lambda: editor.page.wait_for_timeout(20) or true())


class Held:
    """Keeps back the code that is not of the start, until it is let go."""

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self.free = False

    def on(self, page: Page) -> None:
        page.route(is_late, self.take)

    def take(self, route: Route) -> None:
        if self.free:
            route.continue_()
        else:
            self.routes.append(route)

    def wait(self, editor: Editor) -> None:
        """Wait until the waveform is drawn: then it is asked for."""
        eventually(editor, lambda: self.routes)

    def let_go(self) -> None:
        self.free = True
        for route in self.routes:
            route.continue_()


def is_late(address: str) -> bool:
    name = address.split("?")[0].rsplit("/", 1)[-1]
    return name.endswith(".js") and name not in {*START, *MANIFEST["editor"]}


def test_while_there_is_no_waveform_nothing_but_the_start_is_fetched(opening: Opening) -> None:
    fetched: list[str] = []
    peaks: list[Route] = []

    def watch(page: Page) -> None:
        page.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[-1]))
        page.route("**/peaks", lambda route: peaks.append(route))

    editor = opening(watch)
    eventually(editor, lambda: peaks)
    before = {name for name in fetched if name.endswith(".js")}
    assert before == set(START)
    peaks[0].continue_()
    editor.page.locator(NOT_BUSY).wait_for()


def test_keys_and_drags_before_the_rest_is_there_are_carried_out_in_their_order(
    opening: Opening, app: FakeLabelBuddy
) -> None:
    held = Held()
    editor = opening(held.on)
    held.wait(editor)
    editor.press("2")  # music from now on
    editor.drag(1, 2.0, 3.0)
    editor.press("d")  # the new region once more, right after it
    assert not app.regions()
    held.let_go()
    editor.page.locator(NOT_BUSY).wait_for()
    eventually(editor, lambda: len(app.regions()) == 2)
    first, second = sorted(app.regions(), key=lambda one: one["start"])
    assert (first["label"], second["label"]) == ("music", "music")
    assert first["start"] == pytest.approx(2.0, abs=0.05)
    assert first["end"] == pytest.approx(3.0, abs=0.05)
    assert second["start"] == pytest.approx(first["end"], abs=0.05)


def test_a_button_pressed_before_the_rest_is_there_does_what_it_says(opening: Opening) -> None:
    held = Held()
    editor = opening(held.on)
    editor.page.get_by_role("button", name="Show the keys").click()
    expect(editor.page.get_by_placeholder("Find a key")).to_have_count(0)
    held.let_go()
    expect(editor.page.get_by_placeholder("Find a key")).to_be_focused()


def test_playing_needs_nothing_of_the_rest(opening: Opening) -> None:
    held = Held()
    editor = opening(held.on)
    editor.press("Space")
    expect(editor.page.get_by_role("button", name="Pause")).to_be_visible()
    held.let_go()


def test_what_comes_later_moves_nothing_that_is_seen(opening: Opening) -> None:
    held = Held()
    editor = opening(held.on)
    held.wait(editor)
    places = """() => Object.fromEntries([".toolbar", ".stage", ".side", ".region-list", ".lb-editor"].map((name) => {
      const { x, y, width, height } = document.getElementById("shadow").querySelector(name).getBoundingClientRect();
      return [name, [x, y, width, height]];
    }))"""
    editor.page.wait_for_timeout(300)  # the stage has taken its height
    before = editor.page.evaluate(places)
    held.let_go()
    editor.page.locator(NOT_BUSY).wait_for()
    expect(editor.page.get_by_role("button", name="Add…")).to_be_visible()
    assert editor.page.evaluate(places) == before


def test_code_that_does_not_come_is_told_and_tried_again(opening: Opening) -> None:
    refused: list[str] = []

    def refuse(page: Page) -> None:
        def twice(route: Route) -> None:
            if len(refused) < 3:
                refused.append(route.request.url)
                route.abort("internetdisconnected")
            else:
                route.continue_()

        page.route(is_late, twice)

    editor = opening(refuse)
    notice = editor.page.locator(".notice")
    expect(notice).to_contain_text("reload the page. Nothing is lost.")
    editor.page.locator(NOT_BUSY).wait_for()
    expect(notice).to_be_hidden()
    editor.drag(0, 1.0, 2.0)
    editor.saved()


def test_when_the_host_is_gone_after_the_start_all_code_is_there(opening: Opening) -> None:
    failed: list[str] = []
    editor = opening(lambda page: page.on("requestfailed", lambda request: failed.append(request.url)))
    editor.page.locator(NOT_BUSY).wait_for()
    editor.drag(0, 1.0, 2.0)
    editor.saved()
    editor.page.wait_for_load_state("networkidle")
    editor.page.context.set_offline(True)
    editor.press("Shift+Space", "?")
    expect(editor.page.get_by_placeholder("Find a key")).to_be_focused()
    editor.press("Escape")
    editor.drag(0, 4.0, 5.0)
    expect(editor.rows).to_have_count(2)
    assert not [address for address in failed if address.split("?")[0].endswith(".js")]
