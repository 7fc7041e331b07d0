"""Buttons for marking and editing regions, for people who point or touch."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

CLOSE = 0.05
HUMAN = {"kind": "human"}


def press(editor: Any, name: str) -> None:
    editor.page.get_by_role("group", name="Mark and edit").get_by_role("button", name=name, exact=True).click()


def spans(app: Any) -> list[tuple[float, float]]:
    return [(region["start"], region["end"]) for region in app.regions()]


def near(*times: float) -> Any:
    return pytest.approx(times, abs=CLOSE)


def test_a_region_is_marked_from_one_click_to_the_next_and_an_instant_at_the_playhead(
    open_editor: Any, app: Any
) -> None:
    app.points = True
    editor = open_editor()
    end = editor.page.get_by_role("button", name="Region ends here")
    assert end.is_disabled()
    editor.click(2, 4.0)
    press(editor, "Region starts here")
    editor.click(2, 7.0)
    press(editor, "Region ends here")
    editor.until(lambda: app.regions())
    assert spans(app) == [near(4.0, 7.0)]
    assert end.is_disabled()
    press(editor, "Mark an instant at the playhead")
    editor.until(lambda: app.document["points"])
    assert app.document["points"][0]["time"] == pytest.approx(7.0, abs=CLOSE)


def test_what_is_selected_is_split_duplicated_copied_cut_and_pasted(open_editor: Any, app: Any) -> None:
    app.put(id="r_1", start=2.0, end=6.0, label="speech", origin=HUMAN)
    editor = open_editor()
    assert editor.page.get_by_role("button", name="Split at the playhead").is_disabled()
    wave = editor.page.locator(".wave-canvas").bounding_box()
    editor.click(0, 3.0)
    editor.page.mouse.click(wave["x"] + wave["width"] * 4 / 20, wave["y"] + 20)
    press(editor, "Split at the playhead")
    editor.until(lambda: len(app.regions()) == 2)
    assert spans(app) == [near(2.0, 4.0), near(4.0, 6.0)]
    editor.click(0, 5.0)
    press(editor, "Duplicate behind itself")
    editor.until(lambda: len(app.regions()) == 3)
    assert spans(app)[-1] == near(6.0, 8.0)
    press(editor, "Copy the selected regions")
    editor.click(2, 12.0)
    press(editor, "Paste at the playhead")
    editor.until(lambda: len(app.regions()) == 4)
    assert spans(app)[-1] == near(12.0, 14.0)
    press(editor, "Cut")
    editor.until(lambda: len(app.regions()) == 3)
    press(editor, "Paste at the same times")
    editor.until(lambda: len(app.regions()) == 4)
    assert spans(app)[-1] == near(12.0, 14.0)


def test_tooltips_name_the_keys_of_the_person(open_editor: Any, app: Any) -> None:
    app.preferences = {**app.preferences, "keys": {"split": "Alt+S"}}
    tools = open_editor().page.get_by_role("group", name="Mark and edit").get_by_role("button")
    titles = tools.evaluate_all("buttons => buttons.map((button) => button.title)")
    assert "Split at the playhead (Alt+S)" in titles
    assert "Paste at the same times (Ctrl+Shift+V)" in titles


def test_fingers_find_targets_of_44_pixels(open_editor: Any) -> None:
    editor = open_editor(width=1024, has_touch=True, is_mobile=True)
    tools = editor.page.get_by_role("group", name="Mark and edit").get_by_role("button")
    sizes = tools.evaluate_all("all => all.map((one) => [one.offsetWidth, one.offsetHeight])")
    assert len(sizes) == 8
    assert min(min(size) for size in sizes) >= 44
