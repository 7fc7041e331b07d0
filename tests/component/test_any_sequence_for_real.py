"""Whatever two tabs do in whatever order to regions, boxes, instants, beats, tags, caption, tiers, attributes and
suggestions, offline, reloaded and killed: with the real API on SQLite, screens, journal and database end with the same
document, and the same suggestions are open."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from string import ascii_lowercase
from typing import Any

import pytest
from editor_tab import PATIENCE, Editor
from playwright.sync_api import Browser, BrowserContext, Locator
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from real_labelbuddy import Real, running
from whole_document import shown, stored

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, revisions
from labelbuddy_core.web.authentication import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.long]

SEEDS = (11,)
STEPS = 500
RELOAD_EVERY = 60
KILL_EVERY = 110
MOST_ROWS = 40
KEYS = (
    "ArrowDown", "ArrowUp", "BracketRight", "Shift+BracketLeft", "Period", "d", "m", "s", "1", "2", "3", "i", "o", "e",
    "Control+z", "Control+z", "Control+Shift+Z", "Control+a", "Escape", "Control+c", "Control+v", "Delete", "Home",
    "Shift+ArrowRight", "Shift+ArrowRight", "Shift+2", "Shift+ArrowDown", "Shift+ArrowUp", "Control+Shift+ArrowDown",
    "Control+Shift+ArrowRight",
)  # fmt: skip
BOXES = ("Alt+ArrowUp", "Alt+ArrowDown", "Alt+Shift+ArrowUp", "Alt+Shift+ArrowDown", "Control+z", "Control+Shift+Z")
BEATS = (
    "t", "t", "Shift+T", "Alt+Equal", "Alt+Minus", "Alt+w", "Alt+q", "Alt+Shift+W", "Shift+D", "Alt+t", "BracketRight",
    "Control+Shift+ArrowRight", "Delete", "Control+z", "Control+Shift+Z",
)  # fmt: skip
SUGGESTIONS = (
    "n", "n", "n", "n", "a", "a", "a", "r", "r", "r", "Semicolon", "Quote", "Quote", "Alt+a", "Alt+r", "Shift+A",
    "Alt+Shift+R", "Shift+R", "Control+z", "Control+z", "Control+z", "Control+Shift+Z", "BracketRight",
)  # fmt: skip
KINDS = {
    "key": 42, "drag": 10, "box": 6, "box key": 5, "beats": 9, "suggestions": 20, "rejected": 4, "tag": 6, "caption": 5,
    "mood": 6, "text": 5, "tier": 4,
}  # fmt: skip
TAKEN_OVER = 40_000
"""Milliseconds: a journal is taken over 6 s after its tab has died, and sent when the server is tried again."""
NOTHING_WAITS = "() => !Object.keys(localStorage).some((key) => /:(journal|decisions):/.test(key))"


@pytest.fixture
def real(make_user: Callable[..., Actor], make_project: Callable[..., str]) -> Iterator[Real]:
    with running(make_user, make_project) as made:
        yield made


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
    match dice.choices(tuple(KINDS), tuple(KINDS.values()))[0]:
        case "key":
            editor.press(dice.choice(KEYS))
        case "box key":
            editor.press(dice.choice(BOXES))
        case "beats":
            editor.press(dice.choice(BEATS))
        case "drag":
            start = dice.uniform(0, 17)
            editor.drag(0, start, start + dice.uniform(0.5, 2.5))
        case "box":
            editor.press("Escape", "f")
            drag_a_box(editor, dice)
            editor.press("f")
        case "suggestions" if dice.random() < 0.2:
            buttons = page.locator(".chip.suggested button, .suggestion-box:not([hidden]) button:not([disabled])")
            press_one(buttons, dice)
        case "suggestions":
            editor.press(dice.choice(SUGGESTIONS))
        case "rejected":
            if dice.random() < 0.5:
                editor.press("n", "r")
                page.wait_for_timeout(100)  # mostly it has been sent then
                editor.press("Control+z")
            editor.press("Alt+v", *["ArrowDown"] * dice.randrange(1, 9), "r", "Alt+v")
        case "tag":
            present = page.locator(".chips .chip:not(.suggested) button")
            if present.count() and dice.random() < 0.5:
                press_one(present.first, dice)
            elif page.get_by_role("button", name="Add a tag for the whole clip").is_enabled():
                page.get_by_role("button", name="Add a tag for the whole clip").click(force=True)
                page.keyboard.type(dice.choice(("Speech", "Music", "Dog")))
                editor.press("Enter", "Escape")
        case "caption":
            page.get_by_label("Caption of the clip").fill(f"caption {dice.randrange(1000)}")
            editor.press("Escape")
        case "mood" if usable(page.get_by_label("Mood").first):
            page.get_by_label("Mood").first.select_option(dice.choice(("calm", "wild", "")))
        case "text" if usable(page.get_by_label("Text of the region")):
            page.get_by_label("Text of the region").fill(f"text {dice.randrange(1000)}")
            editor.press("Escape")
        case "tier":
            page.get_by_role("button", name=dice.choice(("Add a tier", "Rename"))).click()
            page.keyboard.type(f"tier {dice.choice(ascii_lowercase)}")
            editor.press("Enter")
            if page.locator(".overlay").count():  # the name was taken
                editor.press("Escape")


def usable(field: Locator) -> bool:
    return field.is_visible() and field.is_enabled()


def press_one(buttons: Locator, dice: random.Random) -> None:
    """Press one of some buttons, if there are any; the other tab may decide it at the same moment."""
    if count := buttons.count():
        with contextlib.suppress(PlaywrightTimeout):
            buttons.nth(dice.randrange(count)).click(timeout=3000)


def drag_a_box(editor: Editor, dice: random.Random) -> None:
    """Drag over the spectrogram."""
    mouse = editor.page.mouse
    area = editor.page.locator(".spectrogram-canvas").bounding_box()
    assert area
    corners = [(dice.random(), dice.random()) for _ in range(2)]
    (x, y), (to_x, to_y) = [(area["x"] + area["width"] * a, area["y"] + area["height"] * b) for a, b in corners]
    mouse.move(x, y)
    mouse.down()
    mouse.move((x + to_x) / 2, (y + to_y) / 2, steps=2)
    mouse.move(to_x, to_y, steps=2)
    mouse.up()


@pytest.mark.parametrize("seed", SEEDS)
def test_two_tabs_and_the_database_end_with_one_document(real: Real, context: BrowserContext, seed: int) -> None:
    dice = random.Random(seed)
    real.suggest(dice)
    tabs = [opened(context, real), opened(context, real)]
    editor, online = tabs[1], True
    for number in range(STEPS):
        if dice.random() < 0.1:
            editor = dice.choice(tabs)
            editor.page.bring_to_front()  # hidden tabs draw nothing, and a drag waits for that
        if number % RELOAD_EVERY == RELOAD_EVERY // 2:
            context.set_offline(not (online := True))
            real.suggest(dice)
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
    one.page.bring_to_front()  # a hidden tab is asked once only
    one.page.wait_for_function(NOTHING_WAITS, timeout=TAKEN_OVER)
    for editor in (one, other, one):  # each takes over at its save what the other one has saved
        editor.page.bring_to_front()
        editor.press("Escape", "Home", "3")
        editor.drag(0, 18.0, 19.0)
        editor.page.wait_for_function(NOTHING_WAITS)
        editor.saved()
    assert len(revisions.list_revisions(real.actor, annotation_of(real))) > STEPS / 10
    assert {"prediction.accepted", "prediction.rejected"} <= real.actions()
    assert shown(one) | {"suggestions": None} == in_database(real) | {"suggestions": None}  # tabs tell no rejections
    for editor in tabs:
        reload(editor)
        present, kept = settled(editor, real), in_database(real)
        assert present == kept, [(name, unlike(present[name], kept[name])) for name in kept]


def settled(editor: Editor, real: Real) -> dict[str, Any]:
    """What the screen says as soon as it is what the database has, or after a while."""
    deadline = time.monotonic() + PATIENCE
    while (present := shown(editor)) != in_database(real) and time.monotonic() < deadline:
        time.sleep(0.1)
    return present


def unlike(one: Any, other: Any) -> Any:
    """What only one of two lists has, or the two values."""
    if not isinstance(one, list) or not isinstance(other, list):
        return (one, other)
    return [item for item in one if item not in other], [item for item in other if item not in one]


def in_database(real: Real) -> dict[str, Any]:
    return stored(real.document(), real.predictions())


def annotation_of(real: Real) -> str:
    return annotations.get_mine(real.actor, real.task)["id"]
