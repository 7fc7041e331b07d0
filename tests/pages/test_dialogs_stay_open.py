"""A dialog that somebody types into stays open when a job that the page shows ends; the page shows it afterwards."""

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
from pathlib import Path
import streamlit as st
from pages._dialogs import dialog, page_begins, show_changes

page_begins()
ended = Path("ended").exists()

@dialog("New label")
def ask():
    st.text_input("Name")

def look():
    if not ended and Path("ended").exists():
        show_changes()
    st.caption("looked when it had ended" if Path("ended").exists() else "looked")

st.markdown("the job has ended" if ended else "a job is at work")
if st.button("Add a label"):
    ask()
st.fragment(look, run_every=0.3)()
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[StreamlitApp]:
    (tmp_path / "app.py").write_text(SCRIPT, encoding="utf-8")
    served = StreamlitApp(tmp_path / "app.py", tmp_path)
    yield served
    served.stop()


@pytest.fixture
def page(browser: Browser, app: StreamlitApp) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    opened.goto(app.url)
    expect(opened.get_by_text("a job is at work")).to_be_visible(timeout=PATIENCE)
    yield opened
    context.close()


def test_what_was_typed_is_there_and_the_page_shows_what_ended_once_the_dialog_is_closed(
    page: Page, app: StreamlitApp
) -> None:
    page.get_by_role("button", name="Add a label").click()
    name = page.get_by_role("dialog").get_by_label("Name")
    name.fill("Siren")
    (app.folder / "ended").touch()
    expect(page.get_by_text("looked when it had ended")).to_have_count(1, timeout=PATIENCE)
    page.wait_for_timeout(1500)
    expect(name).to_have_value("Siren")
    expect(page.get_by_text("a job is at work")).to_have_count(1, timeout=PATIENCE)
    page.get_by_role("dialog").get_by_label("Close").click()
    expect(page.get_by_text("the job has ended")).to_be_visible(timeout=PATIENCE)


def test_without_a_dialog_the_page_shows_at_once_what_ended(page: Page, app: StreamlitApp) -> None:
    (app.folder / "ended").touch()
    expect(page.get_by_text("the job has ended")).to_be_visible(timeout=PATIENCE)
