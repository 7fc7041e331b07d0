"""Submitting while something still waits to be saved: it is said, can be taken back, and hands in nothing unseen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LATER = "Not submitted yet: that is done as soon as everything is saved"


def submitted_offline(editor: Any, app: Any) -> Any:
    """Mark something and submit while the server is away; the line that says what becomes of it."""
    app.down = True
    editor.drag(0, 4.0, 8.0)
    editor.press("Control+Enter")
    line = editor.page.locator(".standing", has_text=LATER)
    line.wait_for()
    return line


def test_what_is_submitted_offline_is_handed_in_when_the_server_answers(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    line = submitted_offline(editor, app)
    app.down = False
    editor.until(lambda: app.state == "submitted")
    line.wait_for(state="hidden")
    assert len(app.regions()) == 1
    editor.until(lambda: [name for name, _ in editor.triggers()] == ["navigate"])


def test_pressing_submit_again_asks_the_server_at_once(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    submitted_offline(editor, app)
    editor.page.evaluate("void (window.setTimeout = () => 0)")  # the last attempt that a timer makes
    editor.page.wait_for_timeout(200)
    app.down = False
    with editor.page.expect_request("**/annotation"):
        editor.press("Control+Enter")


def test_it_is_taken_back_by_a_button(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    line = submitted_offline(editor, app)
    line.get_by_role("button", name="Do not submit").click()
    line.wait_for(state="hidden")
    app.down = False
    editor.saved()
    editor.page.wait_for_timeout(300)
    assert (app.state, editor.triggers()) == ("draft", [])


def test_an_edit_takes_it_back_and_that_is_said(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    line = submitted_offline(editor, app)
    editor.drag(1, 9.0, 12.0)
    editor.page.locator(".notice", has_text="Not submitted: you went on editing.").wait_for()
    line.wait_for(state="hidden")
    app.down = False
    editor.until(lambda: len(app.regions()) == 2)
    editor.saved()
    editor.page.wait_for_timeout(300)
    assert (app.state, editor.triggers()) == ("draft", [])
    editor.press("Control+Enter")
    editor.until(lambda: app.state == "submitted")


def test_words_that_were_typed_meanwhile_take_it_back(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    submitted_offline(editor, app)
    editor.page.get_by_role("textbox", name="Caption of the clip").type("a bell")
    app.down = False
    editor.page.locator(".notice", has_text="Not submitted").wait_for()
    editor.until(lambda: (app.document["caption"] or {}).get("text") == "a bell")
    assert app.state == "draft"


def test_what_somebody_else_did_meanwhile_is_seen_before_it_is_handed_in(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    submitted_offline(editor, app)
    app.put(id="r_other", start=1.0, end=2.0, label="siren", origin={"kind": "human"})
    app.down = False
    editor.page.locator(".notice", has_text="Look at it here").wait_for()
    expect(editor.rows).to_have_count(2)
    editor.saved()
    assert app.state == "draft"


def test_what_the_server_refuses_is_not_handed_in_without_it(open_editor: Any, app: Any) -> None:
    app.put(id="r_1", start=2.0, end=6.0, label="speech", origin={"kind": "human"})
    editor = open_editor()
    app.labels[0]["overlap"] = "forbid"  # a manager was quicker
    editor.drag(0, 9.0, 5.0)
    editor.press("Control+Enter")
    editor.page.locator(".notice", has_text="Not submitted: Regions of Speech must not overlap.").wait_for()
    editor.page.wait_for_timeout(300)
    assert app.state == "draft"
