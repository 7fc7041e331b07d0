"""Every key of the key map does something that can be seen: one line a binding, in groups that share a state."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_values import empty_document

pytestmark = pytest.mark.browser

KEYS = Path(__file__).resolve().parents[2] / "components/wavesurfer_component/frontend/src/editing/keys.ts"
BINDINGS = re.findall(r'keys: "(.+?)", action: "(.+?)", group: msg\("(.+?)"\)', KEYS.read_text(encoding="utf-8"))
HUMAN = {"kind": "human"}
PRESSED = {"1 … 9": "1", "Shift+1 … 9": "Shift+Digit2", "-": "Minus", "=": "Equal", "?": "?"}
HELD = {"Ctrl": "Control"}

SEEN = """() => {
  const root = document.querySelector(".lb-editor");
  const picture = (canvas) => { try { return canvas.toDataURL(); } catch { return ""; } };
  return JSON.stringify([
    root.querySelector(".clock").textContent,
    root.querySelector(".notice").hidden ? "" : root.querySelector(".notice").textContent,
    root.querySelector("[aria-live=polite]").textContent,
    [...root.querySelectorAll(".table-row")].map((row) => [row.textContent, row.ariaSelected]),
    root.querySelector(".overlay")?.textContent ?? "",
    document.activeElement.className + document.activeElement.ariaLabel,
    [...root.querySelectorAll("select, input")].map((field) => field.value),
    [...root.querySelectorAll("[aria-pressed], [aria-checked]")].map((one) => one.ariaPressed + one.ariaChecked),
    root.querySelector("audio")?.playbackRate ?? "",
    [...root.querySelectorAll("canvas")].map(picture),
    root.textContent.length,
    root.querySelectorAll("[hidden]").length,
  ]);
}"""


def key_of(shown: str) -> str:
    """How Playwright calls a key of the table."""
    if shown in PRESSED:
        return PRESSED[shown]
    *held, key = re.split(r"\+(?=.)", shown)
    key = {"-": "Minus", "=": "Equal", "[": "BracketLeft", "]": "BracketRight", "Backquote": "Backquote"}.get(key, key)
    if re.fullmatch("[A-Z]", key):
        key = f"Key{key}"
    return "+".join([HELD.get(one, one) for one in held] + [key])


def seen(editor: Any) -> str:
    return editor.page.evaluate(SEEN)


def still(editor: Any) -> str:
    """What is seen when nothing changes by itself any more: it does not play, and all that was fetched is here."""
    pause = editor.page.get_by_role("button", name=re.compile("^Pause"))
    before, same = "", 0
    for _ in range(100):
        if pause.count():
            editor.press("Space")
        now = seen(editor)
        same = same + 1 if now == before else 0
        if same == 3:
            return now
        before = now
        editor.page.wait_for_timeout(60)
    raise AssertionError("it never comes to rest")


def does(editor: Any, key: str, more: Callable[[], Any] = lambda: None, tries: int = 60) -> None:
    """Press a key, and wait until the screen, or what `more` looks at, is another."""
    before, asked = still(editor), more()
    editor.press(key)
    for _ in range(tries):
        if seen(editor) != before or more() != asked:
            return
        editor.page.wait_for_timeout(50)
    raise AssertionError(f"{key} does nothing")


def ready(app: Any) -> None:
    """A document in which every key has something to do."""
    app.points, app.waiting, app.instructions = True, "t2", "Listen first."
    app.put(id="r_1", start=3.0, end=5.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=6.0, end=8.0, label="speech", origin=HUMAN, low=500.0, high=2000.0)
    app.put(id="r_3", start=10.0, end=12.0, label="music", origin=HUMAN)
    app.predict(
        [("p_1", 13.0, 14.0, "speech", 0.9), ("p_2", 15.0, 16.0, "speech", 0.3), ("p_3", 17.0, 18.0, "siren", 0.8)]
    )


SELECTED = ("ArrowDown",)
BOX = ("ArrowDown", "ArrowDown")
MIDDLE = ("Home", *["Shift+ArrowRight"] * 4)
SUGGESTED = ("n",)
FIRST: dict[str, tuple[str, ...]] = {
    "label": ("2",),
    **dict.fromkeys(
        (
            "play-region",
            "loop",
            "lane-below",
            "lane-above",
            "deselect",
            "merge",
            "zoom-region",
            "start-earlier",
            "start-later",
            "end-earlier",
            "end-later",
            "region-earlier",
            "region-later",
            "region-earlier-far",
            "region-later-far",
            "region-earlier-fine",
            "region-later-fine",
            "duplicate",
            "delete",
            "edit-text",
            "copy",
            "cut",
        ),
        SELECTED,
    ),
    **dict.fromkeys(("band", "high-up", "high-down", "low-up", "low-down"), BOX),
    **dict.fromkeys(("replay", "back", "back-frame", "back-second", "to-start", "previous-snap", "instant"), MIDDLE),
    **dict.fromkeys(("accept", "reject", "accept-label", "reject-label"), SUGGESTED),
    "normal-speed": ("Minus",),
    "page-forward": ("Control+ArrowUp", "Control+ArrowUp", "Control+ArrowUp", "Control+ArrowUp"),
    "page-back": ("End", "Control+ArrowUp", "Control+ArrowUp", "Control+ArrowUp", "Control+ArrowUp"),
    "next-bookmark": ("b", "Home"),
    "previous-bookmark": ("Shift+ArrowRight", "b", "End"),
    "out-point": ("Home", "i", "Shift+ArrowRight"),
    "start-to-playhead": (
        "ArrowDown",
        "Home",
        "Shift+ArrowRight",
        "Shift+ArrowRight",
        "Shift+ArrowRight",
        "Shift+ArrowRight",
    ),
    "end-to-playhead": (
        "ArrowDown",
        "Home",
        "Shift+ArrowRight",
        "Shift+ArrowRight",
        "Shift+ArrowRight",
        "Shift+ArrowRight",
    ),
    "snap-zero": ("ArrowDown", "BracketLeft"),
    "snap-onset": ("ArrowDown", "BracketLeft"),
    "snap-bar": ("ArrowDown", "BracketLeft"),
    "snap-edge": ("ArrowDown", "Period"),
    "snap-beat": ("ArrowDown", "BracketLeft", "BracketLeft"),
    "split": (*SELECTED, *MIDDLE),
    "paste": (
        "ArrowDown",
        "Control+c",
        "End",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
    ),
    "paste-in-place": ("ArrowDown", "Control+x"),
    "undo": ("ArrowDown", "d"),
    "redo": ("ArrowDown", "d", "Control+z"),
    "threshold-down": ("Quote", "Quote"),
    "double-beats": ("Shift+KeyT",),
    "halve-beats": ("Shift+KeyT",),
    **dict.fromkeys(("next-beat", "next-bar"), ("Home",)),
    **dict.fromkeys(("previous-beat", "previous-bar"), ("End",)),
    "fit": ("Control+ArrowUp",),
    "zoom-out": ("Control+ArrowUp",),
    "to-end": ("Home",),
    "to-list": ("Escape",),
    "show-rejected": ("n", "r"),
    "reject-below": ("Quote", "Quote", "Quote", "Quote"),
    "contrast": ("Shift+KeyY",),
}
"""What is pressed before, where something must be."""
UNDONE = {"delete", "cut", "merge", "accept", "accept-all", "accept-label"}
UNDONE |= {"reject", "reject-above", "reject-label", "reject-below", "show-rejected"}
"""Undone after it was pressed, for the keys that follow need what it took away."""
OF_TIERS = {"tier-above", "tier-below", "tier-up", "tier-down"}
OF_REVIEWS = {"approve-region", "reject-region", "reject-all"}


def of_group(group: str) -> list[tuple[str, str]]:
    """Keys and actions of a group, without those that need another state."""
    return [(keys, action) for keys, action, of in BINDINGS if of == group and action not in OF_TIERS | OF_REVIEWS]


GROUPS = sorted({group for _, _, group in BINDINGS} - {"Task", "Review"})


@pytest.mark.parametrize("group", GROUPS)
def test_every_key_of_a_group_does_something(open_editor: Any, app: Any, group: str) -> None:
    ready(app)
    editor = open_editor()
    silent = []
    for keys, action in of_group(group):
        editor.press("Escape", "Escape")
        if action in ("downbeat", "meter-from", "tempo-onward"):
            editor.press("Shift+KeyT")
            editor.page.locator(".beat-figures", has_text="38 beats").wait_for()
            box = editor.page.locator(".beats-canvas").bounding_box()
            editor.page.mouse.click(box["x"] + box["width"] * 1.0 / 20, box["y"] + box["height"] / 2)
        for before in FIRST.get(action, ()):
            editor.press(before)
        if action in ("double-beats", "halve-beats"):
            editor.page.locator(".beat-figures", has_text="beats").wait_for()
        try:
            does(editor, key_of(keys), lambda: (len(app.views), len(app.jobs), len(app.decisions)))
        except AssertionError:
            silent.append((keys, action))
        if action in UNDONE:
            editor.press("Escape", "Control+z")
    assert not silent


@pytest.mark.parametrize("keys", [keys for keys, action, _ in BINDINGS if action in OF_TIERS])
def test_every_key_of_tiers_does_something(open_editor: Any, app: Any, keys: str) -> None:
    app.tiers = ["Ada", "Ben", "Cleo"]
    app.put(id="r_1", start=3.0, end=5.0, label="speech", origin=HUMAN, tier="Ben")
    editor = open_editor()
    editor.press("Shift+ArrowDown", "ArrowDown")
    does(editor, key_of(keys), lambda: app.regions())


@pytest.mark.parametrize(("keys", "action"), of_group("Task"))
def test_every_key_of_tasks_does_something(open_editor: Any, app: Any, keys: str, action: str) -> None:
    ready(app)
    editor = open_editor()
    does(editor, key_of(keys), lambda: (app.state, editor.triggers()))


OF_DISAGREEMENTS = {
    "next-disagreement": (),
    "previous-disagreement": (),
    "hear-versions": ("n",),
    "take-version": ("n",),
    "take-all": ("n",),
    "merge-versions": ("n",),
    "merge-weighted": ("n",),
    "all-or-changes": (),
}
"""Keys of reviews of several versions, with what is pressed before."""


@pytest.mark.parametrize("action", OF_DISAGREEMENTS)
def test_every_key_of_disagreements_does_something(open_editor: Any, app: Any, action: str) -> None:
    app.put(id="r_1", start=3.0, end=5.0, label="speech", origin=HUMAN)
    app.annotate("Ben", [("b_1", 3.0, 5.0, "music"), ("b_2", 8.0, 9.0, "siren")])
    sent_back = {"id": "v1", "revision": 1, "reviewer": "rita", "decision": "reject", "feedback": "x", "reasons": []}
    app.reviews = [{**sent_back, "regions": [], "created_at": "2026-01-01T00:00:00Z"}]
    app.sent_back, app.state = {"revision": 1, "document": empty_document()}, "submitted"
    editor = open_editor("review")
    editor.press(*OF_DISAGREEMENTS[action])
    pressed = {"take-version": "2", "take-all": "Shift+Digit2"}
    (keys,) = [keys for keys, name, _ in BINDINGS if name == action]
    before = shown(editor)
    editor.press(pressed.get(action) or key_of(keys))
    editor.until(lambda: shown(editor) != before)


def shown(editor: Any) -> tuple[str, list[bool]]:
    """What a review says, and which of its boxes are checked."""
    checked = editor.page.locator("input[type=checkbox]").evaluate_all("boxes => boxes.map((box) => box.checked)")
    return editor.page.locator(".lb-editor").inner_text(), checked


def test_no_key_of_reviews_is_left_out_here() -> None:
    assert {action for _, action, group in BINDINGS if group == "Review"} == OF_REVIEWS | OF_DISAGREEMENTS.keys()


@pytest.mark.parametrize(("keys", "action"), [(keys, action) for keys, action, _ in BINDINGS if action in OF_REVIEWS])
def test_every_key_of_reviews_does_something(open_editor: Any, app: Any, keys: str, action: str) -> None:
    ready(app)
    app.state = "submitted"
    editor = open_editor("review")
    editor.press("ArrowDown")
    before = editor.page.locator(".lb-editor").inner_text()
    editor.press(key_of(keys))
    editor.until(lambda: editor.page.locator(".lb-editor").inner_text() != before or app.posted_reviews)


def test_a_key_that_is_bound_to_nothing_does_nothing(open_editor: Any, app: Any) -> None:
    ready(app)
    editor = open_editor()
    with pytest.raises(AssertionError, match="does nothing"):
        does(editor, "F9", tries=10)


def test_the_table_of_bindings_was_read_as_a_whole() -> None:
    assert len(BINDINGS) == KEYS.read_text(encoding="utf-8").count("{ keys:")
