"""What Chromium plays after a seek is what the time line says is there, within 5 ms, for every kind of file.

Each recording is unrepeating noise. What sounds after a seek is found by cross-correlation in the decoded samples of
the original: the line that waveform, regions, models and exports use. Two measurements: the first sample that sounds is
the one sought, exact to a sample; or, where a decoder is silent at first (MP3 with a variable bit rate needs the frames
before, which Chromium does not fetch), what sounds is where the element's clock is, relative to the same reading of WAV
in the same run, which takes away the constant delay of the reading itself (about 8 ms, read every 20 ms).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.time_line.conftest import CONTEXT_RATE, FORMATS, SECONDS, position

TOLERANCE = 0.005
SEEKS = 8
COUNT = 16_384
BASELINE = "WAV, 16 bits"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def seeks() -> list[float]:
    return [0.0, *np.round(np.random.default_rng(3).uniform(0.2, SECONDS - 3.0, SEEKS - 2), 3).tolist(), 0.0]


def measured(page: Page, line: np.ndarray, seconds: float) -> tuple[float, float]:
    """(first sound − sought time, sound − clock) in seconds."""
    heard = page.evaluate("([at, count]) => hear(at, count)", [seconds, COUNT])
    later = COUNT // 2  # codecs may fade in
    first = position(heard["samples"][later:], line, seconds) - later / CONTEXT_RATE
    behind = [first + until / CONTEXT_RATE - clock for until, clock in heard["clock"] if until > 3000]
    return first - seconds, float(np.median(behind))


def test_chromium_plays_what_is_drawn(listening: dict[str, Any], browser: Browser) -> None:
    context = browser.new_context()
    name, value = listening["cookie"]
    context.add_cookies([{"name": name, "value": value, "url": listening["address"]}])
    readings: dict[str, list[tuple[float, float]]] = {}
    for title, place in listening["places"].items():
        page = context.new_page()
        page.goto(f"{listening['address']}/page")
        duration = page.evaluate("url => open(url)", place["url"])
        assert duration == pytest.approx(place["duration"], abs=0.06), title
        readings[title] = [measured(page, place["line"], at) for at in seeks()]
        page.close()
    context.close()
    assert set(readings) == set(FORMATS)
    delay = float(np.median([clock for _, clock in readings[BASELINE]]))
    errors = {
        title: [min(first, clock - delay, key=abs) for first, clock in found] for title, found in readings.items()
    }
    for title, found in errors.items():
        print(f"{title:34} {1000 * min(found):+6.2f} … {1000 * max(found):+6.2f} ms")
    assert {title: found for title, found in errors.items() if max(map(abs, found)) > TOLERANCE} == {}
