"""Regions that are bounded in frequency: marked and pulled on the spectrogram, adjusted by keys and by typing."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


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
