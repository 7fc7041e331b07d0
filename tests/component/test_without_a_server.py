"""The editor that is handed everything by Python: it draws what the one with a server draws, and sends documents."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import soundfile
from fake_labelbuddy import FakeLabelBuddy
from fake_values import empty_document
from playwright.sync_api import Browser, Page
from tone import RATE, SECONDS

from labelbuddy_core.audio import spectrogram

pytestmark = pytest.mark.browser

PIXELS = """() => {
  const canvas = document.querySelector(".spectrogram-canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.width, canvas.height, [...data.filter((_, index) => index % 4 === 0)]];
}"""
GRAY = json.dumps({"scale": "mel", "palette": "gray", "low": -110, "high": 0, "shown": True, "height": 132})


def handed_over(app: FakeLabelBuddy, **more: Any) -> dict[str, Any]:
    """What Python hands over for the recording that the fake server has."""
    app.files = {
        "audio": ("audio/wav", app.audio),
        "samples": ("audio/wav", app.audio),
        "peaks": ("application/octet-stream", app.peaks),
        "document": ("application/json", json.dumps(empty_document()).encode()),
        "none": ("application/json", b"[]"),
    }
    addresses = {name: f"/files/{name}" for name in ("audio", "samples", "peaks")}
    frames = app.samples.shape[1]
    sound = {"name": "tone.wav", "sample_rate": RATE, "channels": 1, "frames": frames, "samples_offset": 44}
    controls = dict.fromkeys(("regions", "points", "tags", "caption", "transcript", "answers"), True)
    return {
        "mode": "embedded",
        "identity": "one",
        "recording": "editor:tone",
        "base": "empty",
        "sound": {**sound, "warning": None, "spectrogram": spectrogram.describe(RATE, frames)},
        "labels": app.labels,
        "controls": controls,
        "instructions": "",
        "files": {**addresses, "analysis": None, "spectrogram": None},
        "analyzing": False,
        "document": "/files/document",
        "predictions": "/files/none",
        "readonly": False,
        "language": "en",
        "received": None,
        **more,
    }


@pytest.fixture
def open_page(browser: Browser, app: FakeLabelBuddy):
    """Opens a page with an editor that is handed this; what it sends is in `window.sent`."""
    contexts: list[Any] = []

    def make(data: dict[str, Any], routes: dict[str, Any] | None = None) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1200, "height": 900}))
        page = contexts[-1].new_page()
        for address, answer in (routes or {}).items():
            page.route(address, answer)
        page.add_init_script(f"localStorage.setItem('labelbuddy:spectrogram', {json.dumps(GRAY)})")
        page.goto(f"{app.url}/page?data={quote(json.dumps(data))}")
        page.locator(".lb-editor:not([aria-busy])").wait_for()
        page.wait_for_timeout(1500)
        return page

    yield make
    for context in contexts:
        context.close()


def pixels(page: Page) -> np.ndarray:
    page.evaluate("() => document.querySelector('.lb-editor').blur()")
    width, height, values = page.evaluate(PIXELS)
    return np.array(values).reshape(height, width)


@pytest.mark.parametrize("zoom", [0, 4])
def test_its_spectrogram_looks_like_the_servers(app: FakeLabelBuddy, open_page, zoom: int) -> None:
    drawn = []
    for data in ({"mode": "annotate", "task": "t1", "project": "1", "api": "/api/v1"}, handed_over(app)):
        page = open_page(data)
        for _ in range(zoom):
            page.get_by_label("Zoom in", exact=True).click()
        page.wait_for_timeout(1500)
        drawn.append(pixels(page))
    served, made = drawn
    assert served.shape == made.shape
    assert served.std() > 20  # there is something to see
    assert abs(served - made).mean() < 4  # the server's pictures are lossy
    assert np.corrcoef(served.ravel(), made.ravel())[0, 1] > 0.99


def test_a_drag_sends_the_document_and_waits_for_the_receipt(app: FakeLabelBuddy, open_page) -> None:
    data = handed_over(app)
    page = open_page(data)
    box = page.locator(".lanes-canvas").bounding_box()
    assert box
    at = lambda seconds: box["x"] + box["width"] * seconds / SECONDS  # noqa: E731
    page.mouse.move(at(4), box["y"] + 14)
    page.mouse.down()
    page.mouse.move(at(8), box["y"] + 14, steps=4)
    page.mouse.up()
    page.locator(".save-status.is-saving").wait_for()
    page.wait_for_function("window.states.length > 0")
    name, edited = page.evaluate("window.states.at(-1)")
    assert name == "document"
    assert edited["document"]["regions"][0]["start"] == pytest.approx(4.0, abs=0.05)
    receipt = {"client": edited["client"], "sequence": edited["sequence"], "problem": None}
    page.evaluate("data => window.show(data)", {**data, "received": receipt})
    page.locator(".save-status.is-saved").wait_for()


def test_why_python_does_not_take_a_document_is_said(app: FakeLabelBuddy, open_page) -> None:
    data = handed_over(app)
    page = open_page(data)
    page.locator(".lb-editor").focus()
    page.keyboard.press("t")
    page.wait_for_function("window.states.length > 0")
    _, edited = page.evaluate("window.states.at(-1)")
    receipt = {"client": edited["client"], "sequence": edited["sequence"], "problem": "The label is not in the set."}
    page.evaluate("data => window.show(data)", {**data, "received": receipt})
    page.locator(".notice", has_text="The label is not in the set.").wait_for()


def test_suggestions_and_the_second_look_come_later_without_opening_anew(app: FakeLabelBuddy, open_page) -> None:
    data = handed_over(app)
    page = open_page(data)
    page.locator(".lb-editor").evaluate("element => { element.dataset.mark = 'the same' }")
    app.predict([("s1", 2.0, 5.0, "speech", 0.9)])
    app.files["suggested"] = ("application/json", json.dumps(app.predictions).encode())
    found = {"onsets": [1.5], "beats": {"times": [0.5, 1.0], "positions": [1, 2], "tempo": 120, "meter": 2}}
    app.files["analysis"] = ("application/json", json.dumps(found).encode())
    files = {**data["files"], "analysis": "/files/analysis"}
    page.evaluate("data => window.show(data)", {**data, "predictions": "/files/suggested", "files": files})
    page.locator(".table-row").wait_for()
    page.locator(".lb-editor").focus()
    page.keyboard.press("Shift+t")
    page.wait_for_function("window.states.at(-1)?.[1].document.points.length === 2")
    assert page.locator(".lb-editor").get_attribute("data-mark") == "the same"


def test_a_call_that_streamlit_takes_back_does_not_end_what_a_later_one_shows(app: FakeLabelBuddy, open_page) -> None:
    data = handed_over(app)
    page = open_page(data)
    page.evaluate(
        "data => { window.show(data); const first = window.leave; window.show({ ...data, readonly: true }); first(); }",
        data,
    )
    assert page.locator(".lb-editor").count() == 1
    page.evaluate("window.leave()")
    page.evaluate("data => window.show({ ...data, identity: 'two' })", data)
    page.locator(".lb-editor:not([aria-busy])").wait_for()


def test_playing_goes_on_when_the_recording_was_missing_for_a_moment(app: FakeLabelBuddy, open_page) -> None:
    data = handed_over(app)
    target = io.BytesIO()
    silence = np.zeros((int(SECONDS) * 192_000, 8), np.int16)  # more than browsers fetch ahead
    soundfile.write(target, silence, 192_000, format="WAV")
    app.files["audio"] = ("audio/wav", target.getvalue())
    missing: list[str] = []

    def answer(route) -> None:
        if missing:
            missing.pop()
            route.fulfill(status=404, body="no such file")
        else:
            route.continue_()

    page = open_page(data, routes={"**/files/audio": answer})
    page.locator(".play").click()
    page.wait_for_function("document.querySelector('.clock').textContent > '0:00.500'")
    missing.append("once")
    page.locator(".lb-editor").focus()
    for _ in range(15):
        page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("document.querySelector('.clock').textContent > '0:17.000'", timeout=30_000)
    assert not missing
    assert page.locator(".toolbar .bad").inner_text() == ""
