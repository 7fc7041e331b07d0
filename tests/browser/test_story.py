"""The whole loop in a real browser, as three people, on a real MP3 and a real WAV.

The manager sets up, creates a project and uploads; the annotator asks the model, draws, corrects and submits; the
reviewer sends one region back; the annotator fixes it; the reviewer approves; the exported numbers are those drawn.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.settings import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "correct horse battery"
WEIGHTS = ROOT / ".cache" / "models" / "musicnn" / "musicnn-mtt.safetensors"


def sign_in(page: Page, url: str, username: str) -> None:
    page.goto(url)
    page.get_by_role("textbox", name="Username").fill(username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def set_up(page: Page, url: str, token: str) -> None:
    page.goto(url)
    page.get_by_role("textbox", name="Set-up token").fill(token)
    page.get_by_role("textbox", name="Your name").fill("Mia Manager")
    page.get_by_role("textbox", name="Username").fill("mia")
    page.get_by_role("textbox", name="Password", exact=True).fill(PASSWORD)
    page.get_by_role("textbox", name="Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create administrator").click()
    page.get_by_role("button", name="Sign out").wait_for()


def create_project(page: Page, name: str) -> None:
    page.get_by_role("button", name="New project").click()
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Create project").click()
    page.get_by_role("heading", name=name).wait_for()


def api(url: str, username: str) -> httpx.Client:
    client = httpx.Client(base_url=f"{url}/api/v1", timeout=60)
    client.post("/session", json={"username": username, "password": PASSWORD}).raise_for_status()
    return client


def add_people(manager: httpx.Client, project: str) -> None:
    for username, role in (("ann", "annotator"), ("rob", "reviewer")):
        user = {"username": username, "password": PASSWORD, "name": username.title()}
        manager.post("/users", json=user).raise_for_status()
        manager.put(f"/projects/{project}/members/{username}", json={"roles": [role]}).raise_for_status()


def drag(page: Page, lane: str, start: float, end: float, duration: float) -> None:
    """Drag on a lane from `start` to `end` seconds, with the whole recording in view."""
    canvas = page.locator(".lanes-canvas")
    box = canvas.bounding_box()
    head = page.locator(".lane-head", has_text=lane).bounding_box()
    assert box is not None
    assert head is not None
    y = head["y"] + 14
    page.mouse.move(box["x"] + box["width"] * start / duration, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (start + end) / 2 / duration, y, steps=4)
    page.mouse.move(box["x"] + box["width"] * end / duration, y, steps=4)
    page.mouse.up()


def seconds(text: str) -> float:
    minutes, rest = text.split(":")
    return int(minutes) * 60 + float(rest)


def shown_region(page: Page) -> tuple[float, float]:
    """Start and end in the panel of the selected region."""
    start = page.get_by_role("textbox", name="Start").input_value()
    return seconds(start), seconds(page.get_by_role("textbox", name="End").input_value())


def saved(page: Page) -> None:
    expect(page.locator(".save-status")).to_have_text("All changes saved", timeout=20_000)


def test_three_people_take_recordings_from_upload_to_validated_labels(
    served: Any, open_page: Callable[[], Page], tmp_path: Path
) -> None:
    random = np.random.default_rng(11)
    encode([synthesis.music(random, 12.0)[np.newaxis]], synthesis.RATE, tmp_path / "song.mp3", variable=True)
    encode([synthesis.speech(random, 8.0)[np.newaxis]], synthesis.RATE, tmp_path / "talk.wav")

    manager_page = open_page()
    set_up(manager_page, served.url, served.setup_token())
    create_project(manager_page, "First loop")
    manager = api(served.url, "mia")
    (project,) = manager.get("/projects").json()["items"]
    add_people(manager, project["id"])
    assert WEIGHTS.exists(), "bin/test fetches musicnn's weights; without them this story has no model"
    (model,) = [one for one in manager.get("/models").json()["items"] if one["name"] == "musicnn"]
    link = {"threshold": 0.05, "add_labels": ["techno", "electronic", "guitar", "ambient"]}
    manager.put(f"/projects/{project['id']}/models/{model['id']}", json=link).raise_for_status()

    manager_page.get_by_role("tab", name="Recordings").click()
    files = [str(tmp_path / "song.mp3"), str(tmp_path / "talk.wav")]
    manager_page.locator(".upload-drop input").set_input_files(files)
    expect(manager_page.locator(".upload p")).to_have_text("2 of 2 uploaded", timeout=60_000)
    for _ in range(200):
        if manager.get(f"/projects/{project['id']}/recordings?state=ready").json()["total"] == 2:
            break
        manager_page.wait_for_timeout(200)
    assert manager.get(f"/projects/{project['id']}/tasks").json()["total"] == 2

    annotator = open_page()
    sign_in(annotator, served.url, "ann")
    annotator.get_by_role("link", name="Annotate").click()
    annotator.locator(".lanes-canvas").wait_for()
    drawn: dict[str, tuple[float, float]] = {}
    corrected = (0.0, 0.0)
    for number in range(2):
        name = annotator.locator("h3").first.inner_text()
        duration = 12.0 if name == "song.mp3" else 8.0
        expect(annotator.locator(".toolbar .muted").first).to_contain_text(f"/ 0:{int(duration):02d}.000")
        if name == "song.mp3":
            annotator.get_by_role("button", name="Predict").click()
            annotator.get_by_role("button", name="Accept", exact=False).first.wait_for(timeout=90_000)
            annotator.get_by_role("grid", name="Regions").get_by_role("row").nth(1).click()
            annotator.keyboard.press("a")
            annotator.keyboard.press("Shift+]")
            corrected = shown_region(annotator)
            saved(annotator)
        drag(annotator, "Speech", 1.0, 3.0, duration)
        annotator.keyboard.press("]")
        annotator.keyboard.press(".")
        drawn[name] = shown_region(annotator)
        assert drawn[name][0] == pytest.approx(1.01, abs=0.05)
        saved(annotator)
        annotator.keyboard.press("Control+Enter")
        if number == 0:
            annotator.locator("h3").first.get_by_text(name).wait_for(state="detached", timeout=30_000)
    annotator.get_by_text("All done").wait_for()

    reviewer = open_page()
    sign_in(reviewer, served.url, "rob")
    reviewer.get_by_role("link", name="Review").click()
    reviewer.locator(".lanes-canvas").wait_for()
    sent_back = reviewer.locator("h3").first.inner_text()
    rows = reviewer.get_by_role("grid", name="Regions").get_by_role("row")
    rows.filter(has_text="Speech").click()
    reviewer.keyboard.press("x")
    reviewer.get_by_role("textbox", name="Feedback on the region").fill("It ends later.")
    reviewer.get_by_role("button", name="Send back").click()
    reviewer.locator("h3").first.get_by_text(sent_back).wait_for(state="detached")
    reviewer.locator(".lanes-canvas").wait_for()
    reviewer.get_by_role("button", name="Approve").click()
    reviewer.get_by_text("Nothing to review").wait_for()

    annotator.goto(f"{served.url}/annotate")
    expect(annotator.locator(".banner:not(.standing)")).to_contain_text("sent this back")
    expect(annotator.locator("h3").first).to_have_text(sent_back)
    annotator.get_by_role("grid", name="Regions").get_by_role("row").filter(has_text="Speech").click()
    expect(annotator.locator(".feedback")).to_contain_text("It ends later.")
    annotator.get_by_role("textbox", name="End").fill("0:04.250")
    annotator.get_by_role("textbox", name="End").press("Enter")
    drawn[sent_back] = (drawn[sent_back][0], 4.25)
    saved(annotator)
    annotator.get_by_role("button", name="Submit", exact=True).click()
    annotator.get_by_text("All done").wait_for()

    reviewer.goto(f"{served.url}/review")
    reviewer.locator(".lanes-canvas").wait_for()
    expect(reviewer.get_by_text("Earlier reviews")).to_be_visible()
    reviewer.get_by_role("button", name="Approve").click()
    reviewer.get_by_text("Nothing to review").wait_for()

    manager_page.goto(f"{served.url}/project")
    manager_page.get_by_text("2 of 2 approved").wait_for()
    manager_page.get_by_role("tab", name="Export").click()
    manager_page.get_by_role("combobox", name="Which annotations").click()
    manager_page.get_by_role("option", name="Ground truth").click()
    download = manager_page.get_by_role("link", name="Download")
    expect(download).to_have_attribute("href", re.compile("which=consensus"))
    exported = manager_page.request.get(f"{served.url}{download.get_attribute('href')}")
    frame = pd.read_csv(io.BytesIO(exported.body()))
    speech = frame[(frame["kind"] == "region") & (frame["label"] == "Speech")].set_index("recording")
    for name, (start, end) in drawn.items():
        assert speech.loc[name, "start"] == pytest.approx(start, abs=0.001)
        assert speech.loc[name, "end"] == pytest.approx(end, abs=0.001)
    (accepted,) = frame[frame["origin"] == "model"].to_dict("records")
    assert (accepted["model"], accepted["recording"]) == ("musicnn", "song.mp3")
    assert (accepted["start"], accepted["end"]) == pytest.approx(corrected, abs=0.001)


def test_signing_out_in_one_tab_ends_the_other_at_its_next_action(served: Any, open_page: Callable[[], Page]) -> None:
    page = open_page()
    set_up(page, served.url, served.setup_token())
    other = page.context.new_page()
    other.goto(f"{served.url}/account")
    other.get_by_role("heading", name="Account").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    other.get_by_role("link", name="People").click()
    other.get_by_role("button", name="Sign in").wait_for()


def test_a_deep_link_survives_signing_in(served: Any, open_page: Callable[[], Page]) -> None:
    page = open_page()
    set_up(page, served.url, served.setup_token())
    stranger = open_page()
    stranger.goto(f"{served.url}/account")
    stranger.get_by_role("textbox", name="Username").fill("mia")
    stranger.get_by_role("textbox", name="Password").fill(PASSWORD)
    stranger.get_by_role("button", name="Sign in").click()
    stranger.get_by_role("heading", name="Account").wait_for()
    assert stranger.url.endswith("/account")
