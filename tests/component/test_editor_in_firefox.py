"""The editor in Firefox: it opens, draws, and saves what is marked with the mouse."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from tone import SECONDS

from tests.time_line.firefox import FIREFOX, PULSEAUDIO, Page, running_firefox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.skipif(not FIREFOX or not PULSEAUDIO, reason="needs Firefox and PulseAudio"),
]


def eventually(page: Page, expression: str) -> Any:
    """The value of an expression as soon as it is a true one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := page.evaluate(expression):
            return found
        time.sleep(0.05)
    raise AssertionError(f"never true: {expression}")


def box(page: Page, selector: str) -> dict[str, float]:
    return page.evaluate(f"document.querySelector({json.dumps(selector)}).getBoundingClientRect().toJSON()")


def test_the_editor_draws_and_saves_a_region_in_firefox(app, tmp_path: Path) -> None:
    with running_firefox(tmp_path) as firefox:
        page = firefox.new_page()
        data = {"mode": "annotate", "task": "t1", "project": "1", "api": "/api/v1"}
        page.open(f"{app.url}/page?theme=light&data={json.dumps(data)}")
        eventually(page, "!!document.querySelector('.lane-head') && !!document.querySelector('.save-status')")
        drawn = """(() => {
          const canvas = document.querySelector('.wave-canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return data.some((value) => value > 0);
        })()"""
        eventually(page, drawn)
        canvas, head = box(page, ".lanes-canvas"), box(page, ".lane-head")
        place = [(canvas["x"] + canvas["width"] * seconds / SECONDS, head["y"] + 14) for seconds in (4.0, 8.0)]
        page.drag(place[0], place[1])
        eventually(page, "document.querySelectorAll('.table-row').length === 1")
        deadline = time.monotonic() + 20
        while not app.regions() and time.monotonic() < deadline:
            time.sleep(0.05)
        (region,) = app.regions()
        assert (region["start"], region["end"]) == (pytest.approx(4.0, abs=0.1), pytest.approx(8.0, abs=0.1))
        page.open(f"{app.url}/page?theme=light&data={json.dumps(data)}")
        eventually(page, "document.querySelectorAll('.table-row').length === 1")
