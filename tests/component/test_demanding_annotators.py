"""What an annotator does all day without thinking of it: keys after clicks, typing and handing in, leaving, undoing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def test_keys_still_mean_the_editor_after_a_click_on_a_button_that_is_drawn_anew(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.page.get_by_role("radio", name="Music").click()
    editor.until(lambda: app.regions()[0]["label"] == "music")
    editor.press("Delete")
    editor.until(lambda: not app.regions())


def test_the_chosen_label_and_the_selected_row_are_said_to_be_so(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    expect(editor.page.get_by_role("radio", name="Speech")).to_be_checked()
    expect(editor.page.get_by_role("radio", name="Music")).not_to_be_checked()
    assert editor.rows.first.get_attribute("aria-selected") == "true"


def test_a_time_that_is_still_being_typed_is_submitted_too(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.page.get_by_role("textbox", name="End").fill("6.5")
    editor.press("Control+Enter")
    editor.until(lambda: app.state == "submitted")
    assert app.regions()[0]["end"] == 6.5


def test_a_time_outside_the_recording_is_refused_and_the_field_shows_what_holds(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.saved()
    end = editor.page.get_by_role("textbox", name="End")
    before = end.input_value()
    end.fill("1:39")
    end.press("Tab")
    editor.page.get_by_text("It must lie between").wait_for()
    assert end.input_value() == before


def test_a_rejected_suggestion_comes_back_with_undo(open_editor, app) -> None:
    editor = open_editor()
    editor.page.get_by_role("button", name="Predict").click()
    editor.rows.nth(1).wait_for()
    many = editor.rows.count()
    editor.page.locator(".lb-editor").focus()
    editor.press("ArrowDown", "r")
    expect(editor.rows).to_have_count(many - 1)
    editor.until(lambda: [one["decision"] for one in app.decisions] == ["rejected"])  # else the undo replaces it
    editor.press("Control+z")
    expect(editor.rows).to_have_count(many)
    editor.until(lambda: [one["decision"] for one in app.decisions] == ["rejected", "undecided"])


def test_what_was_drawn_a_moment_ago_is_saved_when_the_page_is_left(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.page.evaluate("window.leave()")
    editor.until(lambda: len(app.regions()) == 1)


def test_a_text_that_was_typed_a_moment_ago_survives_a_reload(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.saved()
    editor.page.on("dialog", lambda dialog: dialog.accept())
    editor.page.get_by_role("textbox", name="Text of the region").type("a bell")
    editor.page.reload()
    editor.until(lambda: app.regions()[0].get("text") == "a bell")


def test_two_tabs_of_one_browser_keep_their_unsaved_work_apart(open_editor, app) -> None:
    one = open_editor()
    app.down = True
    one.drag(0, 4.0, 8.0)
    one.page.locator(".save-status.is-offline").wait_for()
    app.down = False
    two = open_editor(same=one)
    two.drag(1, 9.0, 12.0)
    two.until(lambda: len(app.regions()) == 2)
    one.saved()
    assert sorted(region["label"] for region in app.regions()) == ["music", "speech"]


def test_submitting_what_another_tab_has_changed_shows_the_change_first(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.until(lambda: len(app.regions()) == 1)
    editor.saved()
    app.put(id="r_other", start=1.0, end=2.0, label="siren", origin=HUMAN)
    editor.press("Control+Enter")
    editor.page.get_by_text("Another tab changed this annotation. Look at it here").wait_for()
    expect(editor.rows).to_have_count(2)
    assert editor.status.inner_text() == "All changes saved"
    editor.press("Control+Enter")
    editor.until(lambda: app.state == "submitted")


def test_keys_move_the_edges_to_the_playhead_and_the_whole_region(open_editor, app) -> None:
    editor = open_editor()
    app_region = {"id": "r_1", "start": 4.0, "end": 8.0, "label": "speech", "origin": HUMAN}
    editor.page.close()
    app.put(**app_region)
    editor = open_editor()
    editor.press("ArrowDown", "Shift+ArrowRight", "Control+[")
    editor.until(lambda: app.regions()[0]["start"] == 5.0)
    editor.press("Control+Shift+ArrowRight", "Control+Shift+ArrowRight")
    editor.until(lambda: (app.regions()[0]["start"], app.regions()[0]["end"]) == (5.02, 8.02))


def test_splitting_what_a_model_made_marks_it_as_edited(open_editor, app) -> None:
    editor = open_editor()
    editor.page.get_by_role("button", name="Predict").click()
    editor.rows.nth(1).wait_for()
    editor.page.locator(".lb-editor").focus()
    editor.press("ArrowDown", "a", "Shift+ArrowRight", "s")
    editor.until(lambda: len(app.regions()) == 2)
    assert app.regions()[0]["origin"]["edited"] is True


def test_the_list_of_keys_is_modal(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.until(lambda: len(app.regions()) == 1)
    editor.press("?", "Delete", "Escape")
    editor.page.wait_for_timeout(200)
    assert len(app.regions()) == 1


def test_space_at_the_end_plays_from_the_start(open_editor, app) -> None:
    editor = open_editor()
    editor.press("End", "Space")
    expect(editor.page.get_by_role("button", name="Pause")).to_be_visible()
