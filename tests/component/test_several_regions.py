"""Selecting several regions, changing them together, copying them, and marking instants."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CLOSE = 0.05
HUMAN = {"kind": "human"}


@pytest.fixture
def three(app) -> None:
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=6.0, end=8.0, label="speech", origin=HUMAN)
    app.put(id="r_3", start=6.0, end=9.0, label="music", origin=HUMAN)


def times(app) -> list[tuple[float, float, str]]:
    return [(region["start"], region["end"], region["label"]) for region in app.regions()]


@pytest.mark.usefixtures("three")
def test_regions_that_are_clicked_with_ctrl_are_moved_together(open_editor, app) -> None:
    editor = open_editor()
    editor.click(0, 3.0)
    editor.page.keyboard.down("Control")
    editor.click(1, 7.0)
    editor.page.keyboard.up("Control")
    assert "2 selected" in editor.page.locator(".side").inner_text()
    editor.drag(0, 3.0, 5.0)
    editor.until(lambda: app.regions()[0]["start"] > 3)
    (first, _, _), (second, _, _), (third, _, label) = times(app)
    assert (first, second, third) == (pytest.approx(4.0, abs=CLOSE), 6.0, pytest.approx(8.0, abs=CLOSE))
    assert label == "music"
    editor.press("Control+z")
    editor.until(lambda: times(app)[0][0] == 2.0)


@pytest.mark.usefixtures("three")
def test_all_in_view_are_relabeled_deleted_and_brought_back(open_editor, app) -> None:
    editor = open_editor()
    editor.press("Control+a", "2")
    editor.until(lambda: {label for *_, label in times(app)} == {"music"})
    editor.press("Delete")
    editor.until(lambda: not app.regions())
    editor.press("Control+z", "Control+z")
    editor.until(lambda: sorted(label for *_, label in times(app)) == ["music", "speech", "speech"])


@pytest.mark.usefixtures("three")
def test_a_drag_with_shift_selects_what_it_touches(open_editor, app) -> None:
    editor = open_editor()
    editor.page.keyboard.down("Shift")
    editor.drag(0, 1.0, 7.0)
    editor.page.keyboard.up("Shift")
    editor.press("m")
    editor.until(lambda: len(app.regions()) == 2)
    assert times(app)[0] == (2.0, 8.0, "speech")


@pytest.mark.usefixtures("three")
def test_copied_regions_are_pasted_at_the_playhead_also_in_another_tab(open_editor, app) -> None:
    editor = open_editor()
    editor.click(0, 3.0)
    editor.press("Control+c")
    other = open_editor(same=editor)
    other.page.mouse.click(*other.point(2, 12.0))
    other.press("Control+v")
    other.until(lambda: len(app.regions()) == 4)
    start, end, label = times(app)[-1]
    assert (start, end, label) == (pytest.approx(12.0, abs=CLOSE), pytest.approx(14.0, abs=CLOSE), "speech")


@pytest.mark.usefixtures("three")
def test_regions_are_copied_to_another_task_of_the_recording_at_the_same_times_and_at_the_playhead(
    open_editor, app
) -> None:
    origin = {"kind": "model", "prediction": "7", "region": "m7_1", "model": "tagger", "version": "2", "score": 0.9}
    app.put(id="r_4", start=12.0, end=13.0, label="siren", origin=origin)
    second = app.add_second()
    editor = open_editor()
    editor.press("Control+a", "Control+c")
    other = open_editor(same=editor, task="t2")
    other.press("Control+Shift+V")
    other.until(lambda: len(second.regions()) == 4)
    assert sorted(times(second)) == sorted(times(app))
    copy = second.regions()[-1]["origin"]
    assert (copy["kind"], copy["model"], copy["prediction"], copy.get("score")) == ("human", "tagger", "7", None)
    other.press("Control+Shift+V")
    other.page.get_by_text("4 are there already; 0 pasted").wait_for(state="attached")
    other.page.mouse.click(*other.point(2, 4.0))
    other.press("Control+v")
    other.until(lambda: len(second.regions()) == 8)
    assert min(start for start, *_ in times(second)[1:]) == pytest.approx(4.0, abs=CLOSE)
    assert len(app.regions()) == 4


def test_what_does_not_fit_is_not_pasted_and_said(open_editor, app) -> None:
    app.put(id="r_1", start=2.0, end=12.0, label="speech", origin=HUMAN)
    editor = open_editor()
    editor.press("ArrowDown", "Control+c", "End", "Control+v")
    editor.page.get_by_text("1 copied region did not fit").wait_for()
    assert len(app.regions()) == 1


def test_a_label_that_forbids_overlap_refuses_it_and_one_that_trims_cuts_it(open_editor, app) -> None:
    app.labels[0]["overlap"] = "forbid"
    app.labels[1]["overlap"] = "trim"
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=4.0, end=8.0, label="music", origin=HUMAN)
    editor = open_editor()
    editor.drag(0, 2.0, 6.0)
    editor.page.get_by_text("Regions of Speech must not overlap.").wait_for()
    editor.drag(1, 2.0, 6.0)
    editor.until(lambda: len(app.regions()) == 3)
    assert (times(app)[0][1], times(app)[0][2]) == (4.0, "music")


def test_an_instant_is_marked_moved_and_deleted(open_editor, app) -> None:
    app.points = True
    editor = open_editor()
    editor.page.mouse.click(*editor.point(2, 5.0))
    editor.press("e")
    editor.until(lambda: app.document["points"])
    (point,) = app.document["points"]
    assert (point["kind"], point["label"]) == ("event", "speech")
    assert point["time"] == pytest.approx(5.0, abs=CLOSE)
    editor.press("Shift+BracketRight")
    editor.until(lambda: app.document["points"][0]["time"] == pytest.approx(point["time"] + 0.1, abs=1e-5))
    editor.press("Delete")
    editor.until(lambda: not app.document["points"])


def test_attributes_of_an_instant_are_answered_kept_when_it_moves_and_taken_back(open_editor, app) -> None:
    app.points = True
    app.labels[0]["attributes"] = [
        {"id": "who", "name": "Speaker", "kind": "choice", "choices": ["Ada", "Ben"], "required": False}
    ]
    editor = open_editor()
    editor.page.mouse.click(*editor.point(2, 5.0))
    editor.press("e")
    editor.page.get_by_label("Speaker").select_option("Ben")
    editor.until(lambda: [point.get("attributes") for point in app.document["points"]] == [{"who": "Ben"}])
    before = app.document["points"][0]["time"]
    editor.press("Escape", "ArrowDown", "Shift+BracketRight")
    editor.until(lambda: app.document["points"][0]["time"] > before)
    assert app.document["points"][0]["attributes"] == {"who": "Ben"}
    editor.page.get_by_label("Speaker").select_option("")
    editor.until(lambda: not app.document["points"][0].get("attributes"))


def test_attributes_of_a_label_are_asked_and_saved(open_editor, app) -> None:
    app.labels[0]["attributes"] = [
        {"id": "who", "name": "Speaker", "kind": "choice", "choices": ["Ada", "Ben"], "required": False},
        {"id": "clear", "name": "Clarity", "kind": "rating", "choices": [], "required": False},
        {"id": "pitch", "name": "Pitch", "kind": "number", "choices": [], "required": False},
    ]
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN)
    editor = open_editor()
    editor.press("ArrowDown")
    page = editor.page
    page.get_by_label("Speaker").select_option("Ben")
    page.get_by_role("radio", name="4 of 5").click()
    page.get_by_label("Pitch").fill("high")
    page.get_by_label("Pitch").press("Enter")
    page.get_by_label("Pitch").fill("221.5")
    page.get_by_label("Pitch").press("Tab")
    editor.until(lambda: app.regions()[0].get("attributes") == {"who": "Ben", "clear": 4, "pitch": 221.5})


def test_a_chord_is_held_to_its_vocabulary(open_editor, app) -> None:
    app.labels[0]["vocabulary"] = "harte"
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN)
    editor = open_editor()
    editor.press("ArrowDown", "Enter")
    editor.page.keyboard.type("Cmaj7")
    editor.page.get_by_text("Cmaj7 is no chord as Harte writes it").wait_for()
    editor.page.get_by_label("Text of the region").fill("C:maj7")
    editor.until(lambda: app.regions()[0].get("text") == "C:maj7")


def test_a_text_that_is_no_chord_stops_the_submission_and_says_where(open_editor, app) -> None:
    app.labels[0]["vocabulary"] = "harte"
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN)
    editor = open_editor()
    editor.press("ArrowDown", "Enter")
    editor.page.keyboard.type("Cmaj7")
    editor.press("Control+Enter")
    editor.page.get_by_text("Speech at 0:04.000: Cmaj7 is no chord as Harte writes it").wait_for()
    assert app.state == "draft"
    editor.page.get_by_label("Text of the region").fill("C:maj7")
    editor.press("Control+Enter")
    editor.until(lambda: app.state == "submitted")


def test_an_old_text_that_is_no_chord_stops_the_submission_too(open_editor, app) -> None:
    app.labels[0]["vocabulary"] = "harte"
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN, text="a bell")
    editor = open_editor()
    editor.press("Control+Enter")
    editor.page.get_by_text("Speech at 0:04.000: a bell is no chord").wait_for()
    assert app.state == "draft"
    assert editor.page.get_by_label("Text of the region").input_value() == "a bell"


def test_what_was_typed_and_is_no_chord_is_told_when_another_region_is_selected(open_editor, app) -> None:
    app.labels[0]["vocabulary"] = "harte"
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=10.0, end=12.0, label="speech", origin=HUMAN)
    editor = open_editor()
    editor.press("ArrowDown", "Enter")
    editor.page.keyboard.type("Cmaj7")
    editor.press("Escape", "Escape", "ArrowDown", "ArrowDown")
    editor.page.locator(".notice", has_text="Cmaj7 is no chord as Harte writes it").wait_for()
    assert "text" not in app.regions()[0]


def test_chords_and_sections_are_completed_while_they_are_typed(open_editor, app) -> None:
    app.labels[0]["vocabulary"] = "harte"
    app.labels[1]["vocabulary"] = "salami"
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=10.0, end=12.0, label="music", origin=HUMAN)
    editor = open_editor()
    words = editor.page.locator(".completions [role=option]")
    editor.press("ArrowDown", "Enter")
    editor.page.keyboard.type("Bb:mi")
    expect(words.first).to_have_text("Bb:min")
    editor.press("ArrowDown", "ArrowDown", "Enter")
    editor.until(lambda: app.regions()[0].get("text") == "Bb:min7")
    editor.press("Escape", "ArrowDown", "Enter")
    editor.page.keyboard.type("ver")
    expect(words).to_have_text(["verse", "post-verse", "pre-verse"])
    words.nth(2).click()
    editor.until(lambda: app.regions()[1].get("text") == "pre-verse")


def test_a_required_question_is_answered_before_the_task_is_submitted(open_editor, app) -> None:
    app.labels[0]["attributes"] = [{"id": "who", "name": "Speaker", "kind": "text", "choices": [], "required": True}]
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN)
    editor = open_editor()
    editor.press("Control+Enter")
    editor.page.get_by_text("“Speaker” is not answered for Speech at 0:04.000").wait_for()
    assert app.state == "draft"
    editor.page.get_by_label("Speaker").fill("Ada")
    editor.page.get_by_label("Speaker").press("Control+Enter")
    editor.until(lambda: app.state == "submitted")
