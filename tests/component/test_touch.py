"""A tablet in landscape: fingers mark regions, move them, and zoom."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect
from tone import pyramid

pytestmark = pytest.mark.browser


def touch(editor: Any, kind: str, *points: tuple[float, float]) -> None:
    cdp = editor.cdp
    touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def touched(open_editor: Any) -> Any:
    """The editor on a tablet."""
    opened = open_editor(width=1024, has_touch=True)
    opened.cdp = opened.page.context.new_cdp_session(opened.page)
    opened.cdp.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    opened.cdp.send("Emulation.setEmulatedMedia", {"features": [{"name": "pointer", "value": "coarse"}]})
    opened.page.wait_for_timeout(200)
    return opened


@pytest.fixture
def editor(open_editor, app):
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin={"kind": "human"})
    return touched(open_editor)


def move(editor: Any, start: tuple[float, float], end: tuple[float, float], steps: int = 6) -> None:
    """A finger goes from one place to another."""
    touch(editor, "touchStart", start)
    for step in range(1, steps + 1):
        share = step / steps
        touch(editor, "touchMove", (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share))
    touch(editor, "touchEnd")


def at(editor: Any, lane: int, seconds: float) -> tuple[float, float]:
    """The middle of a lane: fingers are not exact."""
    x, y = editor.point(lane, seconds)
    return x, y + 10


def tap(editor: Any, lane: int, seconds: float) -> None:
    touch(editor, "touchStart", at(editor, lane, seconds))
    touch(editor, "touchEnd")


def hold(editor: Any, lane: int, seconds: float) -> None:
    """A finger rests on a place."""
    touch(editor, "touchStart", at(editor, lane, seconds))
    time.sleep(0.7)
    touch(editor, "touchEnd")


def test_a_finger_marks_a_region(editor, app) -> None:
    (x, y), (end, _) = at(editor, 1, 10.0), at(editor, 1, 14.0)
    touch(editor, "touchStart", (x, y))
    for step in range(1, 6):
        touch(editor, "touchMove", (x + (end - x) * step / 5, y))
    touch(editor, "touchEnd")
    editor.until(lambda: len(app.regions()) == 2)
    assert app.regions()[1]["start"] == pytest.approx(10.0, abs=0.1)


def test_two_fingers_zoom_where_they_are_and_mark_nothing(editor, app) -> None:
    x, y = at(editor, 1, 10.0)
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


def test_taps_add_to_the_selection_while_select_several_is_on(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin={"kind": "human"})
    app.put(id="r_2", start=12.0, end=14.0, label="speech", origin={"kind": "human"})
    editor = touched(open_editor)
    chosen = editor.page.locator(".table-row[aria-selected=true]")
    editor.page.get_by_role("button", name="Select several").click()
    tap(editor, 0, 6.0)
    expect(chosen).to_have_count(1)
    tap(editor, 0, 13.0)
    expect(chosen).to_have_count(2)
    editor.page.get_by_role("button", name="Select several").click()
    tap(editor, 0, 6.0)
    expect(chosen).to_have_count(1)


def test_a_tap_selects_a_finger_moves_and_pulls_an_edge(editor, app) -> None:
    tap(editor, 0, 6.0)
    expect(editor.page.get_by_label("Start", exact=True)).to_have_value("0:04.000")
    move(editor, at(editor, 0, 6.0), at(editor, 0, 9.0))
    editor.until(lambda: app.regions()[0]["start"] == pytest.approx(7.0, abs=0.15))
    assert app.regions()[0]["end"] - app.regions()[0]["start"] == pytest.approx(4.0, abs=0.001)
    move(editor, at(editor, 0, app.regions()[0]["end"]), at(editor, 0, 14.0))
    editor.until(lambda: app.regions()[0]["end"] == pytest.approx(14.0, abs=0.15))


def test_a_finger_that_rests_on_regions_selects_several(editor, app) -> None:
    app.put(id="r_2", start=10.0, end=13.0, label="music", origin={"kind": "human"})
    editor.page.reload()
    editor.page.locator(".lane-head").nth(1).wait_for()
    editor.page.wait_for_timeout(200)
    tap(editor, 0, 6.0)
    hold(editor, 1, 11.0)
    expect(editor.page.locator("b", has_text="2 selected")).to_be_visible()
    hold(editor, 0, 6.0)
    expect(editor.page.get_by_label("Start", exact=True)).to_have_value("0:10.000")
    assert len(app.regions()) == 2


def test_a_finger_moves_a_region_to_another_tier(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben"]
    app.put(id="r_1", start=4.0, end=8.0, label="speech", tier="Ada", origin={"kind": "human"})
    editor = touched(open_editor)
    tap(editor, 0, 6.0)
    start, end = at(editor, 0, 6.0), at(editor, 1, 6.0)
    move(editor, start, end)
    editor.until(lambda: app.regions()[0]["tier"] == "Ben")
    assert app.regions()[0]["start"] == pytest.approx(4.0, abs=0.001)


def test_a_finger_scrolls_lanes_where_nothing_is_selected(open_editor, app) -> None:
    app.tiers = [f"Tier {number}" for number in range(1, 15)]
    editor = touched(open_editor)
    (x, y), (_, up) = at(editor, 3, 10.0), at(editor, 0, 10.0)
    move(editor, (x, y), (x, up - 40), steps=12)
    editor.until(lambda: editor.page.locator(".lanes-scroll").evaluate("one => one.scrollTop") > 30)
    assert not app.regions()


def test_buttons_are_large_enough_for_fingers(editor) -> None:
    small = editor.page.evaluate(
        """[...document.querySelectorAll('.toolbar button, .side button, .toolbar select')]
        .filter((one) => one.offsetParent && one.offsetHeight < 44).map((one) => one.outerHTML)"""
    )
    assert small == []


def test_a_finger_beside_an_edge_on_the_waveform_pulls_it_without_a_jump(editor, app) -> None:
    tap(editor, 0, 6.0)
    box = editor.page.locator(".wave-canvas").bounding_box()
    seconds = 20 / box["width"]
    x, y = box["x"] + 8.0 / seconds + 18, box["y"] + box["height"] / 2
    move(editor, (x, y), (x + 2.0 / seconds, y))
    editor.until(lambda: app.regions()[0]["end"] == pytest.approx(10.0, abs=2 * seconds))
    assert len(app.regions()) == 1


def hit_by_fingers(editor: Any, selector: str) -> dict[str, bool]:
    """By the names of these buttons: whether 44 by 44 pixels around their middle are theirs."""
    return editor.page.evaluate(
        """(selector) => Object.fromEntries([...document.querySelectorAll(selector)]
        .filter((one) => one.offsetParent && getComputedStyle(one).pointerEvents !== "none")
        .map((one) => {
            const { left, top, width, height } = one.getBoundingClientRect();
            const [x, y] = [left + width / 2, top + height / 2];
            const sides = [[-21.5, 0], [21.5, 0], [0, -21.5], [0, 21.5]]; // corners are round
            const own = ([dx, dy]) => document.elementFromPoint(x + dx, y + dy)?.closest("button") === one;
            return [one.getAttribute("aria-label"), sides.every(own)];
        }))""",
        selector,
    )


def test_what_is_done_to_a_lane_is_large_enough_for_fingers(editor) -> None:
    more = [f"What can be done to the lane of {name}" for name in ("Speech", "Music", "Siren")]
    assert hit_by_fingers(editor, ".lane-heads button") == dict.fromkeys(more, True)
    editor.page.get_by_role("button", name=more[0]).tap()
    tools = ("Lock Speech", "Hide Speech", "Hear only Speech")
    assert hit_by_fingers(editor, ".lane-tool") == dict.fromkeys(tools, True)
    editor.page.get_by_role("button", name="Lock Speech").tap()
    expect(editor.page.locator(".lane-head").first).to_have_class(re.compile("locked"))
    assert hit_by_fingers(editor, ".lane-tool") == {}, "they are folded again"
    editor.page.get_by_role("button", name=more[1]).tap()
    tap(editor, 2, 10.0)
    assert hit_by_fingers(editor, ".lane-tool") == {}


def test_channels_are_muted_and_heard_alone_by_fingers(open_editor, app) -> None:
    app.peaks = pyramid(app.audio, channels=2)
    editor = touched(open_editor)
    editor.page.get_by_role("button", name="Mute Left").wait_for()
    names = ("Mute Left", "Hear only Left", "Mute Right", "Hear only Right")
    assert hit_by_fingers(editor, ".channel-buttons button") == dict.fromkeys(names, True)


def test_the_head_of_a_hidden_lane_and_the_rows_of_the_list_are_large_enough_for_fingers(editor) -> None:
    editor.page.get_by_role("button", name="What can be done to the lane of Music").tap()
    editor.page.get_by_role("button", name="Hide Music").tap()
    expect(editor.page.locator(".lane-head").nth(1)).to_have_class(re.compile("hidden"))
    more = "What can be done to the lane of Music"
    editor.until(lambda: hit_by_fingers(editor, ".lane-heads button").get(more))
    row = editor.rows.first.bounding_box()
    assert row
    assert row["height"] >= 44
