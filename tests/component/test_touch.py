"""A tablet in landscape: fingers mark regions, move them, and zoom."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def touch(editor: Any, kind: str, *points: tuple[float, float]) -> None:
    cdp = editor.cdp
    touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


@pytest.fixture
def editor(open_editor, app):
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin={"kind": "human"})
    opened = open_editor(width=1024)
    opened.cdp = opened.page.context.new_cdp_session(opened.page)
    opened.cdp.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    return opened


def test_a_finger_marks_a_region(editor, app) -> None:
    (x, y), (end, _) = editor.point(1, 10.0), editor.point(1, 14.0)
    touch(editor, "touchStart", (x, y))
    for step in range(1, 6):
        touch(editor, "touchMove", (x + (end - x) * step / 5, y))
    touch(editor, "touchEnd")
    editor.until(lambda: len(app.regions()) == 2)
    assert app.regions()[1]["start"] == pytest.approx(10.0, abs=0.1)


def test_two_fingers_zoom_where_they_are_and_mark_nothing(editor, app) -> None:
    x, y = editor.point(1, 10.0)
    frame = editor.page.locator(".overview-window")
    whole = frame.bounding_box()["width"]
    touch(editor, "touchStart", (x - 40, y))
    touch(editor, "touchStart", (x - 40, y), (x + 40, y))
    for step in range(1, 6):
        touch(editor, "touchMove", (x - 40 - 16 * step, y), (x + 40 + 16 * step, y))
    touch(editor, "touchEnd")
    editor.page.wait_for_timeout(100)
    assert frame.bounding_box()["width"] == pytest.approx(whole / 3, rel=0.15)
    assert len(app.regions()) == 1
