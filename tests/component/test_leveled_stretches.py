"""The small players of found stretches: leveled by the same rule as the editor, and switched together."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from test_listening import TAP

pytestmark = pytest.mark.browser

LOUD = {"loudness": -6.0, "peak": [-3.0, -3.0]}
OTHER = {"loudness": -30.0, "peak": [-12.0, -12.0]}
ANOTHER = """(data) => {
  const place = document.body.appendChild(document.createElement("div"));
  place.id = "another";
  window.show(data, place);
}"""


def test_a_stretch_is_played_as_loud_as_wanted_until_leveling_is_switched_off_for_all(
    browser: Browser, app: Any
) -> None:
    page = browser.new_page(viewport={"width": 500, "height": 400})
    page.add_init_script(TAP)
    one = {
        "mode": "stretch", "api": "/api/v1", "task": "t1", "start": 4.0, "stop": 4.9, "says": "tone.wav", "me": "rob",
        "measured": LOUD, "preferences": {"leveling": "on", "loudness": -23.0},
    }  # fmt: skip
    try:
        page.goto(f"{app.url}/page?data={json.dumps(one)}")
        first = page.locator("#shadow .leveling")
        expect(first).to_have_text("Leveled −17.0 dB")
        page.evaluate(ANOTHER, {**one, "measured": OTHER})
        second = page.locator("#another .leveling")
        expect(second).to_have_text("Leveled +7.0 dB")
        page.locator("#shadow audio").evaluate("audio => audio.play()")
        page.wait_for_function("window.heard && window.loudness() > 0.01")
        assert page.locator("#shadow audio").evaluate("audio => audio.currentTime") >= 4.0
        quiet = page.evaluate("window.loudness()")
        with page.expect_response(lambda one: one.request.method == "PUT" and "/me/preferences" in one.url):
            second.click()
        expect(first).to_have_text("Not leveled")
        page.locator("#shadow audio").evaluate("audio => { audio.currentTime = 4; return audio.play(); }")
        page.wait_for_function("(quiet) => window.loudness() > 5 * quiet", arg=quiet)
        assert app.preferences["leveling"] == "off"
    finally:
        page.close()
