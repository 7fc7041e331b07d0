"""What the editor has to say is within the window, however high the editor is, and nothing is written over it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def bottom(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"] + box["height"]


def test_a_message_is_seen_in_an_editor_that_is_higher_than_the_window(open_editor, app) -> None:
    app.labels[0]["overlap"] = "forbid"
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin=HUMAN)
    editor = open_editor(width=700)
    editor.drag(0, 6.0, 3.0)
    notice = editor.page.locator(".notice", has_text="Regions of Speech must not overlap.")
    notice.wait_for()
    assert bottom(editor.page.locator(".lb-editor")) > 1000
    assert 800 < bottom(notice) < 900
    editor.page.mouse.wheel(0, 10_000)
    editor.page.wait_for_function("window.scrollY > 100")
    editor.page.wait_for_timeout(100)
    assert 600 < bottom(notice) < 900


def test_the_words_that_a_text_may_be_are_seen_while_it_is_typed(open_editor, app) -> None:
    app.labels[0]["vocabulary"] = "harte"
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN)
    editor = open_editor(width=1400)
    editor.page.set_viewport_size({"width": 1400, "height": 520})
    editor.press("ArrowDown", "Enter")
    editor.page.keyboard.type("Bb:mi")
    words = editor.page.locator(".completions")
    expect(words).to_be_visible()
    editor.page.wait_for_timeout(100)
    assert bottom(words) < 521


def test_no_key_lies_over_what_it_does(open_editor) -> None:
    editor = open_editor()
    editor.press("?")
    editor.page.locator(".key-line").first.wait_for()
    over = """lines => lines.filter((line) => {
      const [key, says] = [line.querySelector("kbd"), line.lastElementChild];
      return key && key.getBoundingClientRect().right > says.getBoundingClientRect().left;
    }).map((line) => line.textContent)"""
    assert editor.page.locator(".key-line").evaluate_all(over) == []


@pytest.mark.parametrize("width", [860, 1200])
def test_the_key_of_a_low_lane_is_not_written_over_its_count(open_editor, app, width) -> None:
    for place in range(6):
        label = {**app.labels[0], "id": f"l{place}", "name": f"Six{place}", "key": str(place + 4)}
        app.labels.append(label)
        app.put(id=f"r_{place}", start=2.0, end=4.0, label=label["id"], origin=HUMAN)
    editor = open_editor(width=width)
    low = editor.page.locator(".lane-head.low", has_text="Six")
    low.first.wait_for()
    over = """heads => {
      const box = (head, part) => head.querySelector(part).getBoundingClientRect();
      return heads.filter((head) => box(head, "kbd").right > box(head, ".count").left).map((head) => head.textContent);
    }"""
    assert low.evaluate_all(over) == []


def test_a_question_is_asked_in_the_window(open_editor) -> None:
    editor = open_editor(width=700)
    editor.press("Shift+N")
    dialog = editor.page.locator(".overlay-panel")
    dialog.wait_for()
    assert bottom(editor.page.locator(".lb-editor")) > 1000
    assert editor.page.evaluate("window.scrollY") == 0
    assert bottom(dialog) < 900
