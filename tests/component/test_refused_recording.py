"""A browser that cannot play a recording is given a copy that it can play."""

from __future__ import annotations

from collections.abc import Callable

from fake_labelbuddy import FakeLabelBuddy
from playwright.sync_api import expect


def test_a_refused_recording_is_played_from_a_copy(app: FakeLabelBuddy, open_editor: Callable) -> None:
    app.refused = True
    editor = open_editor()
    expect(editor.page.get_by_text("a copy that it can play is being made (50%)")).to_be_visible()
    expect(editor.page.get_by_text("a copy that it can play is being made")).to_have_count(0)
    assert app.copies_asked == 3
    editor.press("Space")
    expect(editor.page.get_by_role("button", name="Pause")).to_be_visible()
    expect(editor.page.get_by_text("cannot play")).to_have_count(0)


def test_what_cannot_be_played_of_a_task_that_is_gone_is_no_fault_of_the_browser(
    app: FakeLabelBuddy, open_editor: Callable
) -> None:
    app.refused, app.cut = True, "/tasks/t1/compatible-audio"
    editor = open_editor()
    told = editor.page.get_by_text("The browser cannot play this recording")
    expect(told).to_be_visible()
    app.gone = True
    editor.drag(0, 4.0, 8.0)
    expect(editor.page.get_by_role("button", name="Go to my queue")).to_be_visible()
    expect(told).to_have_count(0)
