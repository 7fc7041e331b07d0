"""What models said of a task, or its annotators, to look at: seen and heard, and nothing can be changed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_what_models_said_is_seen_and_heard_and_stays_as_it_is(open_editor: Any, app: Any) -> None:
    app.predict([("s1", 2.0, 5.0, "speech", 0.91), ("s2", 8.0, 9.0, "music", 0.42)], tags=[("siren", 0.83)])
    app.instructions = "Mark what you hear."
    app.suggestions = "hidden"  # from annotators
    app.put(id="r1", start=1.0, end=1.5, label="music", origin={"kind": "human"})  # somebody's own annotation
    editor = open_editor("looking")
    expect(editor.rows).to_have_count(2)
    assert [row[0] for row in editor.cells()] == ["Speech", "Music"]
    expect(editor.page.locator(".lane-head")).to_have_count(2)  # none for labels that nobody used
    for section in ("Suggestions", "Labels", "Selected region", "Caption"):
        expect(editor.page.get_by_role("heading", name=section, exact=True)).to_be_hidden()

    editor.page.get_by_role("button", name="Play", exact=True).first.click()
    clock = editor.page.locator(".clock")
    expect(editor.page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    expect(clock).not_to_have_text("0:00.000")
    editor.press("Space")
    expect(editor.page.get_by_role("button", name="Play", exact=True).first).to_be_visible()

    editor.press("ArrowDown", "a", "r", "Shift+A", "Delete", "1")
    editor.drag(0, 10.0, 12.0)
    for absent in (editor.page.get_by_role("button", name="Submit"), editor.page.get_by_text("Mark what you hear.")):
        expect(absent).to_have_count(0)
    expect(editor.status).to_be_hidden()
    editor.page.wait_for_timeout(600)
    assert len(editor.cells()) == 2
    assert (app.saves, app.decisions, app.views, app.activity) == ([], [], [], [])


def test_what_annotators_handed_in_stands_in_lanes_of_their_own_and_is_opened_at_the_place(
    open_editor: Any, app: Any
) -> None:
    app.put(id="r1", start=1.0, end=1.5, label="music", origin={"kind": "human"})  # a draft: not handed in
    app.annotate("Ada", [("r1", 4.0, 5.0, "music")])
    app.annotate("Ben", [("r1", 4.0, 5.2, "speech")])
    editor = open_editor("looking", more={"people": True, "at": 4.0})
    expect(editor.rows).to_have_count(2)
    expect(editor.page.locator(".clock")).to_have_text("0:04.000")
    for name in ("ada", "ben"):
        expect(editor.page.locator(".lane-head").get_by_text(name, exact=True)).to_be_visible()
    expect(editor.page.locator(".lane-head")).to_have_count(2)
    assert [row[-1] for row in editor.cells()] == ["ada", "ben"]
    for section in ("Suggestions", "What models said", "Labels", "Tags of the clip"):
        expect(editor.page.get_by_role("heading", name=section, exact=True)).to_be_hidden()
    editor.press("ArrowDown", "Delete", "a")
    expect(editor.rows).to_have_count(2)
    assert (app.saves, app.decisions) == ([], [])
