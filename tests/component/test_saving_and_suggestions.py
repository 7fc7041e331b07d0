"""Honest saving, two tabs, suggestions of models and submitting, in a real browser."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def test_nothing_is_called_saved_while_the_server_is_away_and_all_is_saved_when_it_is_back(open_editor, app) -> None:
    editor = open_editor()
    editor.saved()
    app.down = True
    editor.drag(0, 4.0, 8.0)
    editor.page.locator(".save-status.is-offline").wait_for()
    assert "Not saved yet" in editor.status.inner_text()
    editor.drag(1, 9.0, 12.0)
    assert not app.regions()
    app.down = False
    editor.saved()
    assert [region["label"] for region in app.regions()] == ["speech", "music"]


def test_what_was_not_saved_when_the_tab_died_is_saved_by_the_next_one(open_editor, app) -> None:
    editor = open_editor()
    app.down = True
    editor.drag(0, 4.0, 8.0)
    editor.page.locator(".save-status.is-offline").wait_for()
    app.down = False
    editor.page.reload()
    editor.page.locator(".table-row").wait_for()
    editor.until(lambda: len(app.regions()) == 1)


def test_changes_of_another_tab_are_merged_by_region(open_editor, app) -> None:
    editor = open_editor()
    app.put(id="r_other", start=1.0, end=2.0, label="siren", origin=HUMAN)
    editor.drag(0, 4.0, 8.0)
    editor.until(lambda: len(app.regions()) == 2)
    editor.saved()
    assert editor.rows.count() == 2


def test_a_suggestion_is_accepted_as_it_is_edited_or_rejected(open_editor, app) -> None:
    editor = open_editor()
    editor.page.get_by_role("button", name="Predict").click()
    editor.page.get_by_role("progressbar", name="Progress of the prediction").wait_for()
    editor.rows.nth(1).wait_for()
    editor.page.locator(".lb-editor").focus()
    editor.press("ArrowDown", "a")
    editor.until(lambda: app.regions())
    (region,) = app.regions()
    origin = {"kind": "model", "prediction": "p1", "region": "s1", "model": "tagger", "version": "2", "score": 0.9}
    assert (region["start"], region["end"], region["origin"]) == (2.0, 5.0, {**origin, "edited": False})
    editor.press("ArrowDown", "Period")
    editor.until(lambda: len(app.regions()) == 2)
    assert app.regions()[1]["origin"]["edited"] is True
    assert app.regions()[1]["end"] == 9.01
    editor.press("Control+z")
    editor.until(lambda: len(app.regions()) == 1)
    editor.press("r")
    editor.until(lambda: app.decisions)
    assert app.decisions == [{"prediction": "p1", "region": "s2", "decision": "rejected"}]
    editor.page.reload()
    editor.rows.first.wait_for()
    assert editor.rows.count() == 1


def test_all_suggestions_from_the_threshold_on_are_accepted_in_one_step(open_editor, app) -> None:
    app.predict([("s1", 2.0, 5.0, "speech", 0.9), ("s2", 8.0, 9.0, "music", 0.4), ("s3", 10.0, 11.0, "music", 0.7)])
    editor = open_editor()
    editor.page.get_by_label("Lowest score").fill("0.6")
    editor.page.get_by_role("button", name="Accept 2").click()
    editor.until(lambda: len(app.regions()) == 2)
    editor.page.locator(".lb-editor").focus()
    editor.press("Control+z")
    editor.until(lambda: not app.regions())


def test_the_threshold_changes_nothing_but_what_is_suggested(open_editor, app) -> None:
    app.put(id="r_present", start=2.0, end=4.0, label="music", origin=HUMAN)
    app.predict([("s1", 5.0, 6.0, "speech", 0.9)])
    editor = open_editor()
    editor.press("ArrowDown")
    editor.page.get_by_label("Lowest score").fill("0.5")
    editor.page.get_by_label("Add a tag for the whole clip").click()
    editor.page.keyboard.type("Siren")
    editor.page.keyboard.press("Enter")
    editor.until(lambda: app.document["tags"])
    assert [region["label"] for region in app.regions()] == ["music"]


def test_suggested_tags_are_accepted_and_rejected(open_editor, app) -> None:
    app.predict([], tags=[("speech", 0.8), ("music", 0.7)])
    editor = open_editor()
    editor.page.get_by_role("button", name="Accept the tag Speech").click()
    editor.until(lambda: app.document["tags"])
    assert app.document["tags"][0]["origin"]["score"] == 0.8
    editor.page.get_by_role("button", name="Reject the tag Music").click()
    editor.until(lambda: app.decisions)
    assert app.decisions[0]["region"] == "tag:music"


def test_suggested_tags_follow_the_threshold_and_are_counted_with_the_regions(open_editor, app) -> None:
    app.predict([("s1", 2.0, 5.0, "speech", 0.9)], tags=[("speech", 0.8), ("music", 0.3)])
    editor = open_editor()
    page = editor.page
    page.get_by_role("img", name="Scores of 3 suggestions; 3 from 0.00 on").wait_for()
    page.get_by_label("Lowest score").fill("0.5")
    page.get_by_role("img", name="Scores of 3 suggestions; 2 from 0.50 on").wait_for()
    assert page.locator(".chip.below").all_inner_texts() == ["Music 30%"]
    page.get_by_role("button", name="Accept 2", exact=True).click()
    editor.until(lambda: app.regions() and app.document["tags"])
    assert [tag["label"] for tag in app.document["tags"]] == ["speech"]
    assert {one.get("by", {}).get("how") for one in app.saves[-1]["operations"]} == {"all"}
    page.get_by_role("button", name="Reject 1 below").click()
    editor.until(lambda: [one["region"] for one in app.decisions] == ["tag:music"])


def test_rejections_of_a_label_are_shown_and_taken_back_one_by_one(open_editor, app) -> None:
    app.predict(
        [("p_1", 2.0, 4.0, "speech", 0.9), ("p_2", 5.0, 6.0, "speech", 0.8), ("p_3", 8.0, 9.0, "music", 0.7)],
        tags=[("siren", 0.6)],
    )
    editor = open_editor()
    page = editor.page
    page.get_by_role("button", name="Reject all of Speech from the threshold on").click()
    page.get_by_role("button", name="Reject the tag Siren").click()
    editor.until(lambda: [one["region"] for one in app.decisions] == ["p_1", "p_2", "tag:siren"])
    assert editor.rows.count() == 1
    page.reload()
    page.get_by_role("button", name="Rejected: 3").click()
    assert [row[-1] for row in editor.cells()] == ["rejected · tagger", "rejected · tagger", "suggested · tagger"]
    editor.click(0, 3.0)
    page.get_by_role("button", name="Take the rejection back").click()
    editor.until(lambda: app.decisions[-1] == {"prediction": "p1", "region": "p_1", "decision": "undecided"})
    page.get_by_role("button", name="Take the rejection of the tag Siren back").click()
    editor.until(lambda: app.decisions[-1]["region"] == "tag:siren")
    editor.click(0, 5.5)
    editor.press("a")
    editor.until(lambda: [region["id"] for region in app.regions()] == ["p_2"])


def test_submitting_saves_first_then_goes_on(open_editor, app) -> None:
    editor = open_editor()
    editor.page.locator(".lb-editor").focus()
    editor.page.get_by_label("Caption of the clip").fill("The last words count")
    editor.press("Control+Enter")
    editor.until(lambda: app.state == "submitted")
    assert app.document["caption"]["text"] == "The last words count"
    editor.until(lambda: editor.triggers())
    ((name, value),) = editor.triggers()
    assert name == "navigate"
    assert value["task"] is None
    editor.page.get_by_text("It waits for review").wait_for()
    editor.drag(0, 4.0, 8.0)
    assert editor.rows.count() == 0
    editor.page.get_by_role("button", name="Withdraw").click()
    editor.until(lambda: app.state == "draft")


def test_an_accepted_caption_is_not_suggested_again_after_it_is_edited(open_editor, app) -> None:
    app.predict([])
    origin = {"kind": "model", "prediction": "p1", "model": "tagger", "version": "2", "edited": False}
    app.predictions[0]["document"]["caption"] = {"text": "A tone", "origin": origin}
    editor = open_editor()
    editor.page.locator(".suggestion-box").get_by_role("button", name="Accept").click()
    editor.until(lambda: app.document["caption"])
    editor.page.get_by_label("Caption of the clip").fill("A low tone")
    editor.until(lambda: app.document["caption"]["text"] == "A low tone")
    assert app.document["caption"]["origin"]["edited"] is True
    assert editor.page.locator(".suggestion-box").is_hidden()


def test_a_suggested_caption_says_that_it_would_replace_ones_own(open_editor, app) -> None:
    app.predict([])
    origin = {"kind": "model", "prediction": "p1", "model": "tagger", "version": "2", "edited": False}
    app.predictions[0]["document"]["caption"] = {"text": "A tone", "origin": origin}
    editor = open_editor()
    box = editor.page.locator(".suggestion-box")
    box.get_by_role("button", name="Accept").wait_for()
    editor.page.get_by_label("Caption of the clip").fill("Rain on a roof")
    box.get_by_role("button", name="Replace mine with it").click()
    editor.until(lambda: (app.document["caption"] or {}).get("text") == "A tone")
    editor.press("Control+z")
    editor.until(lambda: (app.document["caption"] or {}).get("text") == "Rain on a roof")


def test_suggested_tags_of_several_models_say_whose_they_are(open_editor, app) -> None:
    app.predict([], tags=[("speech", 0.8)])
    editor = open_editor()
    editor.page.locator(".chip.suggested", has_text="Speech 80%").wait_for()
    assert editor.page.locator(".chip.suggested").all_inner_texts() == ["Speech 80%"]
    app.predict([], tags=[("music", 0.7)])
    app.predictions[1] |= {"model": "listener", "model_name": "Listener", "version": "3"}
    editor.page.reload()
    for text in ("Speech 80%Tagger 2", "Music 70%Listener 3"):
        editor.page.locator(".chip.suggested", has_text=text).wait_for()


def test_feedback_of_the_reviewer_is_shown_on_its_region(open_editor, app) -> None:
    app.put(id="r_present", start=2.0, end=4.0, label="music", origin=HUMAN)
    app.state = "rejected"
    marked = [{"id": "r_present", "decision": "reject", "feedback": "Starts too early"}]
    review = {"id": "v1", "revision": 1, "reviewer": "rob", "decision": "reject", "feedback": "Listen again"}
    app.reviews = [{**review, "regions": marked, "created_at": "2026-01-01T00:00:00Z"}]
    editor = open_editor()
    editor.page.get_by_text("Listen again", exact=True).wait_for()  # apart from what the banner says itself
    editor.page.locator(".banner", has_text="1 region is marked.").wait_for()
    editor.rows.first.click()
    editor.page.get_by_text("Reviewer: Starts too early").wait_for()


def test_what_was_done_before_a_reload_can_be_undone_after_it(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.until(lambda: app.regions())
    editor.press("Shift+BracketRight")
    editor.until(lambda: app.regions()[0]["start"] > 4.05)
    editor.saved()
    editor.page.reload()
    editor.page.locator(".table-row").first.wait_for()
    editor.press("Control+z", "Control+z")
    editor.until(lambda: not app.regions())
    editor.press("Control+Shift+Z")
    editor.until(lambda: app.regions())


def test_what_somebody_else_changed_meanwhile_is_not_undone_after_a_reload(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.until(lambda: app.regions())
    editor.saved()
    app.put(id=app.regions()[0]["id"], start=1.0, end=2.0, label="music", origin={"kind": "human"})
    editor.page.reload()
    editor.page.locator(".table-row").first.wait_for()
    editor.press("Control+z")
    editor.page.wait_for_timeout(300)
    assert app.regions()[0]["end"] == 2.0


def test_each_model_can_have_a_lane_of_its_own(open_editor, app) -> None:
    app.predict([("p_1", 2.0, 4.0, "speech", 0.9)])
    app.predict([("p_2", 2.5, 4.5, "speech", 0.8), ("p_3", 8.0, 9.0, "music", 0.7)])
    editor = open_editor()
    assert editor.page.locator(".lane-head").count() == 3
    editor.page.get_by_label("Lanes of suggestions").select_option("by model")
    assert editor.page.locator(".lane-head").all_inner_texts()[3:] == ["Tagger 2\n1", "Tagger 2\n2"]
    editor.click(4, 8.5)
    editor.press("a")
    editor.until(lambda: [region["label"] for region in app.regions()] == ["music"])
    editor.drag(3, 12.0, 14.0)
    editor.page.wait_for_timeout(200)
    assert len(app.regions()) == 1


def test_all_suggestions_of_one_label_are_accepted_in_one_step(open_editor, app) -> None:
    app.predict([("p_1", 2.0, 4.0, "speech", 0.9), ("p_2", 5.0, 6.0, "speech", 0.3), ("p_3", 8.0, 9.0, "music", 0.7)])
    editor = open_editor()
    editor.page.get_by_label("Lowest score").fill("0.5")
    editor.page.get_by_role("button", name="Speech 1").click()
    editor.until(lambda: [region["id"] for region in app.regions()] == ["p_1"])
    editor.press("Control+z")
    editor.until(lambda: not app.regions())


def test_only_the_selection_is_predicted(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin={"kind": "human"})
    editor = open_editor()
    editor.press("ArrowDown")
    with editor.page.expect_request("**/predictions") as asked:
        editor.press("Shift+P")
    assert asked.value.post_data_json == {"model": "tagger", "start": 4.0, "stop": 8.0}


def test_what_is_taken_back_can_be_worked_on_and_the_page_is_told(open_editor, app) -> None:
    app.state = "submitted"
    editor = open_editor()
    editor.page.get_by_role("button", name="Withdraw").click()
    told = "() => window.triggers.filter(([name]) => name === 'navigate').map(([, asked]) => asked.task)"
    editor.until(lambda: editor.page.evaluate(told) == ["t1"])
    assert app.state == "draft"
    editor.drag(0, 4.0, 8.0)
    editor.until(lambda: app.regions())
