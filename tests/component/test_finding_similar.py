"""Find more like this: the page of similar sounds is opened with the region that is selected."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.browser


def test_the_button_and_its_key_open_the_page_with_the_selected_region(open_editor: Any, app: Any) -> None:
    app.put(id="r_1", start=3.0, end=5.5, label="speech", origin={"kind": "human"})
    editor = open_editor()
    editor.press("Shift+KeyH")
    editor.page.locator("[aria-live=polite]", has_text="Select a region first").wait_for(state="attached")
    editor.press("ArrowDown")
    button = editor.page.get_by_role("button", name="Find more like this")
    for how in (lambda: button.click(), lambda: editor.press("Shift+KeyH")):
        with editor.page.context.expect_page() as opened:
            how()
        opened.value.wait_for_url("**/similar?*")
        asked = urlsplit(opened.value.url)
        assert parse_qs(asked.query) | {"project": ["?"], "task": ["?"]} == {
            "project": ["?"], "task": ["?"], "start": ["3"], "stop": ["5.5"], "region": ["r_1"],
        }  # fmt: skip
        opened.value.close()
