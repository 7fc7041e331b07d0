"""Leveling as annotators meet it: it is told, heard, switched by a key, and kept with the account."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from test_listening import HUMAN, TAP

pytestmark = pytest.mark.browser


def test_a_loud_recording_is_played_quieter_until_leveling_is_switched_off_by_key(open_editor: Any, app: Any) -> None:
    app.put(id="r_1", start=4.0, end=4.9, label="speech", origin=HUMAN)
    app.statistics = {"loudness": -6.0, "peak": [-3.0, -3.0]}
    editor = open_editor()
    editor.page.add_init_script(TAP)
    editor.page.reload()
    editor.page.locator(".lb-editor:not([aria-busy])").wait_for()
    button = editor.page.locator(".toolbar .leveling")
    expect(button).to_have_text("Leveled −17.0 dB")
    editor.press("ArrowDown", "l")
    editor.page.wait_for_function("window.heard && window.loudness() > 0.01")
    quiet = editor.page.evaluate("window.loudness()")
    editor.press("Alt+n")
    expect(button).to_have_text("Not leveled")
    editor.page.wait_for_function("(quiet) => window.loudness() > 5 * quiet", arg=quiet)
    editor.until(lambda: app.preferences["leveling"] == "off")
    assert "played as they are" in editor.said


def test_the_bar_says_it_in_one_line_and_only_by_how_much_where_there_is_little_room(
    open_editor: Any, app: Any
) -> None:
    app.statistics = {"loudness": -6.0, "peak": [-3.0, -3.0]}
    editor = open_editor()
    button = editor.page.locator(".toolbar .leveling")
    lines = """button => {
        const text = document.createRange();
        text.selectNodeContents(button.lastChild);
        return text.getClientRects().length;
    }"""
    for width, word in ((1440, True), (1366, False), (1440, True)):
        editor.page.set_viewport_size({"width": width, "height": 800})
        editor.until(lambda word=word: (button.locator("span").bounding_box()["width"] > 5) == word)
        assert button.evaluate(lines) == 1
        assert button.evaluate("button => button.scrollWidth <= button.clientWidth")
        expect(button).to_have_accessible_name("Leveled −17.0 dB")


def test_the_tooltip_says_how_much_of_an_own_gain_is_left_out(open_editor: Any, app: Any) -> None:
    app.statistics = {"loudness": -33.0, "peak": [-15.0, -15.0]}
    editor = open_editor(width=1440)
    button = editor.page.locator(".toolbar .leveling")
    own = editor.page.get_by_role("slider", name="Loudness in decibels")
    editor.page.get_by_text("Sound", exact=True).click()
    for gain, says in (
        ("4", None),
        ("12", "Of your own +12.0 dB, 8.0 dB are left out"),
        ("24", "20.0 dB are left out"),
    ):
        own.fill(gain)
        title = button.get_attribute("title") or ""
        assert title.startswith("Played at −23 LUFS")
        assert says in title if says else "left out" not in title
    editor.page.get_by_role("button", name="Usual sound").click()
    assert "left out" not in (button.get_attribute("title") or "")


def test_what_is_not_measured_yet_is_not_leveled_and_the_verify_grid_says_so(open_editor: Any, app: Any) -> None:
    app.put(id="r_1", start=1.0, end=1.6, label="speech", origin=HUMAN)
    app.state = "submitted"
    editor = open_editor("verify")
    expect(editor.page.locator(".toolbar .leveling")).to_have_text("Not measured")
    assert "not measured yet" in (editor.page.locator(".toolbar .leveling").get_attribute("title") or "")
