"""A project with recordings that sound, and models that are processes or servers of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from laboratory import LABELS, Lab

from labelbuddy_core.inference.runtimes.process import BUNDLED
from labelbuddy_core.services.models import model_supervision
from labelbuddy_core.settings import get_settings

Make = Callable[..., Any]
SCRIPT = str(Path(__file__).with_name("answering_model.py"))


@pytest.fixture
def lab(make_user: Make, make_project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """`process: answering` and `process: failing` can be declared as if they came with LabelBuddy."""
    manager = make_user(is_administrator=True)
    made = Lab(manager, make_project(managers=(manager,), labels=LABELS), tmp_path)
    moods = {
        "answering": "good",
        "slow": "slow",
        "pondering": "pondering",
        "failing": "fails",
        "pointing": "points",
        "garbled": "garbled",
    }
    for name, mood in moods.items():
        monkeypatch.setitem(BUNDLED, name, (SCRIPT, str(made.asked), mood))  # type: ignore[arg-type]
    yield made
    model_supervision.close_models()
    model_supervision._manager = None


@pytest.fixture
def serve(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Starts a model on a port of its own that logs to a file of its own; returns its URL."""
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "127.0.0.1")
    get_settings.cache_clear()
    started: list[subprocess.Popen[bytes]] = []

    def start(log: str) -> str:
        process = subprocess.Popen([sys.executable, SCRIPT, str(lab.folder / log)], stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        return f"http://127.0.0.1:{int(process.stdout.readline())}"

    yield start
    for process in started:
        process.kill()
        process.wait()
