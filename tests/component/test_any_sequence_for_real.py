"""Whatever two tabs do in whatever order to regions, tags, caption, beats, tiers and attributes, offline, reloaded and
killed: with the real API on SQLite, screens, journal and database end with the same document."""

from __future__ import annotations

import math
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

import pytest
import uvicorn
from editor_tab import Editor
from host_page import HOST_PAGE
from playwright.sync_api import Browser, BrowserContext
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from tone import tone

from labelbuddy_core.services import annotations, ingestion, projects, queues, revisions, uploads
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.sign_in import open_session
from labelbuddy_core.web.application import api
from labelbuddy_core.web.assets import FOLDER, asset
from labelbuddy_core.web.authentication import COOKIE
from labelbuddy_core.web.protection import Protection

pytestmark = pytest.mark.browser

COLUMNS = ("Label", "Start", "End", "Duration", "Text", "Mood")
"""Of the grid; it has more where boxes and tiers are used."""

SEEDS = (1, 2)
STEPS = 250
RELOAD_EVERY = 60
KILL_EVERY = 110
MOST_ROWS = 25
MOOD = {"id": "mood", "name": "Mood", "kind": "choice", "choices": ["calm", "wild"], "required": False}
LABELS = [{"name": "Speech", "attributes": [MOOD]}, {"name": "Music", "attributes": [MOOD]}, {"name": "Dog"}]
KEYS = (
    "ArrowDown", "ArrowUp", "BracketRight", "Shift+BracketLeft", "Period", "d", "m", "s", "1", "2", "3", "i", "o", "e",
    "Control+z", "Control+z", "Control+Shift+Z", "Control+a", "Escape", "Control+c", "Control+v", "Delete", "Home",
    "Shift+ArrowRight", "Shift+ArrowRight", "Shift+2", "t", "Alt+Equal", "Alt+Minus", "Shift+ArrowDown",
    "Shift+ArrowUp", "Control+Shift+ArrowDown", "Control+Shift+ArrowRight",
)  # fmt: skip
TAKEN_OVER = 40_000
"""Milliseconds: a journal is taken over 6 s after its tab has died, and sent when the server is tried again."""
NO_JOURNAL = "() => !Object.keys(localStorage).some((key) => key.includes(':journal:'))"
SHOWN = """() => ({
  tags: [...document.querySelectorAll(".chips .chip")].map((chip) => chip.textContent).sort(),
  caption: document.querySelector("[aria-label='Caption of the clip']").value,
  beats: document.querySelector(".beat-figures").textContent,
  tiers: [...document.querySelectorAll(".palette.tiers button")].map((one) => one.textContent),
})"""


@dataclass
class Real:
    """The application in this process, and a task of 20 s that somebody annotates."""

    url: str
    token: str
    actor: Actor
    project: str
    task: str

    def document(self) -> dict[str, Any]:
        """What the database has."""
        return annotations.get_mine(self.actor, self.task)["document"]


@pytest.fixture
def real(make_user: Callable[..., Actor], make_project: Callable[..., str]) -> Iterator[Real]:
    actor = make_user()
    project = make_project(managers=(actor,), annotators=(actor,))
    projects.update_project(actor, project, {"labels": LABELS, "lanes": "tiers", "tiers": ["Ada", "Ben"]})
    audio = tone()
    with uploads.begin_upload(actor, project, "tone", name="tone.wav", size=len(audio)) as incoming:
        incoming.write(audio)
    recording = uploads.finish_upload(actor, project, "tone", incoming)["recording"]
    assert ingestion.ingest_recording(int(recording["id"]), lambda _: None) == "ready"
    task = queues.next_task(actor, project)
    assert task is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = {path.suffix[1:]: path.name for path in FOLDER.glob("index-*")}
    routes = [
        Route("/page", lambda _: HTMLResponse(HOST_PAGE.format(**names))),
        Route("/lb-assets/{name}", asset),
        Mount("/api", app=api()),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Protection, policy="default-src 'self' 'unsafe-inline'")])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    token = open_session(actor.id, address="test", user_agent="test").token
    yield Real(f"http://127.0.0.1:{port}", token, actor, project, task)
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def context(browser: Browser, real: Real) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-US")
    made.add_cookies([{"name": COOKIE, "value": real.token, "url": real.url}])
    yield made
    made.close()


def opened(context: BrowserContext, real: Real) -> Editor:
    """The task in another tab."""
    page = context.new_page()
    page.set_default_timeout(20_000)
    data = f'{{"mode":"annotate","task":"{real.task}","project":"{real.project}","api":"/api/v1"}}'
    page.goto(f"{real.url}/page?data={data}")
    page.locator(".lb-editor:not([aria-busy])").wait_for()
    return Editor(page)


def reload(editor: Editor) -> None:
    editor.page.reload()
    editor.page.locator(".lb-editor:not([aria-busy])").wait_for()


def step(editor: Editor, dice: random.Random) -> None:
    """One edit, whichever comes."""
    page = editor.page
    match dice.choices(("key", "drag", "tag", "caption", "mood", "text", "tier"), (60, 12, 6, 6, 7, 5, 4))[0]:
        case "key":
            editor.press(dice.choice(KEYS))
        case "drag":
            start = dice.uniform(0, 17)
            editor.drag(0, start, start + dice.uniform(0.5, 2.5))
        case "tag":
            present = page.locator(".chips .chip button")
            if present.count() and dice.random() < 0.5:
                present.first.click()
            else:
                page.get_by_role("button", name="Add a tag for the whole clip").click(force=True)
                page.keyboard.type(dice.choice(("Speech", "Music", "Dog")))
                editor.press("Enter", "Escape")
        case "caption":
            page.get_by_label("Caption of the clip").fill(f"caption {dice.randrange(1000)}")
            editor.press("Escape")
        case "mood" if page.get_by_label("Mood").is_visible():
            page.get_by_label("Mood").select_option(dice.choice(("calm", "wild", "")))
        case "text" if page.get_by_label("Text of the region").is_visible():
            page.get_by_label("Text of the region").fill(f"text {dice.randrange(1000)}")
            editor.press("Escape")
        case "tier":
            page.get_by_role("button", name=dice.choice(("Add a tier", "Rename"))).click()
            page.keyboard.type(f"tier {dice.choice(ascii_lowercase)}")
            editor.press("Enter")
            if page.locator(".overlay").count():  # the name was taken
                editor.press("Escape")


