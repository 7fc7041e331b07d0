"""A manager and the bundled model in a real browser: started, tried out, its log read while it grows, and stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from test_story import WEIGHTS, api, create_project, set_up

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.inference.model_logs import BoundedLog, log_path

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def upload(page: Page, url: str, file: Path) -> None:
    """Upload a recording on the project page and wait until it has been read."""
    page.get_by_role("tab", name="Recordings").click()
    page.locator(".upload-drop input").set_input_files([str(file)])
    client = api(url, "mia")
    (project,) = client.get("/projects").json()["items"]
    for _ in range(200):
        if client.get(f"/projects/{project['id']}/recordings?state=ready").json()["total"]:
            return
        page.wait_for_timeout(200)
    raise AssertionError("the recording was not read")


def mistakes_are_told_while_the_file_is_written(page: Page) -> None:
    """Type into the editor of a new model without ever leaving the field."""
    page.get_by_role("button", name="Declare a model").click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_role("textbox", name="YAML")
    field.press("Control+End")
    field.press_sequentially("colour: green")
    expect(dialog).to_contain_text("Line 6, column 1: The key 'colour' is not known here.")
    expect(field).to_be_focused()
    field.press("Shift+Home")
    field.press("Delete")
    expect(dialog).to_contain_text("Valid: my-model, version 1.")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")


def a_file_fills_the_editor(page: Page) -> None:
    """Choose a YAML file; a real upload, which only a browser does."""
    page.get_by_role("button", name="Declare a model").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Upload a file").click()
    file = {"name": "horn.yaml", "mimeType": "application/yaml", "buffer": b"image: lab/horn:2\nversion: '2'\n"}
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog.get_by_role("textbox", name="YAML")).to_have_value("image: lab/horn:2\nversion: '2'\n")
    expect(dialog).to_contain_text("Valid: horn, version 2.")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")


def test_a_manager_starts_a_model_tries_it_out_reads_its_log_and_stops_it(
    served: Any, open_page: Callable[[], Page], tmp_path: Path
) -> None:
    assert WEIGHTS.exists(), "bin/test fetches musicnn's weights; without them this story has no model"
    encode([synthesis.music(np.random.default_rng(5), 12.0)[np.newaxis]], synthesis.RATE, tmp_path / "song.wav")
    page = open_page()
    set_up(page, served.url, served.setup_token())
    create_project(page, "Trials")
    upload(page, served.url, tmp_path / "song.wav")

    page.get_by_role("link", name="Models").click()
    mistakes_are_told_while_the_file_is_written(page)
    a_file_fills_the_editor(page)
    card = page.locator("[class*=st-key-model-card]", has=page.get_by_role("heading", name="musicnn"))
    expect(card).to_contain_text("Stopped")
    card.get_by_role("button", name="Start").click()

    card.get_by_role("button", name="Logs").click()
    log = page.get_by_role("dialog")
    BoundedLog(log_path(served.data / "model-logs", "musicnn")).write(b"weights are loaded\n")
    expect(log).to_contain_text("weights are loaded")
    expect(card).to_contain_text("Ready", timeout=90_000)
    expect(log).to_contain_text("weights are loaded")  # the card looked again, and the dialog stayed
    page.keyboard.press("Escape")
    log.wait_for(state="detached")
    expect(card).to_contain_text("Memory")

    card.get_by_role("button", name="Try it out").click()
    page.get_by_role("heading", name="Try musicnn out").wait_for()
    page.get_by_role("spinbutton", name="Length (s)").fill("6")
    page.get_by_role("spinbutton", name="Length (s)").press("Enter")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("heading", name="song.wav, 0 – 6 s").wait_for(timeout=90_000)
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    page.get_by_text("As the model answered").click()
    expect(page.get_by_test_id("stJson")).to_contain_text("regions")

    page.get_by_role("button", name="Back to the models").click()
    card.get_by_role("button", name="Stop").click()
    expect(card).to_contain_text("Stopped", timeout=30_000)
    card.get_by_text("Latest predictions").click()
    expect(card).to_contain_text("None yet in the projects that you manage.")  # a trial is no prediction
