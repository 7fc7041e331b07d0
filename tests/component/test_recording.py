"""Recording from the microphone into a project: Chromium with a microphone that beeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from chromium_program import CHROMIUM
from editor_tab import PATIENCE
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

FAKE = ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def beeping(browser: Browser) -> Iterator[Browser]:
    """A browser with a microphone that beeps once a second, which every page may use."""
    launched = browser.browser_type.launch(executable_path=CHROMIUM, args=FAKE)
    yield launched
    launched.close()


def upload_area(browser: Browser, app: Any) -> Page:
    page = browser.new_context(locale="en-US").new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(f"{app.url}/page?data={json.dumps({'mode': 'upload', 'project': '1', 'api': '/api/v1'})}")
    return page


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def test_what_was_recorded_is_heard_named_and_uploaded_like_a_file(beeping: Browser, app: Any, tmp_path: Path) -> None:
    page = upload_area(beeping, app)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    button(page, "Record from the microphone…").click()
    button(page, "Record").click()
    assert any("chunk-" in one for one in loaded), "the recorder is fetched only when it is wanted"
    page.wait_for_function("document.querySelector('.recorder meter').value > 0.3")
    button(page, "Pause").click()
    expect(button(page, "Go on")).to_be_visible()
    paused = page.locator(".recorder .clock").inner_text()
    page.wait_for_timeout(400)
    assert page.locator(".recorder .clock").inner_text() == paused
    button(page, "Go on").click()
    page.wait_for_function(f"document.querySelector('.recorder .clock').textContent > '{paused}'")
    page.wait_for_timeout(1200)
    button(page, "Stop").click()
    button(page, "Listen").click()
    page.wait_for_function("document.querySelector('.recorder .clock').textContent > '0:00.200'")
    page.get_by_label("Name of the recording").fill("Street: noon")
    button(page, "Add to the project").click()
    page.get_by_text("1 of 1 uploaded").wait_for()
    assert list(app.uploaded) == ["Street- noon.webm"]
    expect(button(page, "Record")).to_be_focused()
    file = tmp_path / "recorded.webm"
    file.write_bytes(app.uploaded["Street- noon.webm"])
    resampler = av.AudioResampler(format="s16", layout="mono", rate=8000)
    with av.open(str(file)) as media:
        parts = [part.to_ndarray().ravel() for frame in media.decode(audio=0) for part in resampler.resample(frame)]
    heard = np.concatenate(parts)
    assert len(heard) > 8000, "more than a second"
    assert heard.max() > 3000, "the beep is in it"
    page.context.close()


def test_what_was_recorded_can_be_discarded_and_nothing_is_sent(beeping: Browser, app: Any) -> None:
    page = upload_area(beeping, app)
    button(page, "Record from the microphone…").click()
    button(page, "Record").click()
    page.wait_for_function("document.querySelector('.recorder .clock').textContent > '0:00.300'")
    button(page, "Stop").click()
    button(page, "Discard").click()
    expect(page.locator(".recorder .clock")).to_have_text("0:00.000")
    expect(button(page, "Record")).to_be_visible()
    assert app.uploaded == {}
    page.context.close()


def test_a_microphone_that_may_not_be_used_is_told(browser: Browser, app: Any) -> None:
    page = upload_area(browser, app)
    page.evaluate(
        """() => { navigator.mediaDevices.getUserMedia = async () => {
            throw new DOMException("Permission denied", "NotAllowedError"); }; }"""
    )
    button(page, "Record from the microphone…").click()
    button(page, "Record").click()
    expect(page.get_by_role("alert")).to_contain_text("The browser may not use the microphone.")
    expect(button(page, "Record")).to_be_enabled()
    page.context.close()
