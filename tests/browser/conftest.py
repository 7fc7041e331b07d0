"""A real browser upon the real app: supervisor, web server and worker, with Chromium."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from labelbuddy_core.settings import ROOT


class Served:
    """The app under bin/run's supervisor; `url` is where it answers."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.console = data.parent / f"console-{self.port}"
        command = [sys.executable, "-m", "labelbuddy_core.supervisor", "--port", str(self.port), "--data", str(data)]
        with self.console.open("ab") as console:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=console, stderr=console)
        self.wait()

    def wait(self) -> None:
        """Until everything is ready."""
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}/api/v1/ready", timeout=5) as answer:
                    if json.load(answer)["ready"] and "LabelBuddy is at" in self.console.read_text():
                        return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.console.read_text())

    def setup_token(self) -> str:
        """The token that the console shows on the first start."""
        for _ in range(50):
            if "token: " in self.console.read_text():
                return self.console.read_text().split("token: ")[1].split()[0]
            time.sleep(0.1)
        raise AssertionError(self.console.read_text())

    def stop(self) -> None:
        """End it as a person would."""
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """An empty installation being served."""
    app = Served(tmp_path / "data")
    yield app
    app.stop()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """A page in a browser profile of its own: another person at another computer."""
    contexts: list[Any] = []

    def make() -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 1000}, bypass_csp=False)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        return page

    yield make
    for context in contexts:
        context.close()
