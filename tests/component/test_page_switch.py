"""On to another page of the app and back: the editor goes on as it was."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

AGAIN = """() => window.show(JSON.parse(new URLSearchParams(location.search).get("data")))"""


def test_view_playhead_selection_and_looks_are_as_they_were_after_a_page_switch(open_editor, app) -> None:
    app.put(id="r_1", start=6.0, end=9.0, label="music", origin={"kind": "human"})
    editor = open_editor()
    frame = editor.page.locator(".overview-window")
    editor.press("ArrowDown", "z", "ArrowRight")
    editor.page.get_by_label("Unit of the ruler").select_option("samples")
    editor.page.get_by_label("Frequency scale").select_option("log")
    editor.page.wait_for_timeout(200)
    clock = editor.page.locator(".clock").inner_text()
    seen = frame.bounding_box()
    editor.page.evaluate("window.leave()")
    editor.page.evaluate("document.querySelector('.lb-host').replaceChildren()")
    editor.page.evaluate(AGAIN)
    expect(editor.page.get_by_label("Start", exact=True)).to_have_value("0:06.000")
    expect(editor.page.locator(".clock")).to_have_text(clock)
    expect(editor.page.get_by_label("Unit of the ruler")).to_have_value("samples")
    expect(editor.page.get_by_label("Frequency scale")).to_have_value("log")
    now = frame.bounding_box()
    assert now["width"] < 500
    assert (now["x"], now["width"]) == (pytest.approx(seen["x"], abs=1), pytest.approx(seen["width"], abs=1))
