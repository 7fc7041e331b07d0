"""Chromium and a small server for the editor alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from editor_tab import PATIENCE, Editor
from fake_labelbuddy import FakeLabelBuddy
from playwright.sync_api import Browser


@pytest.fixture
def app() -> Iterator[FakeLabelBuddy]:
    """The server."""
    fake = FakeLabelBuddy()
    yield fake
    fake.close()


Open = Callable[..., Editor]


@pytest.fixture
def open_editor(browser: Browser, app: FakeLabelBuddy) -> Iterator[Open]:
    """Opens the editor in a tab of a browser; `same` opens another tab of that browser, `emulated` are options of a new
    one, `more` is what else the component is told."""
    contexts: list[Any] = []

    def make(
        mode: str = "annotate",
        *,
        same: Editor | None = None,
        theme: str = "light",
        width: int = 1200,
        locale: str = "en-US",
        task: str = "t1",
        more: dict[str, Any] | None = None,
        **emulated: Any,
    ) -> Editor:
        if same is None:
            contexts.append(browser.new_context(viewport={"width": width, "height": 900}, locale=locale, **emulated))
        page = (same.page.context if same else contexts[-1]).new_page()
        page.set_default_timeout(1000 * PATIENCE)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        data: dict[str, Any] = {"mode": mode, "task": task, "project": "1", "api": "/api/v1"}
        if mode == "review":
            data["annotation"] = "a1"
        if mode == "verify":
            data |= {"label": "speech"}
        page.goto(f"{app.url}/page?theme={theme}&data={json.dumps(data | (more or {}))}")
        page.locator(".lb-editor:not([aria-busy])").wait_for()
        page.wait_for_timeout(100)
        return Editor(page)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def three(app: FakeLabelBuddy) -> None:
    """A region in each lane, two with a text."""
    human = {"kind": "human"}
    app.put(id="r_1", start=2.0, end=4.0, label="speech", text="Good morning", origin=human)
    app.put(id="r_2", start=6.0, end=7.5, label="music", origin=human)
    app.put(id="r_3", start=9.0, end=15.0, label="siren", text="far away", origin=human)
