"""The row of beats: taken from the analysis, tapped, moved, doubled, counted from another beat."""

from __future__ import annotations

import pytest
from fake_values import FOUND
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(open_editor, app):
    app.points = True
    return open_editor()


def beats(app) -> list[dict]:
    return sorted(app.document["points"], key=lambda point: point["time"])


def at(editor, seconds: float) -> tuple[float, float]:
    box = editor.page.locator(".beats-canvas").bounding_box()
    return box["x"] + box["width"] * seconds / 20, box["y"] + box["height"] / 2


def test_the_beats_that_were_found_are_taken_in_one_step_of_undo(editor, app) -> None:
    editor.press("Shift+T")
    editor.until(lambda: len(beats(app)) == 38)
    assert [beat["position"] for beat in beats(app)[:5]] == [1, 2, 3, 4, 1]
    assert all(beat["origin"] == FOUND for beat in beats(app))
    editor.page.get_by_text("120.0 beats a minute here, 38 beats").wait_for()
    editor.press("Control+z")
    editor.until(lambda: not beats(app))


def test_beats_of_a_model_keep_its_name_and_say_when_they_were_corrected(open_editor, app) -> None:
    app.points = True
    app.predict([])
    source = {"kind": "model", "prediction": "p1", "model": "tagger", "version": "2", "score": 0.7, "edited": False}
    app.predictions[0]["document"]["points"] = [
        {"id": f"p1_{number}", "time": 1.0 + number, "kind": "beat", "position": number + 1, "origin": source}
        for number in range(3)
    ]
    editor = open_editor()
    editor.page.get_by_role("button", name="Use beats of Tagger").click()
    editor.until(lambda: [beat["origin"] for beat in beats(app)] == [source] * 3)
    editor.press("Escape", "Alt+w", "Alt+Shift+Q", "Delete")
    editor.until(lambda: [beat["id"] for beat in beats(app)] == ["p1_1", "p1_2"])
    editor.press("Alt+w", "Shift+D")
    editor.until(lambda: [beat["position"] for beat in beats(app)] == [1, 2])
    assert all(beat["origin"] == {**source, "edited": True} for beat in beats(app))


def test_beats_of_a_model_are_rejected_as_a_whole_and_taken_back_after_a_reload(open_editor, app) -> None:
    app.points = True
    app.predict([])
    source = {"kind": "model", "prediction": "p1", "model": "tagger", "version": "2", "score": 0.7, "edited": False}
    app.predictions[0]["document"]["points"] = [
        {"id": f"p1_{number}", "time": 1.0 + number, "kind": "beat", "position": number + 1, "origin": source}
        for number in range(3)
    ]
    editor = open_editor()
    everything = {"prediction": "p1", "by": {"how": "all", "threshold": 0}, "decision": "rejected"}
    editor.page.get_by_role("button", name="Reject the beats of Tagger").click()
    editor.until(lambda: app.decisions == [{**everything, "region": f"p1_{number}"} for number in range(3)])
    assert editor.said == "Beats of Tagger rejected; Ctrl+Z brings them back"
    editor.page.reload()
    editor.page.get_by_role("button", name="Rejected: 1").wait_for()
    use = editor.page.get_by_role("button", name="Use beats of Tagger")
    expect(use).to_have_count(0)
    picture = editor.page.locator(".beats-canvas")
    before = picture.screenshot()
    editor.page.get_by_role("button", name="Rejected: 1").click()
    expect(use).to_have_attribute("title", "Tagger 2, rejected")
    editor.until(lambda: picture.screenshot() != before)  # dotted, on the row of beats
    editor.page.get_by_role("button", name="Take the rejection of the beats of Tagger back").click()
    editor.until(lambda: set(app.predictions[0]["decisions"].values()) == {"undecided"})
    expect(use).to_have_attribute("title", "Tagger 2")


