"""Regions that are bounded in frequency: marked and pulled on the spectrogram, adjusted by keys and by typing."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}
WRITTEN = """
window.written = new Set();
const fillText = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  if (this.canvas.classList.contains("spectrogram-canvas")) window.written.add(text);
  return fillText.call(this, text, ...rest);
};
"""


def on_spectrogram(editor, seconds: float, share: float) -> tuple[float, float]:
    """Where a time and a share of the height lie on the page."""
    box = editor.page.locator(".spectrogram-canvas").bounding_box()
    return box["x"] + box["width"] * seconds / 20, box["y"] + box["height"] * share


def box_on_spectrogram(editor, start: float, end: float, top: float, bottom: float) -> None:
    """Drag on the spectrogram; top and bottom are shares of its height."""
    box = editor.page.locator(".spectrogram-canvas").bounding_box()
    x = [box["x"] + box["width"] * seconds / 20 for seconds in (start, end)]
    y = [box["y"] + box["height"] * share for share in (top, bottom)]
    editor.page.mouse.move(x[0], y[0])
    editor.page.mouse.down()
    editor.page.mouse.move(sum(x) / 2, sum(y) / 2, steps=3)
    editor.page.mouse.move(x[1], y[1], steps=3)
    editor.page.mouse.up()


def test_a_drag_in_box_mode_bounds_the_region_in_frequency(open_editor, app) -> None:
    editor = open_editor()
    editor.page.wait_for_timeout(300)
    editor.press("f")
    box_on_spectrogram(editor, 4.0, 8.0, 0.25, 0.75)
    editor.until(lambda: app.regions())
    (region,) = app.regions()
    assert region["start"] == pytest.approx(4.0, abs=0.05)
    assert 0 < region["low"] < region["high"] < 4000
    editor.press("Escape")
    box_on_spectrogram(editor, 10.0, 12.0, 0.25, 0.75)
    editor.until(lambda: len(app.regions()) == 2)
    assert app.regions()[1]["low"] is not None
    editor.press("f")
    box_on_spectrogram(editor, 14.0, 16.0, 0.25, 0.75)
    editor.until(lambda: len(app.regions()) == 3)
    assert app.regions()[2].get("low") is None


def test_the_edges_of_the_selected_box_are_pulled_and_nudged(open_editor, app) -> None:
    editor = open_editor()
    editor.page.wait_for_timeout(300)
    editor.press("f")
    box_on_spectrogram(editor, 4.0, 8.0, 0.25, 0.75)
    editor.until(lambda: app.regions())
    high = app.regions()[0]["high"]
    box_on_spectrogram(editor, 6.0, 6.0, 0.25, 0.1)
    editor.until(lambda: app.regions()[0]["high"] > high)
    pulled = app.regions()[0]["high"]
    editor.press("Alt+ArrowDown")
    editor.until(lambda: app.regions()[0]["high"] == round(pulled / 2 ** (1 / 12)))
    low = app.regions()[0]["low"]
    editor.press("Alt+Shift+ArrowUp")
    editor.until(lambda: app.regions()[0]["low"] == round(low * 2 ** (1 / 12)))
    box_on_spectrogram(editor, 6.0, 10.0, 0.5, 0.5)
    editor.until(lambda: app.regions()[0]["start"] > 7)


def test_frequencies_are_typed_and_what_does_not_fit_is_explained(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=8.0, low=300.0, high=900.0, label="speech", origin={"kind": "human"})
    editor = open_editor()
    editor.press("ArrowDown")
    field = editor.page.get_by_label("Highest frequency in Hz")
    field.fill("200")
    field.press("Tab")
    editor.page.get_by_text("Type a number of Hz between 300 and 4000, or nothing.").wait_for()
    field.fill("1200.5")
    field.press("Tab")
    editor.until(lambda: app.regions()[0]["high"] == 1200.5)
    field.fill("")
    field.press("Tab")
    editor.until(lambda: app.regions()[0]["high"] is None)


def test_clicks_select_the_smallest_box_first_and_then_those_below_it(open_editor, app) -> None:
    app.put(id="r_large", start=2.0, end=18.0, low=100.0, high=3900.0, label="speech", origin=HUMAN)
    app.put(id="r_small", start=9.0, end=11.0, low=500.0, high=3500.0, label="music", origin=HUMAN)
    editor = open_editor()
    editor.press("f")
    editor.page.wait_for_timeout(300)
    said = editor.page.locator("[aria-live]")
    for name in ("Music", "Speech", "Music"):
        editor.page.mouse.click(*on_spectrogram(editor, 10.0, 0.5))
        said.filter(has_text=f"{name}, 0:").wait_for()
    editor.page.mouse.click(*on_spectrogram(editor, 4.0, 0.5))
    said.filter(has_text="Speech, 0:02.000").wait_for()
    editor.page.mouse.click(*on_spectrogram(editor, 5.0, 0.5))  # it is selected, and nothing else is there
    editor.page.locator(".clock", has_text="0:05.").wait_for()
    assert len(app.regions()) == 2


def test_boxes_say_their_label_where_there_is_room_and_under_the_pointer(open_editor, app) -> None:
    app.put(id="r_wide", start=2.0, end=8.0, low=500.0, high=3500.0, label="speech", origin=HUMAN)
    app.put(id="r_thin", start=12.0, end=12.2, low=500.0, high=3500.0, label="siren", origin=HUMAN)
    editor = open_editor()
    editor.page.add_init_script(WRITTEN)
    editor.page.reload()
    editor.page.locator(".lb-editor:not([aria-busy])").wait_for()
    editor.press("f")
    editor.page.wait_for_function("window.written.has('Speech')")
    assert not editor.page.evaluate("window.written.has('Siren')")
    editor.page.mouse.move(*on_spectrogram(editor, 12.1, 0.5))
    editor.page.wait_for_function("window.written.has('Siren')")


@pytest.mark.parametrize("canvas", [".wave-canvas", ".spectrogram-canvas"])
def test_edges_of_the_selected_region_are_pulled_on_the_waveform_and_the_spectrogram(open_editor, app, canvas) -> None:
    app.put(id="r_1", start=4.0, end=8.0, label="music", origin=HUMAN)
    editor = open_editor()
    editor.press("f", "f", "ArrowDown")
    editor.page.wait_for_timeout(300)
    box = editor.page.locator(canvas).bounding_box()
    x = [box["x"] + box["width"] * seconds / 20 for seconds in (8.0, 11.0)]
    y = box["y"] + box["height"] / 2
    editor.page.mouse.move(x[0] + 2, y)
    assert editor.page.locator(canvas).evaluate("one => one.style.cursor") == "ew-resize"
    editor.page.mouse.down()
    editor.page.mouse.move(x[1] + 2, y, steps=4)
    editor.page.mouse.up()
    editor.until(lambda: app.regions()[0]["end"] == pytest.approx(11.0, abs=0.02))
    editor.press("Control+z")
    editor.until(lambda: app.regions()[0]["end"] == 8.0)
    assert len(app.regions()) == 1


def test_what_lies_in_a_locked_lane_is_not_pulled_on_the_waveform(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN)
    editor = open_editor()
    editor.press("ArrowDown")
    editor.page.locator(".lane-head").first.hover()
    editor.page.get_by_role("button", name="Lock Speech").click()
    box = editor.page.locator(".wave-canvas").bounding_box()
    editor.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 20)
    assert editor.page.locator(".wave-canvas").evaluate("one => one.style.cursor") == "crosshair"
