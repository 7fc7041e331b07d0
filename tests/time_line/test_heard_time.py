"""What browsers play after a seek is what the time line says is there, within 5 ms, for every kind of file.

Each recording is unrepeating noise. What sounds after a seek is found by cross-correlation in the decoded samples of
the original: the line that waveform, regions, models and exports use. Two measurements: the first sample that sounds is
the one sought, exact to a sample; or, where a decoder is silent at first (MP3 with a variable bit rate needs the frames
before, which Chromium does not fetch), what sounds is where the element's clock is, relative to the same reading of WAV
in the same run, which takes away the constant delay of the reading itself (about 8 ms, read every 20 ms).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.time_line.conftest import position
from tests.time_line.firefox import FIREFOX, PULSEAUDIO, running_firefox
from tests.time_line.kinds import CONTEXT_RATE, FORMATS, SECONDS

TOLERANCE = 0.005
SEEKS = 8
COUNT = 16_384
BASELINE = "WAV, 16 bits"

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.slow, pytest.mark.timeout(900)]

Evaluate = Callable[[str], Any]
Readings = dict[str, list[tuple[float, float]]]
Errors = dict[str, list[float]]


def seeks() -> list[float]:
    return [0.0, *np.round(np.random.default_rng(3).uniform(0.2, SECONDS - 3.0, SEEKS - 2), 3).tolist(), 0.0]


def measured(evaluate: Evaluate, line: np.ndarray, seconds: float) -> tuple[float, float]:
    """(first sound − sought time, sound − clock) in seconds."""
    heard = evaluate(f"hear({seconds}, {COUNT})")
    later = COUNT // 2  # codecs may fade in
    first = position(heard["samples"][later:], line, seconds) - later / CONTEXT_RATE
    behind = [first + until / CONTEXT_RATE - clock for until, clock in heard["clock"] if until > 3000]
    return first - seconds, float(np.median(behind))


def read(evaluate: Evaluate, title: str, place: dict[str, Any]) -> list[tuple[float, float]]:
    """Open a recording in a page and listen after each seek."""
    duration = evaluate(f"open('{place['url']}')")
    assert duration == pytest.approx(place["duration"], abs=0.06), title
    return [measured(evaluate, place["line"], at) for at in seeks()]


def errors_of(readings: Readings) -> Errors:
    """Seconds by which each seek was played elsewhere than it is drawn."""
    delay = float(np.median([clock for _, clock in readings[BASELINE]]))
    return {title: [min(first, clock - delay, key=abs) for first, clock in found] for title, found in readings.items()}


def too_far(listen: Callable[[str], list[tuple[float, float]]]) -> Errors:
    """The kinds of files that are played elsewhere than they are drawn, with their errors in seconds.

    A busy machine disturbs a reading now and then; a wrong time line disturbs all of them. So what was off is listened
    to again, up to twice, and each seek counts with its best reading.
    """
    readings = {title: listen(title) for title in FORMATS}
    errors = errors_of(readings)
    for _ in range(2):
        for title in _beyond(errors):
            again = errors_of({BASELINE: readings[BASELINE], title: listen(title)})[title]
            errors[title] = [min(pair, key=abs) for pair in zip(errors[title], again, strict=True)]
    for title, found in errors.items():
        print(f"{title:34} {1000 * min(found):+6.2f} … {1000 * max(found):+6.2f} ms")
    return {title: errors[title] for title in _beyond(errors)}


def _beyond(errors: Errors) -> list[str]:
    return [title for title, found in errors.items() if max(map(abs, found)) > TOLERANCE]


def test_chromium_plays_what_is_drawn(listening: dict[str, Any], browser: Browser) -> None:
    context = browser.new_context()
    name, value = listening["cookie"]
    context.add_cookies([{"name": name, "value": value, "url": listening["address"]}])

    def listen(title: str) -> list[tuple[float, float]]:
        page = context.new_page()
        page.goto(f"{listening['address']}/page")
        found = read(page.evaluate, title, listening["places"][title])
        page.close()
        return found

    assert too_far(listen) == {}
    context.close()


def test_firefox_plays_what_is_drawn(listening: dict[str, Any], tmp_path: Path) -> None:
    if FIREFOX is None or PULSEAUDIO is None:
        pytest.skip("SKIPPED Firefox: firefox-esr and pulseaudio are not installed")
    name, value = listening["cookie"]
    with running_firefox(tmp_path) as firefox:
        print(f"Firefox {firefox.version}")

        def listen(title: str) -> list[tuple[float, float]]:
            page = firefox.new_page()
            page.open(f"{listening['address']}/page")
            page.evaluate(f"void (document.cookie = '{name}={value}')")
            found = read(page.evaluate, title, listening["places"][title])
            page.close()
            return found

        assert too_far(listen) == {}
