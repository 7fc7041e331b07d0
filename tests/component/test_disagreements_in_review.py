"""Reviewing what several annotators handed in: where they differ, and the ground truth written out of it by keys."""

from __future__ import annotations

from typing import Any

import pytest
from fake_values import empty_document

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def place(number: int) -> float:
    """Where the sound of that number begins (s)."""
    return 0.2 + number * 0.95


@pytest.fixture
def twenty(app: Any) -> None:
    """Twenty sounds, about each of which Ada and Ben say something else; Cleo agrees with Ben."""
    theirs = []
    for number in range(20):
        start = place(number)
        app.put(id=f"r_{number}", start=start, end=start + 0.6, label="speech", origin=HUMAN)
        match number % 3:
            case 0:
                theirs.append((f"b_{number}", start, start + 0.6, "music"))
            case 1:
                theirs.append((f"b_{number}", start + 0.25, start + 0.6, "speech"))
    app.annotate("Ben", theirs)
    app.annotate("Cleo", [(f"c{region}", start, end, label) for region, start, end, label in theirs])
    app.state = "submitted"


def truth(app: Any) -> list[tuple[float, float, str]]:
    regions = sorted(app.ground_truth["document"]["regions"], key=lambda one: one["start"])
    return [(round(one["start"], 3), round(one["end"], 3), one["label"]) for one in regions]


def test_twenty_disagreements_are_resolved_by_keyboard_alone(open_editor: Any, app: Any, twenty: None) -> None:
    editor = open_editor("review")
    editor.page.locator(".lane-head", has_text="Disagree").get_by_text("20 open").wait_for()
    expected = []
    for number in range(20):
        start = place(number)
        editor.press("n")
        editor.page.get_by_role("heading", name=f"Disagreement {number + 1} of 20").wait_for()
        match number % 3:
            case 0:
                editor.press("2")
                expected.append((start, start + 0.6, "music"))
            case 1:
                editor.press("m")
                expected.append((start + 0.25, start + 0.6, "speech"))
            case 2 if number % 2:
                editor.press("3")
            case _:
                editor.press("1", ".")
                expected.append((start, start + 0.61, "speech"))
    editor.page.locator(".lane-head", has_text="Disagree").get_by_text("0 open").wait_for()
    before = [dict(region) for region in app.regions()]
    editor.press("Control+Enter")
    editor.until(lambda: editor.triggers())
    assert truth(app) == [(round(start, 3), round(end, 3), label) for start, end, label in expected]
    assert app.regions() == before
    assert app.posted_reviews[0]["decision"] == "approve"


def test_each_version_has_a_lane_and_the_model_one_too(open_editor: Any, app: Any, twenty: None) -> None:
    app.predict([("p_1", 1.0, 2.0, "siren", 0.9)])
    editor = open_editor("review")
    heads = editor.page.locator(".lane-head").all_inner_texts()
    names = ("Disagree", "1 Ada", "2 Ben", "3 Cleo", "4 Tagger 2", "Ground truth")
    assert len(heads) == len(names)
    assert all(name in head for name, head in zip(names, heads, strict=True))


def test_a_wider_collar_leaves_fewer_disagreements_and_is_remembered(open_editor: Any, app: Any, twenty: None) -> None:
    editor = open_editor("review")
    strip = editor.page.locator(".lane-head", has_text="Disagree")
    editor.page.get_by_text("What counts as different").click()
    editor.page.get_by_label("Edges are the same within (s)").fill("0.3")
    editor.page.get_by_label("Edges are the same within (s)").press("Enter")
    strip.get_by_text("13 open").wait_for()
    again = open_editor("review", same=editor)
    again.page.locator(".lane-head", has_text="Disagree").get_by_text("13 open").wait_for()


def test_undo_brings_back_what_was_there_and_opens_the_disagreement_again(
    open_editor: Any, app: Any, twenty: None
) -> None:
    editor = open_editor("review")
    editor.press("n", "2")
    strip = editor.page.locator(".lane-head", has_text="Disagree")
    strip.get_by_text("19 open").wait_for()
    editor.press("Control+z")
    strip.get_by_text("20 open").wait_for()
    editor.press("Control+Shift+z", "n", "Shift+Digit3", "Control+Enter")
    editor.until(lambda: editor.triggers())
    theirs = app.others[1]["document"]["regions"]
    assert truth(app) == [(round(one["start"], 3), round(one["end"], 3), one["label"]) for one in theirs]


def test_what_is_not_saved_yet_outlives_a_reload(open_editor: Any, app: Any, twenty: None) -> None:
    editor = open_editor("review")
    editor.press("n", "2")
    editor.page.locator(".lane-head", has_text="Disagree").get_by_text("19 open").wait_for()
    editor.page.reload()
    editor.page.locator(".lane-head", has_text="Disagree").get_by_text("19 open").wait_for()


