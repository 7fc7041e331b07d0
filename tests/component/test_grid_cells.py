"""Editing in the cells of the grid of regions, by keys alone."""

from __future__ import annotations

from typing import Any

import pytest
from fake_values import label
from grid_rows import in_grid
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


@pytest.mark.usefixtures("three")
def test_a_time_is_typed_as_in_the_panel_and_undone_by_the_same_key(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "F2")
    editor.page.keyboard.type("0:01,5")
    editor.press("Enter")
    editor.until(lambda: app.regions()[0]["start"] == 1.5)
    assert editor.said == "Start 0:01.500"
    assert editor.focused == "0:01.500"
    editor.press("Control+z")
    editor.until(lambda: app.regions()[0]["start"] == 2.0)
    assert editor.said == "Undone: Speech, 0:02.000 to 0:04.000"
    assert editor.focused == "0:02.000"


@pytest.mark.usefixtures("three")
def test_tab_takes_what_was_typed_and_goes_on_to_the_next_cell(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "Enter")
    editor.page.keyboard.type("1")
    editor.press("Tab", "Enter")
    editor.page.keyboard.type("5.25")
    editor.press("Tab")
    assert editor.focused == "4.250"
    editor.press("Enter")
    editor.page.keyboard.type("2")
    editor.press("Shift+Tab")
    assert editor.focused == "0:03.000"
    editor.until(lambda: (app.regions()[0]["start"], app.regions()[0]["end"]) == (1.0, 3.0))


@pytest.mark.usefixtures("three")
def test_escape_leaves_a_cell_as_it_was(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "Enter")
    editor.page.keyboard.type("1")
    editor.press("Escape")
    assert editor.focused == "0:02.000"
    assert not app.saves


@pytest.mark.usefixtures("three")
def test_a_time_that_cannot_be_is_refused_with_a_reason_and_stays_to_be_corrected(open_editor, app) -> None:
    app.labels[0]["shortest"] = 0.5
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "Enter")
    for typed, reason in (("noon", "Type a time such as"), ("19", "It must lie between"), ("3.9", "at least 0.5 s")):
        editor.press("Control+a")
        editor.page.keyboard.type(typed)
        editor.press("Enter")
        expect(editor.page.get_by_role("alert").filter(has_text=reason)).to_be_visible()
        expect(editor.page.get_by_role("textbox", name="Start").first).to_be_visible()
        assert editor.page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    editor.press("Control+a")
    editor.page.keyboard.type("3")
    editor.press("Enter")
    editor.until(lambda: app.regions()[0]["start"] == 3.0)
    assert len(app.saves) == 1


def test_the_rules_of_a_label_hold_in_the_grid_too(open_editor, app) -> None:
    app.labels[0]["overlap"] = "forbid"
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=6.0, end=7.5, label="speech", origin=HUMAN)
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "ArrowRight", "Enter")
    editor.page.keyboard.type("7")
    editor.press("Enter")
    editor.page.get_by_text("Regions of Speech must not overlap.").wait_for()
    assert editor.page.evaluate("document.activeElement.value") == "7"