def test_a_dragged_beat_becomes_an_anchor_and_the_others_follow(editor, app) -> None:
    editor.press("Shift+T")
    editor.until(lambda: len(beats(app)) == 38)
    ids = {beat["id"] for beat in beats(app)}
    editor.page.mouse.move(*at(editor, 5.0))
    editor.page.mouse.down()
    editor.page.mouse.move(*at(editor, 5.1), steps=4)
    editor.page.mouse.up()
    editor.until(lambda: any(beat["anchor"] for beat in beats(app)))
    anchor = next(beat for beat in beats(app) if beat["anchor"])
    assert anchor["time"] == pytest.approx(5.1, abs=0.05)
    assert beats(app)[0]["time"] == pytest.approx(0.5 + anchor["time"] - 5.0, abs=1e-4)
    assert {beat["id"] for beat in beats(app)} == ids
    assert all(beat["origin"] == {**FOUND, "edited": True} for beat in beats(app))


def test_beats_are_doubled_halved_and_counted_from_another_one(editor, app) -> None:
    editor.press("Shift+T")
    editor.until(lambda: len(beats(app)) == 38)
    editor.page.get_by_role("button", name="×2").click()
    editor.until(lambda: len(beats(app)) == 75)
    editor.page.get_by_role("button", name="÷2").click()
    editor.until(lambda: len(beats(app)) == 38)
    editor.page.mouse.click(*at(editor, 1.5))
    editor.press("Shift+D")
    editor.until(lambda: [beat["position"] for beat in beats(app)[:4]] == [3, 4, 1, 2])
    editor.page.get_by_label("Beats in a bar").select_option("3")
    editor.until(lambda: [beat["position"] for beat in beats(app)[:6]] == [2, 3, 1, 2, 3, 1])


def test_taps_while_it_plays_become_a_grid(editor, app) -> None:
    editor.press("Space")
    editor.page.wait_for_timeout(300)
    for _ in range(5):
        editor.press("t")
        editor.page.wait_for_timeout(400)
    editor.until(lambda: len(beats(app)) > 30)
    gaps = [after["time"] - before["time"] for before, after in zip(beats(app), beats(app)[1:], strict=False)]
    assert max(gaps) - min(gaps) < 1e-4
    assert 0.35 < gaps[0] < 0.7


def test_taps_within_a_grid_replace_only_the_beats_there_and_their_tempo_may_go_on(editor, app) -> None:
    editor.press("Shift+T")
    editor.until(lambda: len(beats(app)) == 38)
    before = [beat["time"] for beat in beats(app)]
    editor.press("Home", *["Shift+ArrowRight"] * 3, "Space")
    editor.page.wait_for_timeout(300)
    for _ in range(5):
        editor.press("t")
        editor.page.wait_for_timeout(400)
    editor.press("Space")
    editor.until(lambda: sum(beat["anchor"] for beat in beats(app)) >= 2)
    anchors = [beat["time"] for beat in beats(app) if beat["anchor"]]
    times = [beat["time"] for beat in beats(app)]
    assert [time for time in times if time < anchors[0] - 1] == [time for time in before if time < anchors[0] - 1]
    assert [time for time in times if time > anchors[-1] + 1] == [time for time in before if time > anchors[-1] + 1]
    editor.press("Alt+t")
    editor.until(lambda: [beat["time"] for beat in beats(app)] != times)
    gaps = [after["time"] - one["time"] for one, after in zip(beats(app), beats(app)[1:], strict=False)][-5:]
    assert max(gaps) - min(gaps) < 1e-4


def test_single_beats_are_added_nudged_and_deleted(editor, app) -> None:
    editor.page.mouse.dblclick(*at(editor, 3.0))
    editor.until(lambda: len(beats(app)) == 1)
    time = beats(app)[0]["time"]
    editor.press("BracketRight")
    editor.until(lambda: beats(app)[0]["time"] == pytest.approx(time + 0.01, abs=1e-5))
    editor.press("Delete")
    editor.until(lambda: not beats(app))


def test_beats_are_selected_moved_and_deleted_by_keys_alone(editor, app) -> None:
    editor.press("Shift+T")
    editor.until(lambda: len(beats(app)) == 38)
    editor.press("Home", "Alt+w", "Alt+w")
    editor.until(lambda: editor.said == "Beat 2 of bar 1, 0:01.000")
    editor.press("Alt+Shift+W")
    editor.until(lambda: editor.said == "Beat 1 of bar 2, 0:02.500")
    editor.press("Alt+q")
    editor.until(lambda: editor.said == "Beat 4 of bar 1, 0:02.000")
    editor.press("Shift+Period", "Alt+Comma", "Period", "Shift+PageUp", "Alt+PageDown")
    editor.until(lambda: [beat["time"] for beat in beats(app) if beat["anchor"]] == [pytest.approx(2.01, abs=1e-6)])
    editor.press("Shift+D")
    editor.until(lambda: [beat["position"] for beat in beats(app)[:5]] == [2, 3, 4, 1, 2])
    editor.press("Delete")
    editor.until(lambda: len(beats(app)) == 37)


