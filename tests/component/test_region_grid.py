"""The grid of regions: everything that the lanes offer, by keys alone."""

from __future__ import annotations

import pytest
from grid_rows import in_grid, labels
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


@pytest.mark.usefixtures("three")
def test_cells_are_walked_by_the_keys_of_a_grid_and_the_editor_does_not_hear_them(open_editor) -> None:
    editor = in_grid(open_editor)
    assert editor.focused == "Speech"
    editor.press("ArrowDown", "ArrowRight")
    assert editor.focused == "0:06.000"
    editor.press("End")
    assert editor.focused == "by hand"
    editor.press("Control+End")
    assert editor.page.evaluate("document.activeElement.closest('[role=row]').getAttribute('aria-rowindex')") == "4"
    editor.press("Control+Home", "PageDown", "Home")
    assert editor.focused == "Siren"
    editor.press("Control+Home", "ArrowUp")
    assert editor.focused == "Label"
    expect(editor.page.locator(".clock")).to_have_text("0:00.000")
    assert editor.page.evaluate("window.pageKeys") == []
    assert editor.page.locator("[aria-selected=true]").count() == 0


@pytest.mark.usefixtures("three")
def test_tab_leads_to_one_cell_of_the_grid_and_escape_back_to_the_editor(open_editor) -> None:
    editor = in_grid(open_editor)
    assert editor.page.locator(".table [tabindex='0']").count() == 1
    editor.press("ArrowDown", "Escape", "ArrowRight")
    expect(editor.page.locator(".clock")).to_have_text("0:00.100")
    editor.press("Shift+G")
    assert editor.focused == "Music"


@pytest.mark.usefixtures("three")
def test_space_selects_more_and_what_is_selected_is_changed_together(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("Space", "ArrowDown", "ArrowDown", "Space")
    assert editor.said == "Selected, 2 in all"
    assert [row.get_attribute("aria-selected") for row in editor.rows.all()] == ["true", "false", "true"]
    editor.press("ArrowUp", "2")
    editor.until(lambda: [region["label"] for region in app.regions()] == ["music", "music", "music"])
    editor.press("Control+Home", "Space")
    assert editor.said == "Not selected; 1 still is"


@pytest.mark.usefixtures("three")
def test_shift_and_arrows_select_on_and_ctrl_a_selects_all_that_is_listed(open_editor) -> None:
    editor = in_grid(open_editor)
    editor.press("Shift+ArrowDown")
    assert [row.get_attribute("aria-selected") for row in editor.rows.all()] == ["true", "true", "false"]
    editor.page.get_by_label("Find regions by label or text").fill("far")
    editor.press("Enter", "Control+a")
    expect(editor.page.get_by_text("Siren", exact=True).first).to_be_visible()
    assert editor.said == "Siren, 0:09.000 to 0:15.000"


@pytest.mark.usefixtures("three")
def test_a_row_is_deleted_and_the_next_one_has_the_focus(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "Delete")
    editor.until(lambda: len(app.regions()) == 2)
    assert editor.said == "Region deleted; Ctrl+Z brings it back"
    assert editor.focused == "0:06.000"
    editor.press("Control+z")
    editor.until(lambda: len(app.regions()) == 3)
    assert editor.said == "Undone: Speech, 0:02.000 to 0:04.000 is back"


def test_suggestions_are_accepted_and_rejected_where_they_are_listed(open_editor, app) -> None:
    app.predict([("s1", 2.0, 5.0, "speech", 0.9), ("s2", 8.0, 9.0, "music", 0.4), ("s3", 12.0, 13.0, "siren", 0.8)])
    editor = in_grid(open_editor)
    assert editor.cells()[0][5:] == ["90%", "suggested · tagger"]
    editor.press("a")
    editor.until(lambda: [region["id"] for region in app.regions()] == ["s1"])
    assert editor.said == "Speech accepted"
    assert editor.cells()[0][6] == "accepted · tagger"
    editor.press("ArrowDown", "r")
    editor.until(lambda: [one["region"] for one in app.decisions] == ["s2"])
    assert editor.focused == "Siren"


def test_a_suggestion_that_is_edited_in_a_cell_becomes_part_of_the_document(open_editor, app) -> None:
    app.predict([("s1", 2.0, 5.0, "speech", 0.9)])
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "Enter")
    editor.page.keyboard.type("1")
    editor.press("Enter")
    editor.until(lambda: app.regions())
    assert app.regions()[0]["origin"]["edited"] is True
    assert editor.cells()[0][6] == "edited · tagger"