def test_ground_truth_that_another_reviewer_wrote_meanwhile_is_told_and_not_overwritten(
    open_editor: Any, app: Any, twenty: None
) -> None:
    editor = open_editor("review")
    editor.press("n", "2")
    theirs = empty_document()
    app.ground_truth |= {"kind": "adjudicated", "revision": 1, "document": theirs, "by": "rolf"}
    editor.press("Control+Enter")
    editor.page.get_by_text("rolf wrote the ground truth").wait_for()
    assert not app.posted_reviews
    assert app.ground_truth["document"]["regions"] == []
    editor.page.get_by_role("button", name="Keep mine instead").click()
    editor.until(lambda: editor.triggers())
    assert app.ground_truth["revision"] == 2
    assert len(truth(app)) == 20


def test_an_annotation_alone_is_fixed_and_approved_without_being_changed(open_editor: Any, app: Any) -> None:
    app.put(id="r_1", start=3.0, end=5.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=7.0, end=9.0, label="music", origin=HUMAN)
    app.state = "submitted"
    editor = open_editor("review")
    editor.press("ArrowDown", "Shift+BracketRight", "ArrowDown", "Delete", "Control+Enter")
    editor.until(lambda: editor.triggers())
    assert truth(app) == [(3.1, 5.0, "speech")]
    assert [(one["start"], one["end"]) for one in app.regions()] == [(3.0, 5.0), (7.0, 9.0)]


def test_approving_without_a_change_writes_no_ground_truth(open_editor: Any, app: Any, twenty: None) -> None:
    editor = open_editor("review")
    editor.press("n", "Control+Enter")
    editor.until(lambda: editor.triggers())
    assert app.ground_truth["revision"] == 0


def test_reasons_of_the_project_are_chosen_and_sent(open_editor: Any, app: Any, twenty: None) -> None:
    app.review_reasons = ["Boundaries too loose", "Wrong label"]
    editor = open_editor("review")
    editor.page.get_by_role("button", name="Wrong label").click()
    editor.page.get_by_role("button", name="Send back").click()
    editor.until(lambda: app.posted_reviews)
    assert app.posted_reviews[0]["reasons"] == ["Wrong label"]


def test_a_second_review_shows_what_changed_since_it_was_sent_back(open_editor: Any, app: Any) -> None:
    before = empty_document()
    same = {"id": "r_1", "start": 1.0, "end": 2.0, "label": "speech", "origin": HUMAN}
    before["regions"] = [
        same,
        {"id": "r_2", "start": 4.0, "end": 5.0, "label": "speech", "origin": HUMAN},
        {"id": "r_3", "start": 8.0, "end": 9.0, "label": "music", "origin": HUMAN},
    ]
    app.put(**same)
    app.put(id="r_2", start=4.0, end=5.5, label="speech", origin=HUMAN)
    app.put(id="r_4", start=12.0, end=13.0, label="siren", origin=HUMAN)
    rejected = {"id": "v1", "revision": 1, "reviewer": "rita", "decision": "reject", "feedback": "Ends too early"}
    app.reviews = [{**rejected, "reasons": [], "regions": [], "created_at": "2026-01-01T00:00:00Z"}]
    app.sent_back, app.state = {"revision": 1, "document": before}, "submitted"
    editor = open_editor("review")
    editor.page.get_by_text("1 region added, 1 moved, 1 removed").wait_for()
    assert [row[1] for row in editor.cells()] == ["0:04.000", "0:12.000"]
    editor.page.locator(".lane-head", has_text="Removed").wait_for()
    box, words = editor.page.get_by_label("Show only that"), editor.page.get_by_text("Show only that")
    place, says = box.bounding_box(), words.bounding_box()
    assert place is not None
    assert says is not None
    assert place["width"] < 30
    assert says["x"] - (place["x"] + place["width"]) < 12
    editor.press("v")
    editor.until(lambda: len(editor.cells()) == 3)


def test_the_versions_of_a_disagreement_are_heard_in_turn(open_editor: Any, app: Any) -> None:
    app.put(id="r_1", start=3.0, end=3.4, label="speech", origin=HUMAN)
    app.annotate("Ben", [("b_1", 3.2, 3.7, "speech")])
    app.state = "submitted"
    editor = open_editor("review")
    editor.press("n", "h")
    editor.page.locator(".clock", has_text="0:03.700").wait_for()


def test_annotators_whose_long_names_begin_alike_are_told_apart_at_their_lanes(open_editor: Any, app: Any) -> None:
    app.annotate("Demonstration Annotator of the Sounds One", [("b", 1.0, 2.0, "speech")])
    app.annotate("Demonstration Annotator of the Sounds Two", [("c", 1.0, 2.0, "music")])
    app.state = "submitted"
    editor = open_editor("review")
    for name, tail in (("One", "One"), ("Two", "Two")):
        head = editor.page.locator(f".lane-head[title$='Sounds {name}']")
        seen, whole = head.locator(".telling").bounding_box(), head.bounding_box()
        assert head.locator(".telling").inner_text() == tail
        assert seen
        assert whole
        assert seen["x"] + seen["width"] <= whole["x"] + whole["width"]
        assert f"Sounds {name}" in head.get_attribute("aria-label")
