"""Reviewing an annotation in a real browser."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


@pytest.fixture(autouse=True)
def _submitted(app) -> None:
    app.put(id="r_one", start=2.0, end=4.0, label="music", origin=HUMAN)
    app.put(id="r_two", start=6.0, end=9.0, label="speech", origin=HUMAN)
    app.state = "submitted"


def test_a_region_is_sent_back_with_feedback_by_keys_alone(open_editor, app) -> None:
    editor = open_editor("review")
    editor.press("ArrowDown", "ArrowDown", "x")
    editor.page.keyboard.type("Ends too late")
    editor.press("Escape", "Control+Backspace")
    editor.until(lambda: app.posted_reviews)
    wrong = {"id": "r_two", "decision": "reject", "feedback": "Ends too late"}
    assert app.posted_reviews == [
        {"revision": 2, "decision": "reject", "feedback": "", "reasons": [], "regions": [wrong]}
    ]
    editor.until(lambda: editor.triggers())
    assert editor.triggers() == [["reviewed", {"annotation": "a1", "decision": "reject"}]]


def test_a_click_on_a_box_on_the_spectrogram_selects_it(open_editor, app) -> None:
    app.put(id="r_box", start=12.0, end=16.0, low=500.0, high=3500.0, label="siren", origin=HUMAN)
    app.state = "submitted"
    editor = open_editor("review")
    editor.page.wait_for_timeout(300)
    box = editor.page.locator(".spectrogram-canvas").bounding_box()
    editor.page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.4)
    editor.page.locator(".region-title", has_text="Siren").wait_for()


def test_sending_back_needs_a_reason(open_editor, app) -> None:
    editor = open_editor("review")
    editor.page.get_by_role("button", name="Send back").click()
    editor.page.get_by_text("Say what should be changed").wait_for()
    assert not app.posted_reviews
    editor.page.get_by_label("Feedback on the whole annotation").fill("Listen to the end")
    editor.page.get_by_role("button", name="Send back").click()
    editor.until(lambda: app.posted_reviews)
    assert app.posted_reviews[0]["feedback"] == "Listen to the end"


def test_an_annotation_with_wrong_regions_is_not_approved_by_accident(open_editor, app) -> None:
    editor = open_editor("review")
    editor.press("ArrowDown", "x", "Escape", "Control+Enter")
    editor.page.get_by_text("marked as wrong").wait_for()
    assert not app.posted_reviews
    editor.press("y", "Control+Enter")
    editor.until(lambda: app.posted_reviews)
    assert app.posted_reviews[0]["decision"] == "approve"


def test_a_changed_annotation_is_said_to_be_changed(open_editor, app) -> None:
    app.refuse_review = True
    editor = open_editor("review")
    editor.press("Control+Enter")
    editor.page.get_by_text("The annotation changed").wait_for()
    assert editor.triggers() == []


def test_a_reviewer_sees_beats_and_instants(open_editor, app) -> None:
    app.document["points"] = [
        {"id": "b_1", "time": 1.0, "kind": "beat", "position": 1, "anchor": False, "origin": {"kind": "human"}},
        {"id": "e_1", "time": 3.0, "kind": "event", "label": "siren", "origin": {"kind": "human"}},
    ]
    app.state = "submitted"
    editor = open_editor("review")
    assert editor.page.locator(".beats-canvas").is_visible()
    assert ["Siren", "0:03.000", "", ""] in [row[:4] for row in editor.cells()]


def test_times_bookmarks_lanes_and_instructions_are_reached_by_the_keys_of_the_editor(open_editor, app) -> None:
    app.instructions = "Mark every siren."
    editor = open_editor("review")
    editor.press("g")
    editor.page.keyboard.type("12.5")
    editor.press("Enter", "b", "Home", "Alt+b")
    editor.page.locator(".clock", has_text="0:12.500").wait_for()
    text = editor.page.get_by_text("Mark every siren.")
    text.wait_for()
    editor.press("Shift+i")
    text.wait_for(state="hidden")
    editor.press("Shift+i")
    text.wait_for()
    editor.press("Escape", "ArrowDown", "Alt+k", "x")
    editor.page.keyboard.type("Ends too late")
    editor.page.locator(".region-title", has_text="Speech").wait_for()


def test_the_keys_of_a_review_are_only_those_that_do_something_there(open_editor) -> None:
    editor = open_editor("review")
    editor.press("?")
    keys = editor.page.get_by_role("dialog").inner_text()
    assert "Approve the selected region" in keys
    assert "Go to a time" in keys
    assert "Select all" not in keys
    assert "Next open suggestion" not in keys


def test_an_annotation_that_another_reviewer_has_open_says_so_and_one_that_is_left_is_given_back(
    open_editor, app
) -> None:
    app.held_by = "Rolf"
    editor = open_editor("review")
    editor.page.get_by_text("Rolf is reviewing this annotation now.").wait_for()
    assert app.claims[0] == "PUT"
    editor.page.goto("about:blank")
    editor.until(lambda: app.claims[-1] == "DELETE")
