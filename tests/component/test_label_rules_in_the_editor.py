"""Rules of labels that the server keeps when the editor could not: two tabs, and rules that changed meanwhile."""

from __future__ import annotations

import pytest
from fake_values import label
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def test_a_region_that_another_tab_was_quicker_with_is_given_up_with_a_reason_and_nothing_else(
    open_editor, app
) -> None:
    app.labels = [label("speech", "Speech", "#E69F00", "1", overlap="forbid"), label("music", "Music", "#56B4E9", "2")]
    editor = open_editor()
    app.down = True
    editor.drag(0, 4.0, 8.0)
    editor.drag(0, 12.0, 14.0)
    editor.drag(1, 5.0, 9.0)
    app.put(id="r_other", start=6.0, end=10.0, label="speech", origin=HUMAN)
    app.down = False
    editor.page.get_by_text("Not saved: Regions of Speech must not overlap.").first.wait_for()
    editor.until(lambda: len(app.regions()) == 3)
    assert [(region["label"], round(region["start"])) for region in app.regions()] == [
        ("music", 5),
        ("speech", 6),
        ("speech", 12),
    ]
    expect(editor.rows).to_have_count(3)


@pytest.mark.parametrize("width", [1024, 1440])
def test_why_something_was_refused_is_read_whole_until_the_next_edit(open_editor, app, width: int) -> None:
    app.labels = [label("speech", "Speech", "#E69F00", "1", overlap="forbid"), label("music", "Music", "#56B4E9", "2")]
    editor = open_editor(width=width)
    app.down = True
    editor.drag(0, 4.0, 8.0)
    app.put(id="r_other", start=6.0, end=10.0, label="speech", origin=HUMAN)
    app.down = False
    line = editor.page.locator(".standing", has_text="Not saved: Regions of Speech must not overlap.")
    line.wait_for()
    expect(editor.status).to_have_text("Not saved")
    for shown in (line, editor.status):
        assert shown.evaluate("one => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight")
    editor.page.wait_for_timeout(1500)
    assert line.get_by_role("button").count() == 0  # to try again would change nothing
    editor.drag(1, 11.0, 12.0)
    line.wait_for(state="hidden")
    editor.saved()


def test_a_suggestion_that_would_overlap_is_not_accepted_and_stays_a_suggestion(open_editor, app) -> None:
    app.labels = [label("speech", "Speech", "#E69F00", "1", overlap="forbid")]
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin=HUMAN)
    app.predict([("p_1", 3.0, 5.0, "speech", 0.9), ("p_2", 6.0, 7.0, "speech", 0.8)])
    editor = open_editor()
    editor.press("Shift+A")
    editor.until(lambda: len(app.regions()) == 2)
    editor.page.get_by_text("1 of 2 was left out. Regions of Speech must not overlap.").wait_for()
    expect(editor.rows).to_have_count(3)


def test_an_old_region_is_moved_though_its_answers_are_not_asked_for_any_more(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin=HUMAN, attributes={"mood": "sad"}, text="a bell")
    app.labels = [label("speech", "Speech", "#E69F00", "1", vocabulary="harte")]
    editor = open_editor()
    editor.press("ArrowDown", "Control+Shift+ArrowRight")
    editor.until(lambda: app.regions()[0]["start"] == 4.01)
    editor.saved()
