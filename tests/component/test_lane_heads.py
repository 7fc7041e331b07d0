"""Lanes that are locked, hidden or heard alone, at their heads and by keys."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


@pytest.fixture
def three(app) -> None:
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=6.0, end=7.5, label="music", origin=HUMAN)
    app.put(id="r_3", start=9.0, end=15.0, label="siren", origin=HUMAN)


def press(editor: Any, name: str) -> Locator:
    """Press a button of a head that is only seen while it is pointed at."""
    button = editor.page.get_by_role("button", name=name, exact=True)
    button.focus()
    editor.press("Enter")
    return button


def test_a_head_shows_name_count_and_key_and_what_can_be_done_when_it_is_pointed_at(open_editor, app, three) -> None:
    editor = open_editor()
    head = editor.page.get_by_role("group", name="Speech: 1 region, key 1")
    assert head.inner_text().split() == ["Speech", "1", "1"]
    lock = editor.page.get_by_role("button", name="Lock Speech", exact=True)
    assert lock.evaluate("one => getComputedStyle(one).opacity") == "0"
    head.hover()
    assert lock.evaluate("one => getComputedStyle(one).opacity") == "1"
    lock.click()
    editor.page.mouse.move(5, 5)
    editor.page.locator(".lb-editor").focus()
    assert lock.evaluate("one => getComputedStyle(one).opacity") == "1", "what is set is always seen"


def test_a_key_that_means_something_else_is_not_shown(open_editor, app) -> None:
    app.preferences = {"keys": {"split": "U"}, "reaction": 0.15, "language": "auto"}
    editor = open_editor()
    assert "key" not in editor.page.locator(".lane-head").nth(2).get_attribute("aria-label")


@pytest.mark.usefixtures("three")
def test_heads_are_one_stop_of_the_tab_key_and_walked_by_arrows(open_editor) -> None:
    editor = open_editor()
    assert editor.page.locator(".lane-heads [tabindex='0']").count() == 1
    editor.press("Shift+L", "ArrowDown", "ArrowRight")
    expect(editor.page.get_by_role("button", name="Hide Music", exact=True)).to_be_focused()
    editor.press("Enter")
    hide = editor.page.get_by_role("button", name="Hide Music", exact=True)
    expect(hide).to_be_focused()
    expect(hide).to_have_attribute("aria-pressed", "true")
    assert editor.said == "Music is hidden"
    editor.press("Space")
    expect(hide).to_have_attribute("aria-pressed", "false")
    editor.press("Escape", "ArrowRight")
    expect(editor.page.locator(".clock")).to_have_text("0:00.100")


@pytest.mark.usefixtures("three")
def test_nothing_in_a_locked_lane_is_changed_or_made_by_the_mouse_which_is_said(open_editor, app) -> None:
    editor = open_editor()
    press(editor, "Lock Speech")
    assert editor.said == "Speech is locked"
    locked = editor.page.get_by_role("alert").filter(has_text="Speech is locked. Unlock its lane to change it.")
    editor.drag(0, 10.0, 12.0)
    expect(locked).to_be_visible()
    editor.click(0, 3.0)
    editor.drag(0, 3.0, 8.0)
    expect(editor.page.get_by_role("textbox", name="Start")).to_be_disabled()
    assert not app.saves
    editor.drag(1, 10.0, 12.0)
    editor.until(lambda: len(app.regions()) == 4)
    press(editor, "Lock Speech")
    editor.drag(0, 10.0, 12.0)
    editor.until(lambda: len(app.regions()) == 5)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    "keys",
    [
        ("Delete",), ("BracketRight",), ("Control+Shift+ArrowRight",), ("Alt+ArrowUp",), ("2",), ("d",),
        ("Shift+ArrowRight", "s"), ("Control+BracketLeft",), ("Control+x",), ("Shift+1",),
        ("i", "Shift+ArrowRight", "o"),
    ],
)  # fmt: skip
def test_nothing_in_a_locked_lane_is_changed_or_made_by_keys_which_is_said(open_editor, app, keys) -> None:
    editor = open_editor()
    press(editor, "Lock Speech")
    editor.page.locator(".lb-editor").focus()
    editor.press("ArrowDown", *keys)
    expect(editor.page.get_by_text("Speech is locked. Unlock its lane to change it.")).to_be_visible()
    assert not app.saves
    assert len(editor.cells()) == 3


@pytest.mark.usefixtures("three")
def test_a_cell_of_a_locked_lane_is_not_edited(open_editor, app) -> None:
    editor = open_editor()
    press(editor, "Lock Speech")
    editor.press("Shift+G", "ArrowRight", "Enter")
    expect(editor.page.get_by_text("Speech is locked. Unlock its lane to change it.")).to_be_visible()
    assert editor.focused == "0:02.000"
    assert editor.page.evaluate("document.activeElement.getAttribute('aria-readonly')") == "true"


@pytest.mark.usefixtures("three")
def test_selecting_all_leaves_locked_and_hidden_lanes_out_and_says_how_many(open_editor, app) -> None:
    editor = open_editor()
    press(editor, "Lock Speech")
    press(editor, "Hide Music")
    editor.page.locator(".lb-editor").focus()
    editor.press("Control+a")
    expect(editor.page.get_by_text("2 regions in locked or hidden lanes are not selected.")).to_be_visible()
    editor.press("Delete")
    editor.until(lambda: [region["label"] for region in app.regions()] == ["speech", "music"])


def test_accepting_all_leaves_locked_lanes_out_and_says_how_many(open_editor, app) -> None:
    app.predict([("s1", 2.0, 5.0, "speech", 0.9), ("s2", 8.0, 9.0, "music", 0.7), ("s3", 12.0, 13.0, "speech", 0.8)])
    editor = open_editor()
    press(editor, "Lock Speech")
    editor.page.locator(".lb-editor").focus()
    editor.press("Shift+A")
    expect(editor.page.get_by_text("2 regions in locked lanes stay as they are.")).to_be_visible()
    editor.until(lambda: [region["id"] for region in app.regions()] == ["s2"])
    assert editor.said == "1 suggestion accepted"
    editor.page.get_by_label("Lowest score").fill("0.85")
    editor.page.locator(".lb-editor").focus()
    editor.press("Shift+R")
    expect(editor.page.get_by_text("Speech is locked. Unlock its lane to change it.")).to_be_visible()
    assert not app.decisions


@pytest.mark.usefixtures("three")
def test_a_hidden_lane_is_a_thin_line_with_its_count_that_takes_no_drag(open_editor, app) -> None:
    editor = open_editor()
    head = editor.page.locator(".lane-head").nth(1)
    before = head.bounding_box()["height"]
    press(editor, "Hide Music")
    editor.page.locator(".lb-editor").focus()
    assert head.bounding_box()["height"] < 24 < before
    assert head.locator(".count").inner_text() == "1"
    x, y = editor.point(1, 10.0)
    editor.page.mouse.move(x, y - 5)
    editor.page.mouse.down()
    editor.page.mouse.move(x + 100, y - 5, steps=4)
    editor.page.mouse.up()
    editor.press("ArrowDown", "ArrowDown")
    assert editor.said == "Siren, 0:09.000 to 0:15.000", "steps go past what is hidden"
    editor.page.wait_for_timeout(200)
    assert not app.saves


@pytest.mark.usefixtures("three")
def test_what_is_set_is_remembered_in_the_browser_for_the_project(open_editor, app) -> None:
    editor = open_editor()
    press(editor, "Lock Speech")
    press(editor, "Hide Music")
    press(editor, "Hear only Siren")
    other = open_editor(same=editor)
    for name in ("Lock Speech", "Hide Music", "Hear only Siren"):
        expect(other.page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
    elsewhere = open_editor()
    expect(elsewhere.page.locator(".lane-tool[aria-pressed=true]")).to_have_count(0)


def test_a_lane_that_is_heard_alone_is_played_region_by_region(open_editor, app) -> None:
    app.put(id="r_1", start=1.0, end=1.6, label="speech", origin=HUMAN)
    app.put(id="r_2", start=9.0, end=9.6, label="speech", origin=HUMAN)
    app.put(id="r_3", start=4.0, end=5.0, label="music", origin=HUMAN)
    editor = open_editor()
    press(editor, "Hear only Speech")
    assert editor.said == "Only Speech is heard"
    editor.page.locator(".lb-editor").focus()
    editor.page.evaluate(
        """() => {
          window.heard = [];
          const clock = document.querySelector(".clock");
          new MutationObserver(() => window.heard.push(Number(clock.textContent.slice(2)))).observe(clock,
            {childList: true, characterData: true, subtree: true});
        }"""
    )
    editor.press("Space")
    editor.page.get_by_role("button", name="Pause").wait_for()
    editor.page.get_by_role("button", name="Play", exact=True).wait_for(timeout=20_000)
    heard = editor.page.evaluate("window.heard")
    assert [second for second in heard if 2.2 < second < 8.9 or second > 10.2] == []
    assert any(1 <= second < 1.7 for second in heard)
    assert any(9 <= second < 9.7 for second in heard)
    editor.press("Space")
    expect(editor.page.get_by_role("button", name="Pause")).to_be_visible()
    assert float(editor.page.locator(".clock").inner_text()[2:]) < 2.2, "behind the last region it begins again"


@pytest.mark.usefixtures("three")
def test_a_lane_without_regions_that_is_heard_alone_says_so(open_editor, app) -> None:
    editor = open_editor()
    app.document["regions"] = []
    editor.page.reload()
    editor.page.locator(".lb-editor:not([aria-busy])").wait_for()
    press(editor, "Hear only Siren")
    editor.page.locator(".lb-editor").focus()
    editor.press("Space")
    assert editor.said == "There is nothing to hear: only Siren is heard, and it has no regions here"
    expect(editor.page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_the_lane_of_a_model_is_hidden_or_heard_alone_but_not_locked(open_editor, app) -> None:
    app.predict([("s1", 2.0, 5.0, "speech", 0.9)])
    editor = open_editor()
    editor.page.get_by_label("Lanes of suggestions").select_option("by model")
    head = editor.page.get_by_role("group", name="Tagger 2: 1 region")
    assert [button.get_attribute("aria-label") for button in head.get_by_role("button").all()] == [
        "Hide Tagger 2",
        "Hear only Tagger 2",
    ]


@pytest.mark.usefixtures("three")
def test_a_reviewer_hides_lanes_too(open_editor, app) -> None:
    app.state = "submitted"
    editor = open_editor("review")
    head = editor.page.locator(".lane-head").nth(1)
    press(editor, "Hide Music")
    editor.page.locator(".lb-editor").focus()
    assert head.bounding_box()["height"] < 24
    assert editor.page.get_by_role("button", name="Lock Music").count() == 0
