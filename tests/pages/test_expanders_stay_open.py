"""What somebody types into an opened part of a form stays in view when others change the settings above it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.standalone.conftest import StreamlitApp

pytestmark = pytest.mark.browser

PATIENCE = 60_000
"""Milliseconds."""

SCRIPT = """
import streamlit as st
from pages._opened_settings import OpenedSettings, overtaken_line

overtaken = st.session_state.get("overtaken", False)
overtaken_line(OpenedSettings("rules", {}, "rules-1", overtaken))
if st.button("Somebody changes the rules"):
    st.session_state.overtaken = not overtaken
    st.rerun()
with st.expander("Words"):
    overtaken_line(OpenedSettings("words", {}, "words-1", overtaken))
    with st.form("words"):
        st.text_area("One a line")
        st.form_submit_button("Save words")
"""


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    (tmp_path / "app.py").write_text(SCRIPT, encoding="utf-8")
    served = StreamlitApp(tmp_path / "app.py", tmp_path)
    context = browser.new_context()
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    opened.goto(served.url)
    yield opened
    context.close()
    served.stop()


def test_words_that_are_not_saved_stay_in_view_when_a_line_above_them_comes_and_goes(page: Page) -> None:
    page.get_by_text("Words", exact=True).click()
    words = page.get_by_label("One a line")
    words.fill("noise: rain")
    for lines in (2, 0):
        page.get_by_role("button", name="Somebody changes the rules").click()
        expect(page.get_by_text("Somebody changed the settings")).to_have_count(lines, timeout=PATIENCE)
        expect(words).to_be_visible()
        expect(words).to_have_value("noise: rain")
