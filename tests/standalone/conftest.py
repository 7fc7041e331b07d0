"""Streamlit apps of their own, run as anybody would run them, with the audio editor in Chromium."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page

from labelbuddy_core.settings import ROOT

_STARTING = 180.0
"""Seconds that a server may take to answer where other tests run beside it."""


class StreamlitApp:
    """A script under `streamlit run`, in a working folder and with temporary files of its own."""

    def __init__(self, script: Path, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.script = script
        self.folder = folder
        self.console = folder / f"console-{self.port}"
        self.start()

    def start(self) -> None:
        """Start, or start again at the same address; returns when it answers."""
        temporary = self.folder / "temporary"
        temporary.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "streamlit", "run", str(self.script), "--server.port", str(self.port)]
        command += ["--server.address", "127.0.0.1", "--server.headless", "true", "--browser.gatherUsageStats", "false"]
        environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}
        with self.console.open("ab") as console:
            self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=console, stderr=console)
        deadline = time.monotonic() + _STARTING
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.console.read_text())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


class EditorPage:
    """An app in a tab, with the gestures that tests need."""

    def __init__(self, page: Page, app: StreamlitApp, seconds: float, asked: list[str]) -> None:
        self.page = page
        self.app = app
        self.seconds = seconds
        self.asked = asked
        """Every address that the browser asked for."""

    @property
    def rows(self) -> Locator:
        """The editor's own table of regions."""
        return self.page.locator(".table-row")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, lane: int, start: float, end: float) -> None:
        """Drag in a lane from one time to another; the whole recording must be visible."""
        canvas = self.page.locator(".lanes-canvas").bounding_box()
        head = self.page.locator(".lane-head").nth(lane).bounding_box()
        assert canvas
        assert head
        y = head["y"] + 14
        x = [canvas["x"] + canvas["width"] * time / self.seconds for time in (start, end)]
        self.page.mouse.move(x[0], y)
        self.page.mouse.down()
        self.page.mouse.move((x[0] + x[1]) / 2, y, steps=3)
        self.page.mouse.move(x[1], y, steps=3)
        self.page.mouse.up()

    def saved(self) -> None:
        """Wait until the editor says that Python has everything."""
        self.page.locator(".save-status.is-saved").wait_for()

    def until(self, true: Callable[[], Any]) -> None:
        """Wait for something to become true."""
        for _ in range(PATIENCE // 50):
            if true():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("it never became true")

    def reload(self) -> None:
        self.page.reload()
        self.page.locator(".lb-editor:not([aria-busy])").wait_for()


Serve = Callable[[Path | str], StreamlitApp]
Open = Callable[..., EditorPage]
PATIENCE = 90_000
"""Milliseconds: a first opening starts processes that read the audio."""


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Runs a script, once for all tests of a module; sessions are apart as they are for people."""
    apps: dict[Path | str, StreamlitApp] = {}

    def run(script: Path | str) -> StreamlitApp:
        if script not in apps:
            folder = tmp_path_factory.mktemp("app")
            path = folder / "app.py" if isinstance(script, str) else script
            if isinstance(script, str):
                path.write_text(script, encoding="utf-8")
            apps[script] = StreamlitApp(path, folder)
        if apps[script].process.poll() is not None:  # a test that stopped it failed before it started it again
            apps[script].start()
        return apps[script]

    yield run
    for app in apps.values():
        app.stop()


@pytest.fixture
def open_app(browser: Browser, serve: Serve) -> Iterator[Open]:
    """Opens a script's app; nothing may go wrong in it or leave the host."""
    apps: list[StreamlitApp] = []
    contexts: list[Any] = []
    errors: list[str] = []
    asked: list[str] = []

    def make(script: Path | str, *, seconds: float) -> EditorPage:
        apps.append(serve(script))
        contexts.append(browser.new_context(viewport={"width": 1400, "height": 1200}))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(apps[-1].url)
        page.locator(".lb-editor:not([aria-busy])").wait_for()
        page.wait_for_timeout(300)
        return EditorPage(page, apps[-1], seconds, asked)

    yield make
    for context in contexts:
        context.close()
    assert not errors
    for app in apps:
        assert "Traceback" not in app.console.read_text(), app.console.read_text()
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(app.url).netloc for app in apps}