@pytest.mark.usefixtures("three")
def test_a_label_is_found_by_typing_and_chosen(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("Enter")
    box = editor.page.get_by_role("combobox", name="Label")
    expect(box).to_be_focused()
    expect(editor.page.locator(".label-list").get_by_role("option", selected=True)).to_have_text("Speech")
    editor.page.keyboard.type("sir")
    expect(editor.page.locator(".label-list").get_by_role("option")).to_have_count(1)
    chosen = editor.page.locator(".label-list").get_by_role("option", name="Siren")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    editor.press("Enter")
    editor.until(lambda: app.regions()[0]["label"] == "siren")
    assert editor.said == "Now Siren"
    assert editor.focused == "Siren"
    editor.press("Enter", "ArrowUp", "Enter")
    editor.until(lambda: app.regions()[0]["label"] == "music")
    editor.press("Enter")
    editor.page.keyboard.type("none such")
    editor.page.get_by_text("No label of this name.").wait_for()
    editor.press("Escape")
    assert editor.focused == "Music"
    assert app.regions()[0]["label"] == "music"


def test_the_list_of_many_labels_lies_beside_its_field_and_is_walked_to_its_end(open_editor, app) -> None:
    app.labels = [label(f"l{n}", f"Label {n:02d}", "#0072B2") for n in range(40)]
    app.put(id="r_1", start=2.0, end=4.0, label="l3", origin=HUMAN)
    editor = in_grid(open_editor)
    editor.press("Enter", *["ArrowDown"] * 20)
    field = editor.page.get_by_role("combobox", name="Label").bounding_box()
    over = editor.page.locator(".label-list").bounding_box()
    assert field
    assert over
    assert over["y"] + over["height"] <= field["y"] or over["y"] >= field["y"] + field["height"]
    chosen = editor.page.locator(".label-list [aria-selected=true]").bounding_box()
    assert chosen
    assert over["y"] <= chosen["y"] <= over["y"] + over["height"] - chosen["height"]
    assert editor.page.locator(".lb-editor").evaluate("one => one.scrollTop") == 0
    editor.press("Enter")
    editor.until(lambda: app.regions()[0]["label"] == "l23")


@pytest.mark.usefixtures("three")
def test_a_text_is_typed_with_letters_that_are_keys_elsewhere(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("ArrowDown", "End", "ArrowLeft", "ArrowLeft", "Enter")
    editor.page.keyboard.type("a drum [d], then r")
    editor.press("Enter")
    editor.until(lambda: app.regions()[1].get("text") == "a drum [d], then r")
    assert len(app.regions()) == 3
    assert editor.said == "Text a drum [d], then r"


def test_a_column_without_texts_leaves_its_room_to_the_questions(open_editor: Any, app: Any) -> None:
    app.labels[0]["attributes"] = [asked("What is wrong with it?", "text"), asked("Is it near?", "text")]
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin=HUMAN)
    editor = open_editor(width=1440)
    room = lambda title: editor.page.get_by_role("columnheader", name=title).bounding_box()["width"]  # noqa: E731
    cut = "heads => heads.filter((head) => head.scrollWidth > head.clientWidth).map((head) => head.textContent)"
    assert editor.page.locator(".table-line > *").evaluate_all(cut) == []
    narrow, question = room("Text"), room("What is wrong with it?")
    editor.rows.first.locator(".cell-text").dblclick()
    editor.page.keyboard.type("a bell")
    editor.press("Enter")
    editor.until(lambda: app.regions()[0].get("text") == "a bell")
    assert room("Text") > 2 * narrow
    assert room("What is wrong with it?") < question


def asked(name: str, kind: str, *choices: str) -> dict[str, Any]:
    return {"id": name.lower(), "name": name, "kind": kind, "choices": list(choices), "required": False}


@pytest.mark.usefixtures("three")
def test_what_a_label_asks_is_answered_in_columns_of_their_own(open_editor, app) -> None:
    app.labels[0]["attributes"] = [asked("Mood", "choice", "calm", "tense"), asked("Clarity", "rating")]
    app.labels[1]["attributes"] = [asked("Mood", "choice", "glad", "sad")]
    editor = in_grid(open_editor)
    heads = editor.page.locator("[role=columnheader]")
    assert heads.all_inner_texts()[4:7] == ["Text", "Mood", "Clarity"]
    words = editor.page.locator(".completions.beside [role=option]")
    editor.press(*["ArrowRight"] * 5, "Enter")
    expect(words).to_have_text(["calm", "tense"])
    editor.press("ArrowDown", "ArrowDown", "Enter")
    editor.until(lambda: app.regions()[0].get("attributes") == {"mood": "tense"})
    assert (editor.said, editor.focused) == ("Mood tense", "tense")
    expect(words).to_have_count(0)
    editor.press("ArrowRight", "Enter")
    editor.page.keyboard.type("7")
    editor.press("Enter")
    editor.page.get_by_text("Type a number from 1 to 5.").wait_for()
    editor.press("Control+a")
    editor.page.keyboard.type("4")
    editor.press("Enter")
    editor.until(lambda: app.regions()[0].get("attributes") == {"mood": "tense", "clarity": 4})
    editor.press("ArrowDown", "Enter")
    assert editor.said == "Clarity cannot be edited"
    editor.press("ArrowLeft", "Enter")
    expect(words).to_have_text(["glad", "sad"])
    words.last.click()
    editor.until(lambda: app.regions()[1].get("attributes") == {"mood": "sad"})


@pytest.mark.usefixtures("three")
def test_words_of_a_vocabulary_are_offered_in_the_cell_and_escape_closes_the_list_first(open_editor, app) -> None:
    app.labels[1]["vocabulary"] = "harte"
    editor = in_grid(open_editor)
    words = editor.page.locator(".completions.beside [role=option]")
    editor.press("ArrowDown", *["ArrowRight"] * 4, "Enter")
    editor.page.keyboard.type("Bb:mi")
    expect(words.first).to_have_text("Bb:min")
    field = editor.page.get_by_role("combobox", name="Text", exact=True)
    editor.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "lb-cell-words-0")
    editor.press("Escape")
    expect(words).to_have_count(0)
    expect(field).to_be_focused()
    editor.press("Control+a")
    editor.page.keyboard.type("Bb:mi")
    editor.press("ArrowDown", "ArrowDown", "Enter", "Enter")
    editor.until(lambda: app.regions()[1].get("text") == "Bb:min7")
    assert editor.focused == "Bb:min7"


@pytest.mark.usefixtures("three")
def test_columns_without_room_are_scrolled_to_by_the_arrow_keys(open_editor, app) -> None:
    app.labels[0]["attributes"] = [asked(f"Question {number}", "text") for number in range(12)]
    editor = in_grid(open_editor)
    editor.press("End")
    inside = """() => {
        const [cell, grid] = [document.activeElement, document.querySelector('[role=grid]')];
        const [inner, outer] = [cell, grid].map((one) => one.getBoundingClientRect());
        return inner.left >= outer.left && inner.right <= outer.right + 1;
    }"""
    assert editor.page.evaluate(inside)
    assert editor.page.locator("[role=grid]").evaluate("(grid) => grid.scrollLeft") > 0
    editor.press("Home")
    assert editor.page.locator("[role=grid]").evaluate("(grid) => grid.scrollLeft") == 0


@pytest.mark.usefixtures("three")
def test_a_cell_that_loses_the_focus_keeps_what_was_typed(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "Enter")
    editor.page.keyboard.type("3")
    editor.page.get_by_role("textbox", name="Caption of the clip").click()
    editor.until(lambda: app.regions()[0]["start"] == 3.0)


@pytest.mark.usefixtures("three")
def test_a_time_that_is_still_being_typed_in_a_cell_is_submitted_too(open_editor, app) -> None:
    editor = in_grid(open_editor)
    editor.press("ArrowRight", "Enter")
    editor.page.keyboard.type("3")
    editor.press("Control+Enter")
    editor.until(lambda: app.state == "submitted")
    assert app.regions()[0]["start"] == 3.0
