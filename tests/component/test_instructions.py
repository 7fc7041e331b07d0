"""The instructions of a project beside the stage: there while one works, formatted, and open only when needed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TEXT = """# Sirens
Mark **every** siren, see [the guide](https://example.org/guide).

- loud ones
- faint ones

<img src=x onerror="window.broken = 1"> <b>bold</b>
"""


def panel(editor: Any) -> Any:
    return editor.page.locator(".instructions-panel")


def test_the_panel_is_open_at_the_first_task_stays_closed_and_opens_for_another_text(open_editor, app) -> None:
    app.instructions = TEXT
    first = open_editor()
    expect(panel(first)).to_be_visible()
    expect(open_editor(same=first).page.locator(".instructions-panel")).to_be_visible()
    first.press("Shift+I")
    expect(panel(first)).to_be_hidden()
    expect(panel(open_editor(same=first))).to_be_hidden()
    app.instructions = TEXT + "\nAnd horns."
    expect(panel(open_editor(same=first))).to_be_visible()


def test_instructions_are_formatted_and_hold_no_markup(open_editor, app) -> None:
    app.instructions = TEXT
    editor = open_editor()
    text = editor.page.locator(".instructions")
    expect(text.get_by_role("heading", name="Sirens")).to_be_visible()
    expect(text.locator("strong")).to_have_text("every")
    expect(text.get_by_role("listitem")).to_have_text(["loud ones", "faint ones"])
    link = text.get_by_role("link", name="the guide")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noreferrer")
    expect(text).to_contain_text("<b>bold</b>")
    assert text.locator("img, b").count() == 0
    assert editor.page.evaluate("window.broken") is None


def test_the_editor_goes_on_beside_the_panel_and_its_text_is_scrolled_by_keys(open_editor, app) -> None:
    app.instructions = "Mark every siren.\n\n" * 60
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin={"kind": "human"})
    editor = open_editor()
    editor.press("ArrowDown", "]")
    editor.until(lambda: app.regions()[0]["start"] == 2.01)
    editor.press("Shift+I", "Shift+I")
    text = editor.page.locator(".instructions")
    expect(text).to_be_focused()
    editor.press("End")
    editor.page.wait_for_function("document.querySelector('.instructions').scrollTop > 100")
    expect(editor.page.locator(".clock")).to_have_text("0:02.000")
    editor.press("Escape")
    expect(editor.page.locator(".lb-editor")).to_be_focused()
    expect(panel(editor)).to_be_visible()
    editor.page.get_by_role("button", name="Close the instructions").click()
    expect(panel(editor)).to_be_hidden()
    expect(editor.page.get_by_role("button", name="Instructions", exact=True)).to_have_attribute(
        "aria-expanded", "false"
    )
