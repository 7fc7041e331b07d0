"""Beats as rows of the grid of regions: read, selected, edited and deleted by keys, and in step with the stage."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tone import SECONDS

pytestmark = pytest.mark.browser

SOURCE = {"kind": "model", "prediction": "p1", "model": "tagger", "version": "2", "score": 0.7, "edited": False}
HUMAN = {"kind": "human"}


@pytest.fixture
def editor(full, open_editor):
    return open_editor()


@pytest.fixture
def full(app) -> None:
    """Beats every second from 1 s on in bars of three, the second of them a model's, and a region among them."""
    app.points = True
    app.put(id="r_1", start=2.5, end=4.0, label="speech", text="Good morning", origin=HUMAN)
    app.document["points"] = [
        {
            "id": f"b_{number}",
            "time": 1.0 + number,
            "kind": "beat",
            "position": number % 3 + 1,
            "origin": SOURCE if number == 1 else HUMAN,
        }
        for number in range(6)
    ]


def beats(app) -> list[dict]:
    return sorted(app.document["points"], key=lambda point: point["time"])


def on_stage(editor: Any, seconds: float) -> tuple[float, float]:
    box = editor.page.locator(".beats-canvas").bounding_box()
    return box["x"] + box["width"] * seconds / SECONDS, box["y"] + box["height"] / 2


def selected(editor: Any) -> list[str]:
    """The times of the selected rows."""
    return editor.page.locator(".table-row[aria-selected=true] .cell-start").all_inner_texts()


def test_beats_are_rows_with_their_place_among_the_regions(editor) -> None:
    grid = editor.page.get_by_role("grid", name="Regions and beats", exact=True)
    expect(grid).to_have_attribute("aria-rowcount", "8")
    expect(grid.get_by_role("columnheader")).to_have_text(
        ["Label", "Start", "End", "Duration", "Bar:beat", "Downbeat", "Text", "Score", "State"]
    )
    assert editor.cells()[:4] == [
        ["Beats", "0:01.000", "", "", "1:1", "yes", "", "", "by hand"],
        ["Beats", "0:02.000", "", "", "1:2", "no", "", "70%", "accepted · tagger"],
        ["Speech", "0:02.500", "0:04.000", "1.500", "", "", "Good morning", "", "by hand"],
        ["Beats", "0:03.000", "", "", "1:3", "no", "", "", "by hand"],
    ]
    which = editor.page.get_by_label("Which regions are listed")
    which.select_option("Only beats")
    expect(editor.rows).to_have_count(6)
    which.select_option("Only regions")
    expect(editor.rows).to_have_count(1)
    editor.page.reload()
    expect(editor.rows).to_have_count(1)  # the choice is remembered


def test_a_beat_is_selected_moved_made_a_downbeat_and_deleted_by_keys_in_the_grid(editor, app) -> None:
    editor.press("Shift+G", "ArrowDown", "Space")
    editor.until(lambda: selected(editor) == ["0:02.000"])
    assert editor.said == "Selected"
    editor.press("ArrowRight", "F2")
    editor.page.keyboard.type("2.1")
    editor.press("Enter")
    editor.until(lambda: any(beat["time"] == 2.1 and beat["anchor"] for beat in beats(app)))
    assert next(beat for beat in beats(app) if beat["id"] == "b_1")["origin"] == {**SOURCE, "edited": True}
    assert editor.focused == "0:02.100"
    editor.press("Control+z")
    editor.until(lambda: beats(app)[1]["time"] == 2.0)
    editor.press("End", "ArrowLeft", "ArrowLeft", "ArrowLeft", "Enter")
    editor.until(lambda: [beat["position"] for beat in beats(app)] == [3, 1, 2, 3, 1, 2])
    expect(editor.page.locator(".table-row").nth(1).locator(".cell-downbeat")).to_have_text("yes")
    editor.press("Enter")
    editor.until(lambda: [beat["position"] for beat in beats(app)] == [3, 4, 5, 6, 1, 2])
    assert editor.said == "The bar before goes on here"
    editor.press("Delete")
    editor.until(lambda: [beat["id"] for beat in beats(app)] == ["b_0", "b_2", "b_3", "b_4", "b_5"])
    assert len(app.regions()) == 1


def test_a_key_is_about_the_beat_of_the_row_in_focus_and_not_about_the_region_that_is_selected(editor, app) -> None:
    editor.click(0, 3.0)
    editor.until(lambda: selected(editor) == ["0:02.500"])
    editor.press("Shift+G", "Control+Home", "Delete")
    editor.until(lambda: [beat["id"] for beat in beats(app)] == ["b_1", "b_2", "b_3", "b_4", "b_5"])
    assert len(app.regions()) == 1


def test_a_beat_selected_on_the_stage_is_said_and_selected_in_the_grid_and_the_other_way_round(editor) -> None:
    editor.page.mouse.click(*on_stage(editor, 4.0))
    editor.until(lambda: selected(editor) == ["0:04.000"])
    assert editor.said == "Beat 1 of bar 2, 0:04.000"
    editor.page.locator(".table-row .cell-start", has_text="0:03.000").click()
    editor.until(lambda: editor.said == "Beat 3 of bar 1, 0:03.000")
    expect(editor.page.locator(".beat-figures").nth(1)).to_have_text("Beat 3 of bar 1, 0:03.000")
    expect(editor.page.locator(".clock")).to_have_text("0:03.000")
    editor.press("Escape", "Alt+w")
    editor.until(lambda: selected(editor) == ["0:04.000"])


@pytest.mark.usefixtures("full")
def test_a_beat_that_is_tapped_with_a_finger_is_said_and_selected(open_editor) -> None:
    editor = open_editor(width=1024, has_touch=True)
    editor.page.locator(".table-row").first.wait_for()
    editor.page.touchscreen.tap(*on_stage(editor, 5.0))
    editor.until(lambda: selected(editor) == ["0:05.000"])
    assert editor.said == "Beat 2 of bar 2, 0:05.000"


def test_a_reviewer_reads_beats_in_the_grid_and_changes_none(open_editor, app) -> None:
    app.document["points"] = [
        {"id": f"b_{number}", "time": 1.0 + number, "kind": "beat", "position": number + 1, "origin": HUMAN}
        for number in range(3)
    ]
    app.state = "submitted"
    editor = open_editor("review")
    expect(editor.page.get_by_role("grid", name="Regions and beats", exact=True)).to_have_attribute(
        "aria-readonly", "true"
    )
    assert editor.cells()[1] == ["Beats", "0:02.000", "", "", "1:2", "no", "", "", "by hand"]
    editor.press("Shift+G", "ArrowDown", "Space")
    editor.until(lambda: selected(editor) == ["0:02.000"])
    expect(editor.page.locator(".clock")).to_have_text("0:02.000")
    editor.press("Enter")
    editor.until(lambda: editor.said == "Nothing can be changed here")
    editor.press("Escape", "Escape")
    editor.until(lambda: selected(editor) == [])
