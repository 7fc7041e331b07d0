"""The verify grid: many regions of one label, decided by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from test_accessibility import AXE, grave_findings

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def test_regions_are_accepted_rejected_skipped_and_taken_back_by_keyboard_alone(open_editor: Any, app: Any) -> None:
    for number in range(5):
        app.put(id=f"r_{number}", start=1.0 + number, end=1.6 + number, label="speech", origin=HUMAN)
    app.put(id="other", start=9.0, end=9.5, label="music", origin=HUMAN)
    app.state = "submitted"
    editor = open_editor("verify")
    cards = editor.page.locator(".verify-card")
    expect(cards).to_have_count(5)
    drawn = "canvas => canvas.getContext('2d').getImageData(100, 30, 1, 1).data[3] === 255"
    editor.until(lambda: cards.first.locator("canvas").evaluate(drawn))
    editor.page.get_by_text("5 of this label wait ·").wait_for()
    editor.press("Space", "y", "x", "n", "y", "Control+z")
    editor.until(lambda: app.verdicts == {"r_0": "approve", "r_1": "reject"})
    expect(cards.nth(3)).to_have_class("verify-card open here")
    expect(cards.nth(2)).to_have_class("verify-card skip")
    if AXE.is_file():
        assert grave_findings(editor.page) == []
    editor.press("ArrowRight", "x", "PageDown")  # what was skipped, and left open, comes round again
    expect(cards).to_have_count(2)
    assert app.verdicts == {"r_0": "approve", "r_1": "reject", "r_4": "reject"}
    editor.page.get_by_text("2 of this label wait ·").wait_for()
    editor.press("y")
    editor.page.get_by_text("1 of this label waits ·").wait_for()
    editor.press("Control+z")
    editor.page.get_by_text("2 of this label wait ·").wait_for()
    editor.page.get_by_label("What is wrong with what you rejected").fill("No speech")
    editor.press("Escape", "Control+Enter")
    editor.page.get_by_text("0 annotations approved, 1 sent back").wait_for()
    assert app.finished == ["No speech"]
    again = open_editor("review", same=editor)  # what was decided stands in the review
    again.page.locator(".lanes-canvas").wait_for()
    again.press("Control+Enter")
    again.page.get_by_text("2 regions are marked as wrong.").wait_for()