@pytest.mark.usefixtures("three")
def test_a_key_of_the_editor_is_about_the_row_in_focus(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("ArrowDown", "BracketRight")
    editor.until(lambda: app.regions()[1]["start"] == 6.01)
    editor.press("Shift+Space")
    expect(editor.page.get_by_role("button", name="Pause")).to_be_visible()


@pytest.mark.usefixtures("three")
def test_heads_sort_and_say_so(open_editor) -> None:
    editor = in_grid(open_editor)
    heads = editor.page.get_by_role("columnheader")
    assert heads.all_inner_texts() == ["Label", "Start", "End", "Duration", "Text", "Score", "State"]
    expect(heads.nth(1)).to_have_attribute("aria-sort", "ascending")
    editor.press("ArrowUp", "ArrowRight", "ArrowRight", "ArrowRight", "Enter")
    assert editor.said == "Sorted by Duration, ascending"
    assert labels(editor) == ["Music", "Speech", "Siren"]
    editor.press("Enter")
    expect(heads.nth(3)).to_have_attribute("aria-sort", "descending")
    expect(heads.nth(1)).to_have_attribute("aria-sort", "none")
    assert labels(editor) == ["Siren", "Speech", "Music"]
    heads.nth(0).click()
    assert labels(editor) == ["Music", "Siren", "Speech"]
    editor.press("ArrowRight", "ArrowRight", "Enter")
    assert editor.said == "End cannot be sorted by"


@pytest.mark.usefixtures("three")
def test_a_row_that_moves_when_it_is_edited_keeps_the_focus(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "ArrowRight", "Enter")
    editor.page.keyboard.type("19")
    editor.press("Enter", "ArrowLeft", "Enter")
    editor.page.keyboard.type("16")
    editor.press("Enter")
    editor.until(lambda: app.regions()[2]["start"] == 16.0)
    assert editor.focused == "0:16.000"
    assert labels(editor) == ["Music", "Siren", "Speech"]


@pytest.mark.usefixtures("three")
def test_rows_are_found_by_words_by_having_no_text_and_by_being_suggestions(open_editor, app) -> None:
    app.predict([("s1", 16.0, 17.0, "music", 0.9)])
    editor = open_editor()
    count = editor.page.locator(".list-head .number")
    expect(count).to_have_text("4")
    words = editor.page.get_by_label("Find regions by label or text")
    words.fill("MORN")
    assert labels(editor) == ["Speech"]
    expect(count).to_have_text("1 of 4")
    editor.until(lambda: editor.said == "1 of 4 regions")
    words.fill("")
    only = editor.page.get_by_label("Which regions are listed")
    only.select_option("Only without text")
    assert [row[1] for row in editor.cells()] == ["0:06.000", "0:16.000"]
    only.select_option("Only suggestions")
    assert [row[1] for row in editor.cells()] == ["0:16.000"]
    words.fill("nothing")
    editor.page.get_by_text("No region of these words.").wait_for()


def test_only_the_rows_that_are_seen_exist_among_twenty_thousand(open_editor, app) -> None:
    app.document["regions"] = [
        {"id": f"r_{n}", "start": n / 1000, "end": n / 1000 + 0.5, "label": "speech", "origin": HUMAN}
        for n in range(20_000 - 500)
    ]
    editor = in_grid(open_editor)
    grid = editor.page.get_by_role("grid", name="Regions")
    assert grid.get_attribute("aria-rowcount") == "19501"
    assert editor.rows.count() < 40
    editor.press("Control+End", "Home")
    row = editor.page.evaluate("document.activeElement.closest('[role=row]').getAttribute('aria-rowindex')")
    assert row == "19501"
    assert editor.rows.count() < 40
    editor.page.mouse.move(500, 800)
    editor.page.mouse.wheel(0, -1_000_000)
    expect(editor.rows.first).to_have_attribute("aria-rowindex", "2")
    editor.press("ArrowUp")
    row = editor.page.evaluate("document.activeElement.closest('[role=row]').getAttribute('aria-rowindex')")
    assert row == "19500", "the cell in focus is kept while the list is scrolled elsewhere"


@pytest.mark.usefixtures("three")
def test_heads_that_are_clicked_are_left_downwards(open_editor) -> None:
    editor = in_grid(open_editor)
    editor.press("Control+End")
    editor.page.get_by_role("columnheader", name="Label").click()
    editor.press("ArrowDown")
    assert editor.focused == "Music"


@pytest.mark.usefixtures("three")
def test_a_new_region_at_the_end_of_a_long_list_is_seen_at_once(open_editor, app) -> None:
    for number in range(30):
        app.put(id=f"r_{number + 9}", start=number / 10, end=number / 10 + 0.05, label="music", origin=HUMAN)
    editor = open_editor()
    editor.drag(0, 17.0, 18.0)
    last = editor.page.get_by_role("row", selected=True)
    expect(last).to_have_attribute("aria-rowindex", "35")
    row, grid = last.bounding_box(), editor.page.locator(".table").bounding_box()
    assert row
    assert grid
    assert row["y"] + row["height"] <= grid["y"] + grid["height"] + 1


@pytest.mark.usefixtures("three")
def test_what_is_selected_on_the_lanes_is_where_the_grid_is_entered(open_editor) -> None:
    editor = open_editor()
    editor.click(2, 12.0)
    editor.press("Shift+G")
    assert editor.focused == "Siren"


@pytest.mark.usefixtures("three")
def test_a_double_click_edits_a_cell_and_a_click_selects_the_row(open_editor, app) -> None:
    editor = open_editor()
    editor.rows.nth(1).click()
    assert editor.said == "Music, 0:06.000 to 0:07.500"
    editor.rows.nth(1).locator("[aria-colindex='3']").dblclick()
    editor.page.keyboard.type("8")
    editor.press("Enter")
    editor.until(lambda: app.regions()[1]["end"] == 8.0)


@pytest.mark.usefixtures("three")
def test_the_list_can_be_folded_and_made_higher_and_stays_so(open_editor) -> None:
    editor = open_editor()
    edge = editor.page.get_by_role("separator", name="Height of the list of regions")
    before = int(edge.get_attribute("aria-valuenow"))
    edge.focus()
    editor.press("ArrowDown", "ArrowDown")
    fold = editor.page.get_by_role("button", name="Regions", exact=True)
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    other = open_editor(same=editor)
    expect(other.page.get_by_role("grid", name="Regions")).to_be_hidden()
    other.press("Shift+G")
    expect(other.page.get_by_role("grid", name="Regions")).to_be_visible()
    again = other.page.get_by_role("separator", name="Height of the list of regions")
    assert int(again.get_attribute("aria-valuenow")) == before + 24


@pytest.mark.usefixtures("three")
def test_work_in_the_grid_counts_as_work(open_editor, app) -> None:
    editor = in_grid(open_editor)
    heard = editor.page.evaluate(
        """() => new Promise((done) => {
          document.querySelector('.lb-editor').addEventListener('keydown', () => done(true), {once: true});
          document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true,
            cancelable: true}));
          setTimeout(() => done(false), 100);
        })"""
    )
    assert heard, "the time at work is counted from what reaches the editor"


@pytest.mark.usefixtures("three")
def test_what_was_submitted_is_read_but_not_edited(open_editor, app) -> None:
    app.state = "submitted"
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "Enter")
    assert editor.said == "Nothing can be changed here"
    assert editor.focused == "0:02.000"
    editor.press("Delete")
    assert len(editor.cells()) == 3


@pytest.mark.usefixtures("three")
def test_a_review_walks_the_same_grid_and_decides_on_the_row_in_focus(open_editor, app) -> None:
    app.state = "submitted"
    editor = in_grid(open_editor, mode="review")
    assert editor.focused == "Speech"
    editor.press("ArrowDown", "y")
    assert [row[6] for row in editor.cells()] == ["by hand", "approved", "by hand"]
    editor.press("Enter")
    assert editor.said == "Nothing can be changed here"