def shown(editor: Editor) -> dict[str, Any]:
    """All that the screen says of the document: the grid has label, times, text, attributes of what it has room for.
    Beats are counted, for hundreds of them have no room there."""
    editor.page.add_style_tag(content=".table { height: 3000px !important }")
    which = editor.page.get_by_label("Which regions are listed")
    if which.locator("option", has_text="Only regions").count():
        which.select_option("Only regions")
        editor.page.locator(".lb-editor").focus()
    editor.press("Escape", "Escape", "Shift+G", "Escape")
    found = editor.page.evaluate(SHOWN)
    found["beats"] = (re.findall(r"(\d+) beat", found["beats"]) or ["0"])[-1]
    heads = editor.page.locator('[role="columnheader"]').all_text_contents()
    wanted = [next(place for place, head in enumerate(heads) if head.startswith(name)) for name in COLUMNS]
    return found | {"rows": sorted(tuple(row[place] for place in wanted) for row in editor.cells())}


def stored(document: dict[str, Any]) -> dict[str, Any]:
    """The same of the database, as far as it is not a matter of writing."""
    beats = [point for point in document["points"] if point["kind"] == "beat"]
    instants = [point for point in document["points"] if point["kind"] != "beat"]
    tiers = sorted(document["tiers"], key=lambda one: (one["position"], one["name"]))
    listed = [tier["name"] for tier in tiers] or ["Ada", "Ben"]
    used = sorted({one["tier"] for one in [*document["regions"], *instants] if one.get("tier")})
    return {
        "tags": sorted(tag["label"] for tag in document["tags"]),
        "caption": (document["caption"] or {"text": ""})["text"],
        "beats": str(len(beats)),
        "tiers": list(dict.fromkeys([*listed, *used])),  # what only regions name comes last
        "rows": sorted([row_of(region) for region in document["regions"]] + [instant_of(point) for point in instants]),
    }


def row_of(region: dict[str, Any]) -> tuple[str, str, str, str, str]:
    length = region["end"] - region["start"]
    return region["label"], clock(region["start"]), f"{length:.3f}", region.get("text") or "", mood_of(region)


def instant_of(point: dict[str, Any]) -> tuple[str, str, str, str, str]:
    return point["label"], clock(point["time"]), "", "", mood_of(point)


def mood_of(item: dict[str, Any]) -> str:
    return item.get("attributes", {}).get("mood") or ""


def clock(seconds: float) -> str:
    """A time below a minute as the editor shows it, rounded as JavaScript rounds."""
    return f"0:{math.floor(seconds * 1000 + 0.5) / 1000:06.3f}"


def comparable(screen: dict[str, Any]) -> dict[str, Any]:
    """What is on the screen in the form of `stored`."""
    return {
        "tags": sorted(tag.lower() for tag in screen["tags"]),
        "caption": screen["caption"],
        "beats": screen["beats"],
        "tiers": [tier.rstrip("0123456789") for tier in screen["tiers"]],  # without the count
        "rows": sorted((row[0].lower(), row[1], row[3], row[4], row[5]) for row in screen["rows"]),
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_two_tabs_and_the_database_end_with_one_document(real: Real, context: BrowserContext, seed: int) -> None:
    dice = random.Random(seed)
    tabs = [opened(context, real), opened(context, real)]
    editor, online = tabs[1], True
    for number in range(STEPS):
        if dice.random() < 0.1:
            editor = dice.choice(tabs)
            editor.page.bring_to_front()  # hidden tabs draw nothing, and a drag waits for that
        if number % RELOAD_EVERY == RELOAD_EVERY // 2:
            context.set_offline(not (online := True))
            reload(editor)
        elif number % KILL_EVERY == KILL_EVERY - 1:
            context.set_offline(not (online := True))
            tabs[0].kill()
            for dead in tabs:
                dead.page.close()
            tabs = [opened(context, real), opened(context, real)]
            editor = tabs[1]
        elif dice.random() < 0.04:
            context.set_offline(not (online := not online))
        elif number % 10 == 0 and editor.rows.filter(has_not_text="Beats").count() > MOST_ROWS:
            editor.press("Escape", "Control+a", "Delete")
        else:
            step(editor, dice)
    context.set_offline(False)
    one, other = tabs
    one.page.wait_for_function(NO_JOURNAL, timeout=TAKEN_OVER)
    for editor in (one, other, one):  # each takes over at its save what the other one has saved
        editor.page.bring_to_front()
        editor.press("Escape", "Home", "3")
        editor.drag(0, 18.0, 19.0)
        editor.page.wait_for_function(NO_JOURNAL)
        editor.saved()
    assert len(revisions.list_revisions(real.actor, annotation_of(real))) > STEPS / 10
    present = shown(one)
    assert comparable(present) == stored(real.document())
    for editor in tabs:
        reload(editor)
        editor.until(lambda editor=editor: shown(editor) == present)


def annotation_of(real: Real) -> str:
    return annotations.get_mine(real.actor, real.task)["id"]
