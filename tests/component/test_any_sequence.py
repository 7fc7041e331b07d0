"""Whatever is done in whatever order, with a server that comes and goes, reloads and kills: screen, journal and
server end with the same document."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

pytestmark = pytest.mark.browser

STEPS = 500
KEYS = (
    "ArrowDown", "ArrowUp", "BracketRight", "Shift+BracketLeft", "Period", "Shift+Comma", "d", "m", "s", "1", "2", "u",
    "Control+z", "Control+z", "Control+Shift+Z", "Control+a", "Escape", "Control+Shift+ArrowRight", "Control+c",
    "Control+v", "Delete", "Control+BracketLeft", "Shift+ArrowRight", "Home", "Shift+2", "i", "o", "Alt+ArrowUp",
)  # fmt: skip
MOST_REGIONS = 40
RELOAD_EVERY = 90
KILL_EVERY = 120


def on_screen(editor: Any) -> list[tuple[str, str, str]]:
    """Label, start and length of every region, as the grid shows them; it only has the rows that it has room for."""
    editor.page.add_style_tag(content=".table { height: 3000px !important }")
    editor.press("Escape", "Shift+G", "Escape")
    return sorted((row[0], row[1], row[3]) for row in editor.cells())


def on_server(app: Any) -> list[tuple[str, str, str]]:
    names = {label["id"]: label["name"] for label in app.labels}
    return sorted(
        (names[one["label"]], clock(one["start"]), f"{one['end'] - one['start']:.3f}") for one in app.regions()
    )


def clock(seconds: float) -> str:
    """A time below a minute as the editor shows it, rounded as JavaScript rounds."""
    return f"0:{math.floor(seconds * 1000 + 0.5) / 1000:06.3f}"


NO_JOURNAL = "() => !Object.keys(localStorage).some((key) => key.includes(':journal:'))"
TAKEN_OVER = 40_000
"""Milliseconds: a journal is taken over 6 s after its tab has died, and sent when the server is tried again."""


@pytest.mark.parametrize("seed", [1, 2])
def test_any_sequence_of_edits_reloads_and_kills_ends_in_one_document(open_editor, app, seed: int) -> None:
    dice = random.Random(seed)
    editor = open_editor()
    for step in range(STEPS):
        what = dice.random()
        if step % RELOAD_EVERY == RELOAD_EVERY // 2:
            app.down = False
            editor.page.reload()
            editor.page.locator(".lb-editor:not([aria-busy])").wait_for()
        if step % KILL_EVERY == KILL_EVERY - 1:
            app.down = False
            editor.kill()
            editor = open_editor(same=editor)
        if what < 0.12:
            start = dice.uniform(0, 17)
            editor.drag(dice.randrange(3), start, start + dice.uniform(0.5, 3))
        elif what < 0.17:
            app.down = not app.down
        elif len(app.regions()) > MOST_REGIONS:
            editor.press("Control+a", "Delete")
        else:
            editor.press(dice.choice(KEYS))
    app.down = False
    editor.page.wait_for_function(NO_JOURNAL, timeout=TAKEN_OVER)
    assert sum(len(save["operations"]) for save in app.saves) > STEPS / 5
    editor.saved()
    editor.press("Shift+f")
    editor.until(lambda: on_screen(editor) == on_server(app))
    editor.page.reload()
    editor.page.locator(".lb-editor:not([aria-busy])").wait_for()
    editor.until(lambda: on_screen(editor) == on_server(app))
