"""Suggestions that a project withholds, and what the server is told of those that are seen and accepted."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def predicted(app) -> None:
    app.predict([("s1", 2.0, 5.0, "speech", 0.9), ("s2", 8.0, 9.0, "music", 0.4), ("s3", 10.0, 11.0, "music", 0.7)])


def test_suggestions_are_shown_when_the_first_pass_is_declared_done_and_not_before(open_editor, app) -> None:
    predicted(app)
    app.suggestions = "after_first_pass"
    editor = open_editor()
    editor.page.get_by_text("Suggestions come after a first pass").wait_for()
    assert editor.page.get_by_role("button", name="Predict").is_hidden()
    editor.press("p", "v")
    editor.drag(0, 12.0, 14.0)
    expect(editor.rows).to_have_count(1)
    editor.page.get_by_role("button", name="Show suggestions").click()
    editor.page.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    assert app.first_pass is None
    editor.page.get_by_role("button", name="Show suggestions").click()
    editor.page.get_by_role("alertdialog").get_by_role("button", name="Show suggestions").click()
    expect(editor.rows).to_have_count(4)
    assert app.first_pass == app.revision == 1
    assert editor.page.get_by_text("Suggestions come after a first pass").is_hidden()
    editor.page.reload()
    expect(editor.rows).to_have_count(4)
    assert not app.jobs


def test_what_is_being_typed_belongs_to_the_first_pass(open_editor, app) -> None:
    app.suggestions = "after_first_pass"
    editor = open_editor()
    editor.page.get_by_label("Caption of the clip").fill("A tone")
    editor.page.get_by_role("button", name="Show suggestions").click()
    editor.page.get_by_role("alertdialog").get_by_role("button", name="Show suggestions").click()
    editor.until(lambda: app.first_pass == 1)
    assert app.document["caption"]["text"] == "A tone"


def test_escape_leaves_the_question(open_editor, app) -> None:
    app.suggestions = "after_first_pass"
    editor = open_editor()
    editor.page.get_by_role("button", name="Show suggestions").click()
    editor.press("Tab", "Escape")
    expect(editor.page.get_by_role("alertdialog")).to_have_count(0)
    assert app.first_pass is None


def test_where_suggestions_are_never_shown_a_line_says_so(open_editor, app) -> None:
    predicted(app)
    app.suggestions = "hidden"
    editor = open_editor()
    editor.page.get_by_text("This project shows no suggestions of models.").first.wait_for()
    assert editor.page.get_by_role("button", name="Show suggestions").is_hidden()
    expect(editor.rows).to_have_count(0)


def test_the_server_is_told_what_is_seen_and_hidden_by_hand(open_editor, app) -> None:
    predicted(app)
    editor = open_editor()
    editor.until(lambda: app.views)
    editor.page.get_by_label("Lowest score").fill("0.6")
    editor.page.locator(".lb-editor").focus()
    editor.press("v")
    editor.until(lambda: len(app.views) == 2)
    assert app.views == [
        {"shown": True, "predictions": ["p1"], "threshold": 0},
        {"shown": False, "predictions": ["p1"], "threshold": 0.6},
    ]


def test_the_threshold_goes_with_what_is_accepted_or_rejected_by_it_also_when_it_is_redone(open_editor, app) -> None:
    predicted(app)
    editor = open_editor()
    editor.page.get_by_label("Lowest score").fill("0.6")
    editor.page.locator(".lb-editor").focus()
    editor.press("Shift+A")
    editor.until(lambda: len(app.saves) == 1)
    everything = {"how": "all", "threshold": 0.6}
    assert [operation["by"] for operation in app.saves[0]["operations"]] == [everything] * 2
    editor.press("Control+z")
    editor.until(lambda: len(app.saves) == 2)
    editor.press("Control+Shift+Z")
    editor.until(lambda: len(app.saves) == 3)
    assert [operation["by"] for operation in app.saves[2]["operations"]] == [everything] * 2
    editor.press("Shift+R")
    editor.until(lambda: app.decisions)
    assert app.decisions[0] == {
        "prediction": "p1",
        "region": "s2",
        "decision": "rejected",
        "by": {"how": "below", "threshold": 0.6},
    }


def test_changing_the_text_that_a_model_wrote_is_an_edit_of_it(open_editor, app) -> None:
    predicted(app)
    app.predictions[0]["document"]["regions"][0]["text"] = "good mourning"
    editor = open_editor()
    editor.press("ArrowDown", "a")
    editor.until(lambda: app.regions())
    assert app.regions()[0]["origin"]["edited"] is False
    editor.page.get_by_role("textbox", name="Text of the region").fill("good morning")
    editor.until(lambda: app.regions()[0]["text"] == "good morning")
    assert app.regions()[0]["origin"]["edited"] is True
