"""The server cannot be reached: the line that says so, the work meanwhile, and catching up."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

NO_JOURNAL = "() => !Object.keys(localStorage).some((key) => key.includes(':journal:'))"


def line(editor: Any) -> Any:
    return editor.page.locator(".standing.bad-banner")


def test_a_line_says_what_waits_and_goes_when_it_is_saved(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    app.down = True
    editor.drag(0, 4.0, 8.0)
    line(editor).wait_for()
    assert "1 change waits to be saved. Go on working" in line(editor).inner_text()
    editor.drag(1, 9.0, 12.0)
    line(editor).get_by_text("2 changes wait").wait_for()
    app.down = False
    line(editor).wait_for(state="hidden")
    editor.saved()
    assert [region["label"] for region in app.regions()] == ["speech", "music"]


def test_a_click_tries_at_once(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    app.down = True
    editor.drag(0, 4.0, 8.0)
    line(editor).wait_for()
    with editor.page.expect_request("**/annotation"):  # the last attempt that a timer makes
        editor.page.evaluate("void (window.setTimeout = () => 0)")
    editor.page.wait_for_timeout(200)
    app.down = False
    line(editor).get_by_role("button", name="Try now").click()
    editor.saved()
    assert len(app.regions()) == 1


def test_the_line_waits_until_a_drag_has_ended(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    app.down = True
    editor.drag(0, 4.0, 8.0)
    x, y = editor.point(1, 10.0)
    editor.page.mouse.move(x, y)
    editor.page.mouse.down()
    editor.page.mouse.move(x + 60, y, steps=3)
    editor.page.wait_for_timeout(2000)
    assert line(editor).is_hidden()
    editor.page.mouse.up()
    line(editor).wait_for()


def test_a_browser_that_keeps_nothing_is_told_to_stay_open(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    editor.page.evaluate("void (Storage.prototype.setItem = () => { throw new Error('full'); })")
    app.down = True
    editor.drag(0, 4.0, 8.0)
    line(editor).wait_for()
    assert "leave this tab open" in line(editor).inner_text()


def test_more_changes_than_local_storage_holds_outlive_a_killed_browser(open_editor: Any, app: Any) -> None:
    for number in range(1200):
        app.put(id=f"r_{number}", start=number / 100, end=number / 100 + 1, label="speech", origin={"kind": "human"})
    editor = open_editor()
    app.down = True
    editor.press("Control+a", "Delete")
    editor.page.wait_for_function(
        "() => Object.entries(localStorage).some(([key, kept]) => key.includes(':journal:') && JSON.parse(kept).large)"
    )
    editor.kill()
    app.down = False
    assert len(app.regions()) == 1200
    taken_over = open_editor(same=editor)
    taken_over.page.wait_for_function(NO_JOURNAL, timeout=40_000)  # 6 s after its owner has died
    assert not app.regions()


def decisions_wait(editor: Any, tabs: int) -> None:
    """Until that many tabs keep rejections for the server."""
    waiting = "Object.keys(localStorage).filter((key) => key.includes(':decisions:')).length"
    editor.page.wait_for_function(f"{waiting} === {tabs}")


def test_what_was_rejected_without_a_connection_stays_rejected_after_a_reload(open_editor: Any, app: Any) -> None:
    app.predict([("s1", 2.0, 5.0, "speech", 0.9), ("s2", 8.0, 9.0, "music", 0.4)])
    editor = open_editor()
    app.cut = "/tasks/t1/decisions"
    editor.press("ArrowDown", "r")
    decisions_wait(editor, 1)
    editor.page.reload()
    editor.rows.first.wait_for()
    assert [row[0] for row in editor.cells()] == ["Music"]
    assert not app.decisions
    app.cut = None
    editor.until(lambda: app.decisions)
    assert app.decisions == [{"prediction": "p1", "region": "s1", "decision": "rejected"}]
    decisions_wait(editor, 0)


def test_what_a_killed_tab_had_rejected_is_sent_by_another_one(open_editor: Any, app: Any) -> None:
    app.predict([("s1", 2.0, 5.0, "speech", 0.9), ("s2", 8.0, 9.0, "music", 0.4)])
    editor, other = (first := open_editor()), open_editor(same=first)
    app.cut = "/tasks/t1/decisions"
    editor.press("ArrowDown", "r")
    decisions_wait(editor, 1)
    other.press("ArrowDown", "ArrowDown", "r")
    decisions_wait(other, 2)
    editor.page.close()
    app.cut = None
    other.until(lambda: len(app.decisions) == 2)
    assert sorted(one["region"] for one in app.decisions) == ["s1", "s2"]
    decisions_wait(other, 0)
    assert other.rows.count() == 0


def test_a_task_that_is_gone_takes_no_more_edits_and_says_where_to_go(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    app.gone = True
    editor.drag(0, 4.0, 8.0)
    banner = editor.page.locator(
        ".banner.bad-banner", has_text="This recording was deleted. Nothing more is saved here"
    )
    banner.wait_for()
    banner.get_by_role("button", name="Go to my queue").wait_for()
    assert editor.page.evaluate(NO_JOURNAL) is False
    editor.drag(1, 9.0, 12.0)
    app.gone = False
    editor.page.wait_for_timeout(500)
    assert app.regions() == []
    journals = "Object.keys(localStorage).filter((key) => key.includes(':journal:'))"
    kept = editor.page.evaluate(f"() => {journals}.map((key) => localStorage[key]).join()")
    assert "speech" in kept
    assert "music" not in kept
