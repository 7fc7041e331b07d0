"""Edges that snap to onsets, beats and other regions, while they are dragged and by keys."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def choose(editor, mode: str) -> None:
    editor.page.get_by_label("Edges snap to").select_option(mode)
    editor.page.wait_for_timeout(150)


def test_a_dragged_edge_snaps_to_an_onset_and_ctrl_suspends_it(open_editor, app) -> None:
    editor = open_editor()
    choose(editor, "onset")
    editor.drag(0, 1.05, 4.06)
    editor.until(lambda: app.regions())
    assert (app.regions()[0]["start"], app.regions()[0]["end"]) == (1.0, 4.13)
    editor.page.keyboard.down("Control")
    editor.drag(1, 7.45, 9.0)
    editor.page.keyboard.up("Control")
    editor.until(lambda: len(app.regions()) == 2)
    assert app.regions()[1]["start"] != 7.5


def test_a_moved_region_snaps_with_the_edge_that_is_nearer_to_a_beat(open_editor, app) -> None:
    app.put(id="r_1", start=4.2, end=6.3, label="speech", origin=HUMAN)
    editor = open_editor()
    choose(editor, "beat")
    editor.click(0, 5.0)
    editor.drag(0, 5.0, 6.17)
    editor.until(lambda: app.regions()[0]["end"] == 7.5)
    assert app.regions()[0]["start"] == pytest.approx(5.4, abs=1e-5)


def test_edges_snap_to_those_of_other_regions(open_editor, app) -> None:
    app.put(id="r_1", start=4.2, end=6.3, label="speech", origin=HUMAN)
    editor = open_editor()
    choose(editor, "edge")
    editor.drag(1, 6.25, 9.0)
    editor.until(lambda: len(app.regions()) == 2)
    assert app.regions()[1]["start"] == 6.3


def test_keys_move_the_edge_that_was_moved_last_to_the_nearest_point(open_editor, app) -> None:
    app.put(id="r_1", start=4.2, end=6.3, label="speech", origin=HUMAN)
    editor = open_editor()
    editor.press("ArrowDown", "Shift+O")
    editor.until(lambda: app.regions()[0]["start"] == 4.13)
    editor.press("Period", "Shift+B")
    editor.until(lambda: app.regions()[0]["end"] == 6.5)
    editor.press("Shift+Z")
    editor.until(lambda: app.regions()[0]["end"] == 6.5005)


def test_the_choice_is_remembered_in_this_browser(open_editor) -> None:
    editor = open_editor()
    editor.press("Shift+S")
    other = open_editor(same=editor)
    assert other.page.get_by_label("Edges snap to").input_value() == "onset"
