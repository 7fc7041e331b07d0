"""The three guided tours of the demo, followed by a newcomer in Chromium who does what each step says.

Prints a line of JSON for each: the seconds it took by the clock, words read, actions taken, seconds of sound heard.
Goal (docs/tour.md): five minutes each. A screenshot of the end of each goes to the folder named as argument, if any;
further arguments choose roles.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks.newcomer import LIMIT, Newcomer

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Follow all three, the annotator's first: the reviewer then has their work too."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    chosen = sys.argv[2:]
    with tempfile.TemporaryDirectory() as data, demo(Path(data)) as (url, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for role, follow in (("annotator", annotating), ("reviewer", reviewing), ("manager", managing)):
            if chosen and role not in chosen:
                continue
            somebody = Newcomer(sign_in(browser, url, f"demo-{role}", password))
            somebody.begin()
            try:
                follow(somebody)
                somebody.step("That was the tour.")
            finally:
                if folder is not None:
                    folder.mkdir(parents=True, exist_ok=True)
                    somebody.page.screenshot(path=str(folder / f"{role}.png"))
            row = {
                "tour": role,
                "seconds": round(somebody.seconds),
                "words": somebody.words,
                "actions": somebody.actions,
                "heard_s": round(somebody.heard),
            }
            print(json.dumps(row), flush=True)
        browser.close()


def annotating(one: Newcomer) -> None:
    """A region drawn and corrected, a suggestion accepted, the task handed in, a remark answered."""
    page = one.page
    lanes = page.locator(".lanes-canvas")
    one.step("Open a task")
    one.show_me(lanes)
    one.step("Mark a sound")
    one.listen(12.0)
    box = box_of(lanes)
    middle = box["y"] + box["height"] - 22.0  # the last lane: music, where the model has answered by now
    left, right = box["x"] + 0.25 * box["width"], box["x"] + 0.5 * box["width"]
    one.drag((left, middle), (right, middle))
    one.step("Correct it")
    one.drag((right - 1.0, middle), (right + 40.0, middle))
    one.step("Decide on a suggestion")
    accept = page.get_by_role("button", name=re.compile(r"^Accept \d"))
    if not accept.count():
        one.click(page.get_by_role("button", name="Predict"))
        accept.wait_for(timeout=LIMIT)
    one.press("n")
    one.listen(6.0)
    one.press("a")
    one.step("Hand it in")
    one.click(page.get_by_role("button", name="Submit"))
    one.step("Answer a remark")
    one.show_me(page.locator(".banner:not(.standing)"))
    one.click(page.get_by_role("grid", name="Regions").get_by_role("row").filter(has_text="sent back"))
    one.listen(9.0)
    one.press(",", ",")
    one.click(page.get_by_role("button", name="Submit"))
    one.step("See where you stand")
    one.show_me(page.get_by_role("heading", name="Dashboard"))


def reviewing(one: Newcomer) -> None:
    """One sent back with a word, one approved, a ground truth written, a region of one label judged."""
    page = one.page
    one.step("Open a review")
    one.show_me(page.get_by_role("button", name="Send back"))
    one.step("Send a region back")
    one.listen(12.0)
    one.click(page.get_by_role("grid", name="Regions").get_by_role("row").nth(1))
    one.press("x")
    one.click(page.locator("textarea"))
    one.type("The siren ends earlier.")
    one.click(page.get_by_role("button", name="Send back"))
    one.step("Approve another")
    one.listen(12.0)
    one.click(page.get_by_role("button", name="Approve"))
    one.step("Write the ground truth")
    one.press("n")
    one.listen(6.0)
    one.press("2")
    one.click(page.get_by_role("button", name="Approve"))
    one.step("Judge many of one label")
    one.show_me(page.get_by_text("of one label").last)
    page.wait_for_timeout(3000)
    one.press("y")
    one.step("See who differs, and where")
    one.show_me(page.get_by_text("Krippendorff"))


def managing(one: Newcomer) -> None:
    """A label, a task given, a model's threshold, the agreement, an export, a release, a project."""
    page = one.page
    dialog = page.get_by_role("dialog")
    table = page.locator("[data-testid=stDataFrame]:visible canvas").first
    one.step("Look over the project")
    one.show_me(page.get_by_role("tab", name="Labels"))
    one.step("Change the label set")
    one.show_me(page.get_by_role("button", name="Save labels"))
    page.wait_for_timeout(1500)
    box = box_of(table)
    one.click_at(box["x"] + 90.0, box["y"] + box["height"] - 20.0)
    one.type("Bird")
    one.press("Enter")
    one.click(page.get_by_role("button", name="Save labels"))
    one.step("Give a task to somebody")
    one.show_me(page.get_by_text(re.compile(r"^\d+ of \d+ approved$")))
    page.wait_for_timeout(1500)
    box = box_of(table)
    one.click_at(box["x"] + 18.0, box["y"] + 5.5 * 33.0)
    one.click(page.get_by_role("button", name="Assign or release"))
    one.click(dialog.get_by_role("combobox"))
    one.click(page.get_by_role("option"))
    one.press("Tab")
    one.click(dialog.get_by_role("button", name="Assign 1 task"))
    one.step("Set how a model helps")
    one.show_me(page.get_by_role("button", name="Labels and scores"))
    one.click(page.get_by_role("button", name="Labels and scores"))
    box = box_of(dialog.get_by_role("slider"))
    knob = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    one.drag(knob, (knob[0] + 150.0, knob[1]))
    one.click(dialog.get_by_role("button", name="Save"))
    one.step("See how far people agree")
    one.show_me(page.get_by_text("Krippendorff"))
    one.step("Export")
    one.show_me(page.get_by_text("Does not carry"))
    one.click(page.get_by_role("combobox", name="Format"))
    one.click(page.get_by_role("option", name="Audacity"))
    one.click(page.get_by_test_id("stMain").get_by_text("Download", exact=True))
    one.step("Make a release")
    one.show_me(page.get_by_text("New release", exact=True).last)
    one.click(page.get_by_text("New release", exact=True).last)
    one.click(page.get_by_role("textbox", name="Version"))
    one.type("1.0")
    one.click(page.get_by_role("button", name="Make the release"))
    one.step("Begin one of your own")
    one.show_me(page.get_by_role("button", name="New project"))
    one.click(page.get_by_role("button", name="New project"))
    one.click(dialog.get_by_role("button", name="Try it with sample recordings"))


def box_of(target: Locator) -> dict[str, float]:
    """Where something is on the page, in pixels."""
    target.first.wait_for(timeout=LIMIT)
    found = target.first.bounding_box()
    assert found is not None
    return dict(found)  # type: ignore[arg-type]


def sign_in(browser: Browser, url: str, username: str, password: str) -> Page:
    """The dashboard of an account of the demo."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(url)
    page.get_by_role("textbox", name="Username").fill(username)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Dashboard").wait_for(timeout=LIMIT)
    return page


@contextmanager
def demo(data: Path) -> Iterator[tuple[str, str]]:
    """The demo being served, as `bin/run --demo` does it; its address and password."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(ROOT / "bin" / "run"), "--demo", "--port", str(port), "--data", str(data / "data")]
    console = data / "console"
    with console.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        while "Password of each: " not in (text := console.read_text()):
            if process.poll() is not None:
                raise SystemExit(text)
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", text.split("Password of each: ")[1].split()[0]
    finally:
        process.terminate()
        process.wait(timeout=30)


if __name__ == "__main__":
    main()
