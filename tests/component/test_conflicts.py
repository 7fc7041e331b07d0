"""Two sides changed one annotation at the same time: what the notice says, and the view in which somebody chooses."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def stored(app: Any, region: str) -> dict[str, Any] | None:
    return next((one for one in app.regions() if one["id"] == region), None)


def line(editor: Any) -> Any:
    return editor.page.locator(".standing.warn")


def open_view(editor: Any) -> Any:
    editor.page.get_by_role("button", name="Compare…").click()
    return editor.page.get_by_role("dialog")


@pytest.fixture
def both_changed(open_editor: Any, app: Any) -> Any:
    """Two regions that another tab moved, of which this one had relabeled the first: saved and merged."""
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=8.0, end=9.0, label="music", origin=HUMAN)
    editor = open_editor()
    app.put(id="r_1", start=2.5, end=5.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=8.5, end=9.0, label="music", origin=HUMAN)
    editor.click(0, 3.0)
    editor.press("u")
    editor.until(lambda: stored(app, "r_1")["label"] == "siren")
    return editor


def test_what_came_from_another_tab_is_said_in_numbers(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    app.put(id="r_1", start=1.0, end=2.0, label="siren", origin=HUMAN)
    app.put(id="r_2", start=5.0, end=6.0, label="siren", origin=HUMAN)
    editor.drag(0, 10.0, 12.0)
    editor.page.get_by_text("Another tab: 2 regions added.").wait_for()
    assert not line(editor).is_visible()


def test_a_manager_who_restored_an_earlier_revision_is_named(open_editor: Any, app: Any) -> None:
    app.put(id="r_1", start=1.0, end=2.0, label="siren", origin=HUMAN)
    editor = open_editor()
    app.saved_by = "rosa"
    app.remove("r_1")
    editor.drag(0, 10.0, 12.0)
    editor.page.get_by_text("rosa: 1 region deleted.").wait_for()


def test_the_notice_says_how_many_items_both_changed(both_changed: Any) -> None:
    line(both_changed).wait_for()
    text = line(both_changed).inner_text()
    assert "Another tab: 2 regions changed." in text
    assert "1 of these items you changed too" in text


def test_the_view_shows_what_each_side_did(both_changed: Any) -> None:
    view = open_view(both_changed)
    assert view.locator(".conflict").count() == 1
    theirs, ours = view.locator(".conflict-side").all_inner_texts()
    assert "0:02.500 – 0:05.000" in theirs
    assert "label" not in theirs
    assert "label Siren" in ours
    assert "0:02" not in ours
    assert view.locator(".conflict-now").inner_text() == "Now: yours"


def test_mine_is_kept_when_nothing_is_chosen(both_changed: Any, app: Any) -> None:
    open_view(both_changed)
    both_changed.press("Escape")
    both_changed.saved()
    assert (stored(app, "r_1")["start"], stored(app, "r_1")["label"]) == (2.0, "siren")
    assert stored(app, "r_2")["start"] == 8.5


def test_theirs_is_taken_and_that_is_undone(both_changed: Any, app: Any) -> None:
    view = open_view(both_changed)
    view.get_by_role("button", name="Take theirs").click()
    both_changed.until(lambda: stored(app, "r_1")["start"] == 2.5)
    assert stored(app, "r_1")["label"] == "speech"
    assert view.locator(".conflict-now").inner_text() == "Now: theirs"
    view.get_by_role("button", name="Close").click()
    both_changed.press("Control+z")
    both_changed.until(lambda: stored(app, "r_1")["label"] == "siren")
    both_changed.saved()


def test_mine_is_kept_again_after_theirs_was_taken(both_changed: Any, app: Any) -> None:
    view = open_view(both_changed)
    view.get_by_role("button", name="Take theirs").click()
    both_changed.until(lambda: stored(app, "r_1")["start"] == 2.5)
    view.get_by_role("button", name="Keep mine").click()
    both_changed.until(lambda: stored(app, "r_1")["label"] == "siren")
    assert view.locator(".conflict-now").inner_text() == "Now: yours"


def test_the_line_goes_when_everything_is_decided(both_changed: Any) -> None:
    open_view(both_changed)
    both_changed.press("m", "Escape")
    line(both_changed).wait_for(state="hidden")


def test_the_line_stays_until_it_is_dismissed_when_nothing_is_decided(both_changed: Any) -> None:
    open_view(both_changed)
    both_changed.press("Escape")
    both_changed.page.wait_for_timeout(400)
    assert line(both_changed).is_visible()
    line(both_changed).get_by_role("button", name="Dismiss").click()
    line(both_changed).wait_for(state="hidden")


def test_a_region_that_they_deleted_and_i_changed_can_go(open_editor: Any, app: Any) -> None:
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin=HUMAN)
    editor = open_editor()
    app.remove("r_1")
    editor.click(0, 3.0)
    editor.press("u")
    editor.until(lambda: stored(app, "r_1"))
    view = open_view(editor)
    assert "deleted" in view.locator(".conflict-side").first.inner_text()
    editor.press("t")
    editor.until(lambda: not app.regions())
    editor.press("Control+z")
    editor.until(lambda: stored(app, "r_1"))


def test_a_region_that_i_deleted_and_they_changed_can_come_back(open_editor: Any, app: Any) -> None:
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin=HUMAN)
    editor = open_editor()
    app.put(id="r_1", start=2.5, end=4.0, label="speech", origin=HUMAN)
    editor.click(0, 3.0)
    editor.press("Delete")
    line(editor).wait_for()
    editor.until(lambda: not app.regions())
    view = open_view(editor)
    assert "deleted" in view.locator(".conflict-side").last.inner_text()
    view.get_by_role("button", name="Take theirs").click()
    editor.until(lambda: stored(app, "r_1"))
    assert stored(app, "r_1")["start"] == 2.5


@pytest.fixture
def three_changed(open_editor: Any, app: Any) -> Any:
    """Three regions that both sides moved, and the view of them."""
    for number in range(3):
        app.put(id=f"r_{number}", start=2.0 + 5 * number, end=3.0 + 5 * number, label="speech", origin=HUMAN)
    editor = open_editor()
    for number in range(3):
        app.put(id=f"r_{number}", start=2.0 + 5 * number, end=4.0 + 5 * number, label="speech", origin=HUMAN)
    editor.press("Control+a", "u")
    editor.until(lambda: [one["label"] for one in app.regions()] == ["siren"] * 3)
    open_view(editor)
    return editor


def test_the_view_is_worked_with_the_keyboard_alone(three_changed: Any, app: Any) -> None:
    rows = three_changed.page.locator(".conflict")
    assert rows.count() == 3
    three_changed.press("ArrowDown", "t")
    three_changed.until(lambda: stored(app, "r_1")["end"] == 9.0)
    assert (stored(app, "r_0")["end"], stored(app, "r_2")["end"]) == (3.0, 13.0)
    three_changed.press("ArrowDown", "t", "m")
    three_changed.until(lambda: stored(app, "r_2")["label"] == "siren")
    assert rows.nth(2).evaluate("row => row === row.getRootNode().activeElement")
    three_changed.press("Escape")
    assert three_changed.page.locator(".lb-editor").evaluate("root => root === root.getRootNode().activeElement")
    assert three_changed.page.get_by_role("dialog").count() == 0


def test_all_theirs_is_one_step_that_is_undone_at_once(three_changed: Any, app: Any) -> None:
    three_changed.press("Shift+T")
    three_changed.until(lambda: [one["label"] for one in app.regions()] == ["speech"] * 3)
    three_changed.press("Control+z")
    three_changed.until(lambda: [one["label"] for one in app.regions()] == ["siren"] * 3)
    three_changed.page.get_by_role("button", name="Take all theirs").click()
    three_changed.until(lambda: [one["label"] for one in app.regions()] == ["speech"] * 3)
    three_changed.page.get_by_role("button", name="Keep all mine").click()
    three_changed.until(lambda: [one["label"] for one in app.regions()] == ["siren"] * 3)


def test_a_row_leads_to_its_place(three_changed: Any) -> None:
    clock = three_changed.page.locator(".clock")
    three_changed.page.locator(".conflict-head").nth(2).click()
    assert clock.inner_text() == "0:12.000"
    three_changed.press("ArrowUp", "Enter")
    assert three_changed.page.get_by_role("dialog").count() == 0
    assert clock.inner_text() == "0:07.000"
    assert three_changed.page.locator('.table-row[aria-selected="true"]').count() == 1


def test_tab_stays_in_the_view(three_changed: Any) -> None:
    inside = "document.activeElement.getRootNode().activeElement.closest('[role=dialog]') !== null"
    for _ in range(14):
        three_changed.press("Tab")
        assert three_changed.page.evaluate(inside)


def test_nothing_is_lost_when_the_tab_is_reloaded_instead(three_changed: Any, app: Any) -> None:
    three_changed.page.reload()
    three_changed.rows.first.wait_for()
    assert [one["label"] for one in app.regions()] == ["siren"] * 3
    assert three_changed.rows.count() == 3


def test_a_caption_that_both_wrote_is_chosen_from_too(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    app.document["caption"] = {"text": "Heavy rain", "origin": HUMAN}
    app.revision += 1
    editor.page.get_by_label("Caption of the clip").fill("Light rain")
    editor.until(lambda: app.document["caption"]["text"] == "Light rain")
    view = open_view(editor)
    assert view.locator(".conflict-side").all_inner_texts()[0].find("“Heavy rain”") > 0
    editor.press("t")
    editor.until(lambda: app.document["caption"]["text"] == "Heavy rain")
