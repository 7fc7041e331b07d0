"""Drawing and changing regions in a real browser: mouse, keys, undo, labels, and what reaches the server."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

CLOSE = 0.05


def test_a_drag_marks_a_region_that_is_saved_as_it_was_drawn(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(1, 4.0, 8.0)
    editor.until(lambda: app.regions())
    (region,) = app.regions()
    assert region["label"] == "music"
    assert region["start"] == pytest.approx(4.0, abs=CLOSE)
    assert region["end"] == pytest.approx(8.0, abs=CLOSE)
    assert region["origin"] == {"kind": "human"}
    assert region["id"].startswith("r_")
    assert len(region["id"]) == 24
    editor.saved()


def test_a_selected_region_is_moved_and_its_edge_resized_by_dragging(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.drag(0, 6.0, 9.0)
    editor.until(lambda: app.regions() and app.regions()[0]["start"] > 6.5)
    editor.drag(0, 11.0, 15.0)
    editor.until(lambda: app.regions()[0]["end"] > 14)
    (region,) = app.regions()
    assert region["start"] == pytest.approx(7.0, abs=CLOSE)
    assert region["end"] == pytest.approx(15.0, abs=CLOSE)


def test_a_drag_over_a_region_that_is_not_selected_leaves_it_where_it_is(open_editor, app) -> None:
    app.put(id="r_present", start=2.0, end=12.0, label="speech", origin={"kind": "human"})
    editor = open_editor()
    editor.drag(0, 5.0, 7.0)
    editor.until(lambda: len(app.regions()) == 2)
    assert (app.regions()[0]["start"], app.regions()[0]["end"]) == (2.0, 12.0)


def test_alt_makes_a_drag_mark_a_new_region_upon_the_selected_one(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 2.0, 12.0)
    editor.page.keyboard.down("Alt")
    editor.drag(0, 5.0, 7.0)
    editor.page.keyboard.up("Alt")
    editor.until(lambda: len(app.regions()) == 2)


def test_keys_nudge_edges_and_one_undo_takes_quick_nudges_back(open_editor, app) -> None:
    app.put(id="r_present", start=2.0, end=4.0, label="speech", origin={"kind": "human"})
    editor = open_editor()
    editor.press("ArrowDown", "BracketRight", "BracketRight", "Alt+BracketRight")
    editor.until(lambda: app.regions()[0]["start"] == 2.021)
    editor.press("Shift+Comma")
    editor.until(lambda: app.regions()[0]["end"] == 3.9)
    editor.press("Control+z", "Control+z")
    editor.until(lambda: (app.regions()[0]["start"], app.regions()[0]["end"]) == (2.0, 4.0))
    editor.press("Control+Shift+Z")
    editor.until(lambda: app.regions()[0]["start"] == 2.021)


def test_a_drag_is_one_step_and_deleting_can_be_undone(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.press("Delete")
    editor.until(lambda: len(app.saves) and not app.regions())
    editor.press("Control+z")
    editor.until(lambda: len(app.regions()) == 1)
    editor.press("Control+z")
    editor.until(lambda: not app.regions())
    editor.press("Control+Shift+Z")
    editor.until(lambda: len(app.regions()) == 1)


def test_number_keys_and_the_key_of_a_label_relabel_the_selected_region(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.press("2")
    editor.until(lambda: app.regions() and app.regions()[0]["label"] == "music")
    editor.press("u")
    editor.until(lambda: app.regions()[0]["label"] == "siren")


def test_in_and_out_points_split_and_duplicate_work_without_a_mouse(open_editor, app) -> None:
    editor = open_editor()
    editor.press("Shift+ArrowRight", "i", "Shift+ArrowRight", "Shift+ArrowRight", "o")
    editor.until(lambda: app.regions())
    (region,) = app.regions()
    assert (region["start"], region["end"]) == (pytest.approx(1.0, abs=0.01), pytest.approx(3.0, abs=0.01))
    editor.press("Shift+ArrowLeft", "s")
    editor.until(lambda: len(app.regions()) == 2)
    assert app.regions()[0]["end"] == app.regions()[1]["start"] == pytest.approx(2.0, abs=0.01)
    editor.press("d")
    editor.until(lambda: len(app.regions()) == 3)


def test_a_click_on_the_waveform_moves_the_playhead_and_keeps_the_selection(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    box = editor.page.locator(".wave-canvas").bounding_box()
    assert box
    editor.page.mouse.click(box["x"] + box["width"] * 6 / 20, box["y"] + 40)
    editor.press("s")
    editor.until(lambda: len(app.regions()) == 2)
    assert app.regions()[0]["end"] == pytest.approx(6.0, abs=CLOSE)


def test_escape_during_a_drag_leaves_everything_as_it_was(open_editor, app) -> None:
    editor = open_editor()
    editor.page.mouse.move(*editor.point(0, 4.0))
    editor.page.mouse.down()
    editor.page.mouse.move(*editor.point(0, 8.0), steps=4)
    editor.press("Escape")
    editor.page.mouse.up()
    editor.drag(1, 10.0, 12.0)
    editor.until(lambda: app.regions())
    assert [region["label"] for region in app.regions()] == ["music"]


def test_typed_times_and_text_are_saved(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.page.get_by_label("Start", exact=True).fill("0:03.25")
    editor.page.get_by_label("End", exact=True).fill("9,5")
    editor.page.get_by_label("Text of the region").fill("good morning")
    editor.press("Escape")
    editor.until(lambda: app.regions() and app.regions()[0].get("text") == "good morning")
    assert (app.regions()[0]["start"], app.regions()[0]["end"]) == (3.25, 9.5)


def test_tags_and_the_caption_are_saved(open_editor, app) -> None:
    editor = open_editor()
    editor.page.get_by_label("Add a tag for the whole clip").click()
    editor.page.keyboard.type("Music")
    editor.page.keyboard.press("Enter")
    editor.until(lambda: [tag["label"] for tag in app.document["tags"]] == ["music"])
    editor.page.get_by_label("Caption of the clip").fill("A tone that swells")
    editor.until(lambda: app.document["caption"] and app.document["caption"]["text"] == "A tone that swells")


def test_no_key_reaches_the_page_around_the_editor(open_editor) -> None:
    editor = open_editor()
    editor.press("r", "c", "Space", "Space", "ArrowDown", "?")
    editor.page.get_by_role("dialog", name="Keys").wait_for()
    editor.press("Escape")
    assert editor.page.evaluate("window.pageKeys") == []


def test_a_task_left_while_it_is_opened_does_not_appear_later(open_editor) -> None:
    editor = open_editor()
    editor.page.evaluate("""() => {
        const data = { mode: "annotate", task: "t1", project: "1", api: "/api/v1", readonly: true };
        window.show(data);
        window.show({ ...data, task: "t9" });
    }""")
    editor.page.get_by_role("alert").wait_for()
    editor.page.wait_for_timeout(300)
    assert editor.page.locator(".lb-editor").count() == 0


def test_showing_the_same_task_again_keeps_the_editor_and_leaving_ends_it(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.page.evaluate("""() => window.show(JSON.parse(new URLSearchParams(location.search).get("data")))""")
    assert editor.rows.count() == 1
    editor.page.evaluate("window.leave()")
    editor.until(lambda: any(event["kind"] == "closed" for event in app.activity))


def test_a_copy_that_would_end_after_the_recording_is_not_made_and_that_is_said(open_editor, app) -> None:
    app.put(id="r_1", start=12.0, end=17.0, label="speech", origin={"kind": "human"})
    editor = open_editor()
    editor.press("ArrowDown", "d")
    editor.page.locator(".notice", has_text="1 region was left out: it would lie outside the task.").wait_for()
    assert len(app.regions()) == 1


def test_going_on_after_a_pause_hides_what_was_said_of_the_pause_and_nothing_else(open_editor) -> None:
    editor = open_editor()
    notice = editor.page.locator(".notice")
    editor.page.clock.install()
    editor.page.clock.fast_forward(61_000)
    notice.filter(has_text="Paused").wait_for()
    editor.page.mouse.move(300, 300)
    notice.wait_for(state="hidden")
    editor.page.clock.fast_forward(61_000)
    notice.filter(has_text="Paused").wait_for()
    back = editor.page.get_by_role("button", name="Back")
    back.dispatch_event("click")  # said while it is paused, as what a server answers late would be
    notice.filter(has_text="This is the first task").wait_for()
    editor.page.mouse.move(310, 310)
    assert notice.is_visible()
