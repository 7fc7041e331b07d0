"""Scores of suggestions hidden: the labels stay, and nothing tells how sure the model is."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def suggested(app: Any) -> None:
    regions = [("s1", 2.0, 5.0, "speech", 0.91), ("s2", 8.0, 9.0, "music", 0.42)]
    app.predict(regions, tags=[("siren", 0.83)])


def drawn(editor: Any) -> list[str]:
    """What lanes and overview show."""
    editor.rows.first.wait_for()
    editor.page.wait_for_timeout(500)
    canvases = "[...document.querySelectorAll('.lanes-canvas, .overview-regions')]"
    return editor.page.evaluate(f"{canvases}.map((one) => one.toDataURL())")


@pytest.mark.usefixtures("suggested")
def test_labels_stay_and_no_number_is_left(open_editor: Any) -> None:
    editor = open_editor()
    editor.press("ArrowDown")
    panel = editor.page.locator(".lb-editor")
    before = panel.inner_text()
    assert all(score in before for score in ("91%", "42%", "83%"))
    editor.page.get_by_role("button", name="Hide scores").click()
    editor.page.get_by_role("button", name="Show scores").wait_for()
    after = panel.inner_text()
    assert "%" not in after.replace("100%", "")
    assert [row[0] for row in editor.cells()] == ["Speech", "Music"]
    assert editor.page.get_by_role("slider", name="Lowest score").is_hidden()
    assert "suggested by tagger 2" in after


@pytest.mark.usefixtures("suggested")
def test_a_threshold_marks_nothing_out_and_all_are_accepted(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    editor.page.get_by_label("Lowest score").fill("0.6")
    editor.page.get_by_role("button", name="Accept 2").wait_for()
    editor.page.get_by_role("button", name="Hide scores").click()
    editor.page.get_by_role("button", name="Accept 3").click()
    editor.until(lambda: len(app.regions()) == 2 and len(app.document["tags"]) == 1)


@pytest.mark.usefixtures("suggested")
def test_two_suggestions_of_other_scores_look_alike(open_editor: Any, app: Any) -> None:
    seen = drawn(open_editor())
    app.preferences = {**app.preferences, "scores": "hidden"}
    one = drawn(open_editor())
    assert one != seen
    for region in app.predictions[0]["document"]["regions"]:
        region["origin"]["score"] = 0.1
    assert drawn(open_editor()) == one


@pytest.mark.usefixtures("suggested")
def test_it_is_remembered_for_the_person_and_the_threshold_comes_back_with_the_scores(
    open_editor: Any, app: Any
) -> None:
    editor = open_editor()
    editor.page.get_by_label("Lowest score").fill("0.6")
    editor.page.get_by_role("button", name="Hide scores").click()
    editor.until(lambda: app.preferences["scores"] == "hidden")
    editor.page.reload()
    editor.page.get_by_role("button", name="Show scores").click()
    editor.page.get_by_role("button", name="Accept 2").wait_for()
    editor.until(lambda: app.preferences["scores"] == "shown")


@pytest.mark.usefixtures("suggested")
def test_the_comparison_of_two_tabs_tells_no_score(open_editor: Any, app: Any) -> None:
    app.preferences = {**app.preferences, "scores": "hidden"}
    editor = open_editor()
    app.document["tags"] = [{"label": "siren", "score": 0.24, "origin": {"kind": "human"}}]
    app.revision += 1
    editor.page.get_by_role("button", name="Accept the tag Siren").click()
    editor.page.get_by_role("button", name="Compare…").click()
    told = editor.page.get_by_role("dialog").locator(".conflict").inner_text()
    assert "added, present" in told
    assert "0." not in told