def test_the_selected_beat_is_named_and_moved_in_the_panel(editor, app) -> None:
    editor.press("Shift+T")
    editor.until(lambda: len(beats(app)) == 38)
    editor.page.get_by_role("button", name="The next beat").click()
    editor.page.locator(".beat-figures", has_text="Beat 1 of bar 1, 0:00.500").wait_for()
    editor.page.get_by_label("Time of the selected beat").fill("0.52")
    editor.page.get_by_label("Time of the selected beat").press("Enter")
    editor.page.locator(".beat-figures", has_text="0:00.520, anchored").wait_for()
    editor.until(lambda: beats(app)[0]["time"] == pytest.approx(0.52))


def test_the_ruler_counts_bars(editor, app) -> None:
    editor.press("Shift+T")
    editor.until(lambda: len(beats(app)) == 38)
    picture = editor.page.locator(".ruler-canvas")
    before = picture.screenshot()
    editor.page.get_by_label("Unit of the ruler").select_option("bars")
    editor.page.wait_for_timeout(100)
    assert picture.screenshot() != before


RULER_NAMES = """() => {
  window.named = [];
  const fill = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    window.named.push([this.canvas.className, text, Math.round((x / this.canvas.clientWidth) * 200) / 10]);
    return fill.call(this, text, x, y);
  };
}"""
"""Notes what is written on canvases, and where (s, to 0.1)."""


def test_the_meter_changes_within_a_piece_and_the_ruler_counts_on(editor, app) -> None:
    editor.press("Shift+T")
    editor.until(lambda: len(beats(app)) == 38)
    editor.press("Home", "Alt+w", "Alt+Shift+W", "Alt+Shift+W")
    editor.until(lambda: editor.said == "Beat 1 of bar 3, 0:04.500")
    editor.press("Alt+m")
    editor.page.keyboard.type("3")
    editor.press("Enter")
    editor.until(lambda: [beat["position"] for beat in beats(app)[4:15]] == [1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 1])
    editor.page.evaluate(RULER_NAMES)
    editor.page.get_by_label("Unit of the ruler").select_option("bars")
    written = (
        "name => window.named.filter(([canvas]) => canvas.includes(name)).map(([, text, at]) => `${text} @ ${at}`)"
    )
    editor.page.wait_for_function(
        "() => window.named.some(([canvas, text]) => canvas.includes('ruler') && text === '5')"
    )
    ruler = editor.page.evaluate(written, "ruler")
    assert {"1 @ 0.6", "3 @ 4.6", "5 @ 7.6", "7 @ 10.6"} <= set(ruler)
    assert any(one.startswith("3 · 3/ @") for one in editor.page.evaluate(written, "beats"))
    editor.page.get_by_role("button", name="÷2").click()
    editor.until(lambda: [beat["position"] for beat in beats(app)[:8]] == [1, 2, 3, 4, 1, 2, 3, 1])
    editor.press("Control+z", "Control+z")
    editor.until(lambda: {beat["position"] for beat in beats(app)} == {1, 2, 3, 4} and len(beats(app)) == 38)


def test_the_grid_is_changed_without_a_network_and_saved_when_there_is_one(editor, app) -> None:
    editor.press("Shift+T")
    editor.until(lambda: len(beats(app)) == 38)
    editor.saved()
    app.down = True
    editor.page.get_by_role("button", name="×2").click()
    editor.page.get_by_text("75 beats").wait_for()
    editor.page.get_by_label("Beats in a bar").select_option("3")
    app.down = False
    editor.until(lambda: len(beats(app)) == 75)
    editor.until(lambda: {beat["position"] for beat in beats(app)} == {1, 2, 3})
    editor.press("Control+z", "Control+z")
    editor.until(lambda: len(beats(app)) == 38)
