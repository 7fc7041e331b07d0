"""The editor in a tab of a browser, with the gestures that tests need."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page
from tone import SECONDS

PATIENCE = 30.0
"""Seconds: how long a busy machine may take for what usually takes a moment."""


class Editor:
    """The editor in a page, with the gestures that tests need."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def status(self) -> Locator:
        return self.page.locator(".save-status")

    @property
    def said(self) -> str:
        """What a screen reader was told last."""
        return self.page.locator("[aria-live]").inner_text()

    @property
    def focused(self) -> str:
        """What the element in focus says."""
        return self.page.evaluate("document.activeElement.textContent")

    @property
    def rows(self) -> Locator:
        return self.page.locator(".table-row")

    def cells(self) -> list[list[str]]:
        """What the cells of the grid of regions say, by rows."""
        read = "rows => rows.map((row) => [...row.children].map((cell) => cell.textContent))"
        return self.rows.evaluate_all(read)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def point(self, lane: int, seconds: float) -> tuple[float, float]:
        """Where a time lies in a lane, on the page; the whole recording must be visible."""
        box = self.page.locator(".lanes-canvas").bounding_box()
        assert box
        head = None
        for _ in range(50):  # none while the lanes are just being made anew
            head = self.page.locator(".lane-head").nth(lane).bounding_box()
            if head:
                break
        assert head
        return box["x"] + box["width"] * seconds / SECONDS, head["y"] + 14

    def drag(self, lane: int, start: float, end: float) -> None:
        """Drag in a lane from one time to another."""
        x, y = self.point(lane, start)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move((x + self.point(lane, end)[0]) / 2, y, steps=3)
        self.page.mouse.move(self.point(lane, end)[0], y, steps=3)
        self.page.mouse.up()

    def click(self, lane: int, seconds: float) -> None:
        """Click at a time in a lane."""
        self.page.mouse.click(*self.point(lane, seconds))

    def saved(self) -> None:
        """Wait until the editor says that everything is saved."""
        self.page.locator(".save-status.is-saved").wait_for()

    def until(self, true: Callable[[], Any]) -> None:
        """Wait for something to become true on the server."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if true():
                return
            time.sleep(0.02)
        raise AssertionError("it never became true")

    def kill(self) -> None:
        """End the processes of the browser's tabs at once (SIGKILL): no event of the page tells it."""
        browser = self.page.context.browser
        assert browser
        processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        tabs = [process["id"] for process in processes if process["type"] == "renderer"]
        assert tabs
        with self.page.expect_event("crash"):
            for number in tabs:
                os.kill(number, signal.SIGKILL)

    def triggers(self) -> list[list[Any]]:
        """What Streamlit would have been told."""
        return self.page.evaluate("window.triggers")
