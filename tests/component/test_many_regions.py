"""Many regions in a real browser: what is drawn is bounded by the pixels, and nothing is done while nothing moves."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

COUNT = 20_000
COUNTING = """() => {
  window.calls = {};
  window.frames = 0;
  const prototype = CanvasRenderingContext2D.prototype;
  for (const name of ['fillRect', 'strokeRect', 'fillText', 'fill', 'stroke', 'clearRect']) {
    const draw = prototype[name];
    prototype[name] = function (...about) {
      window.calls[this.canvas.className] = (window.calls[this.canvas.className] ?? 0) + 1;
      return draw.apply(this, about);
    };
  }
  const ask = window.requestAnimationFrame;
  window.requestAnimationFrame = (action) => { window.frames++; return ask(action); };
}"""
RESET = "() => { window.calls = {}; window.frames = 0; }"


@pytest.fixture
def editor(open_editor: Any, app: Any) -> Any:
    """An editor of 20,000 regions in twenty seconds, all in view."""
    for number in range(COUNT):
        start = round(number * 19.9 / COUNT, 6)
        end = round(start + 0.0009, 6)
        label = ("speech", "music", "siren")[number % 3]
        region = {"id": f"r{number}", "start": start, "end": end, "label": label, "origin": {"kind": "human"}}
        app.document["regions"].append(region)
    editor = open_editor()
    editor.page.wait_for_timeout(700)  # the overview draws once more
    editor.page.evaluate(COUNTING)
    return editor


def drawn(editor: Any) -> dict[str, int]:
    """Canvas calls since the last look, after the frames that were asked for."""
    editor.page.evaluate("() => new Promise((done) => setTimeout(done, 700))")
    calls = editor.page.evaluate("calls")
    editor.page.evaluate(RESET)
    return calls


def test_a_frame_of_thousands_of_regions_takes_a_few_calls_a_pixel(editor) -> None:
    editor.page.locator(".lanes-canvas").dispatch_event("wheel", {"deltaX": 1, "bubbles": True})
    width = editor.page.locator(".lanes-canvas").bounding_box()["width"]
    calls = drawn(editor)
    assert 100 < calls["lanes-canvas"] < 3 * 1.2 * width + 50
    assert calls.get("overview-regions", 0) == 0  # the regions are where they were


def test_close_up_only_what_is_in_view_is_drawn(editor) -> None:
    editor.page.locator(".lb-editor").focus()
    editor.press(*["Control+ArrowUp"] * 12)
    drawn(editor)
    editor.press("Control+ArrowUp")
    seconds = 20 / 1.6**13
    assert drawn(editor)["lanes-canvas"] < 10 * (seconds * COUNT / 19.9 + 3) + 50


def test_an_edit_draws_one_frame_and_the_overview_once_more(editor) -> None:
    editor.press("ArrowDown")
    drawn(editor)
    editor.press("BracketRight")
    calls = drawn(editor)
    width = editor.page.locator(".lanes-canvas").bounding_box()["width"]
    assert calls["lanes-canvas"] < 2 * (3 * 1.2 * width + 50)
    assert 0 < calls["overview-regions"] < 2 * (3 * width + 50)
    assert calls["ruler-canvas"] < 200


def test_nothing_is_done_while_nothing_moves(editor) -> None:
    drawn(editor)
    editor.page.wait_for_timeout(600)
    assert editor.page.evaluate("[Object.keys(calls).length, frames]") == [0, 0]
