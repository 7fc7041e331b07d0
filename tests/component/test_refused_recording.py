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
