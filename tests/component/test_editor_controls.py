"""Controls of the editor that people see: the display of the spectrogram, heights, snapping, groups of choices."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def picture(editor) -> str:
    """The spectrogram, as soon as it stays as it is."""
    seen = ""
    for _ in range(20):
        editor.page.wait_for_timeout(500)
        before, seen = seen, editor.page.evaluate("document.querySelector('.spectrogram-canvas').toDataURL()")
        if seen == before:
            break
    return seen


def display(editor):
    """The open panel of the spectrogram's display."""
    editor.page.get_by_role("button", name="Frequencies and levels of the spectrogram").click()
    return editor.page.get_by_role("dialog", name="Frequencies and levels of the spectrogram")


def test_the_frequencies_shown_are_chosen_and_remembered_and_reset(open_editor) -> None:
    editor = open_editor()
    whole = picture(editor)
    panel = display(editor)
    panel.get_by_label("To Hz (Hz)").fill("1000")
    panel.get_by_label("To Hz (Hz)").press("Enter")
    assert picture(editor) != whole
    editor.page.reload()
    panel = display(editor)
    expect(panel.get_by_label("To Hz (Hz)")).to_have_value("1000")
    panel.get_by_role("button", name="Usual display").click()
    editor.until(lambda: picture(editor) == whole)


def test_sliders_change_the_levels_by_keys(open_editor) -> None:
    editor = open_editor()
    before = picture(editor)
    panel = display(editor)
    panel.get_by_label("Darkest at dB", exact=True).focus()
    for _ in range(20):
        editor.press("ArrowRight")
    expect(panel.get_by_label("Darkest at dB (dB)")).to_have_value("-70")
    assert picture(editor) != before
    editor.press("Escape")
    expect(panel).to_be_hidden()


def test_a_box_is_marked_in_the_frequencies_that_are_shown(open_editor, app) -> None:
    editor = open_editor()
    panel = display(editor)
    panel.get_by_label("From Hz (Hz)").fill("500")
    panel.get_by_label("To Hz (Hz)").fill("1000")
    panel.get_by_label("To Hz (Hz)").press("Enter")
    editor.press("Escape", "Escape", "f")
    box = editor.page.locator(".spectrogram-canvas").bounding_box()
    editor.page.mouse.move(box["x"] + 300, box["y"] + 20)
    editor.page.mouse.down()
    editor.page.mouse.move(box["x"] + 400, box["y"] + box["height"] - 20, steps=4)
    editor.page.mouse.up()
    editor.until(lambda: app.regions())
    region = app.regions()[0]
    assert 490 < region["low"] < region["high"] < 1010


@pytest.mark.parametrize(
    ("name", "part"), [("Height of the overview", ".overview"), ("Height of the lanes", ".lanes-scroll")]
)
def test_an_edge_changes_a_height_by_mouse_and_keys_and_it_is_remembered(open_editor, name: str, part: str) -> None:
    editor = open_editor()
    height = lambda: editor.page.locator(part).bounding_box()["height"]  # noqa: E731
    edge = editor.page.get_by_role("separator", name=name)
    before = height()
    at = edge.bounding_box()
    editor.page.mouse.move(at["x"] + 300, at["y"] + 3)
    editor.page.mouse.down()
    editor.page.mouse.move(at["x"] + 300, at["y"] + 33, steps=3)
    editor.page.mouse.up()
    editor.page.wait_for_timeout(100)
    assert height() == pytest.approx(before + 30, abs=1)
    edge.press("ArrowDown")
    editor.page.wait_for_timeout(100)
    assert height() == pytest.approx(before + 42, abs=1)
    editor.page.reload()
    editor.page.locator(".lb-editor:not([aria-busy])").wait_for()
    editor.page.wait_for_timeout(300)
    assert height() == pytest.approx(before + 42, abs=1)
    edge.dblclick()
    editor.page.wait_for_timeout(100)
    assert height() == pytest.approx(before, abs=1)


def test_edges_snap_to_several_kinds_at_once(open_editor, app) -> None:
    editor = open_editor()
    editor.page.get_by_role("button", name="Snap to several kinds at once").click()
    editor.page.get_by_role("checkbox", name="Onsets").check()
    editor.page.get_by_role("checkbox", name="Beats").check()
    editor.press("Escape")
    editor.page.wait_for_timeout(200)
    editor.drag(0, 4.17, 6.03)
    editor.until(lambda: app.regions())
    assert (app.regions()[0]["start"], app.regions()[0]["end"]) == (4.13, 6.0)
    assert editor.page.get_by_label("Edges snap to").evaluate("one => one.selectedOptions[0].text") == "Onsets + Beats"


def test_arrow_keys_walk_through_the_labels_and_space_chooses(open_editor) -> None:
    editor = open_editor()
    labels = editor.page.get_by_role("radiogroup", name="Label for new regions").get_by_role("radio")
    assert [one.get_attribute("tabindex") for one in labels.all()] == ["0", "-1", "-1"]
    labels.first.focus()
    editor.press("ArrowDown", "ArrowRight")
    expect(labels.nth(2)).to_be_focused()
    expect(labels.first).to_have_attribute("aria-checked", "true")
    editor.press("Space")
    expect(labels.nth(2)).to_have_attribute("aria-checked", "true")
    expect(labels.nth(2)).to_be_focused()
    editor.press("ArrowDown")
    expect(labels.first).to_be_focused()


def test_a_whole_region_is_nudged_by_1_10_and_100_ms(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=6.0, label="speech", origin=HUMAN)
    editor = open_editor()
    editor.press("ArrowDown", "Shift+PageDown", "Alt+PageDown", "Control+Shift+ArrowRight")
    editor.until(lambda: app.regions()[0]["start"] == pytest.approx(4.111))
    editor.press("Shift+PageUp", "Alt+PageUp", "Control+Shift+ArrowLeft")
    editor.until(lambda: app.regions()[0]["start"] == pytest.approx(4.0))
    assert app.regions()[0]["end"] == pytest.approx(6.0)


def test_a_region_is_added_at_times_that_are_typed(open_editor, app) -> None:
    editor = open_editor()
    editor.press("2", "Insert")
    field = editor.page.get_by_role("textbox", name="Mark Music from one time to another")
    field.fill("0:05 - 7.25")
    field.press("Enter")
    editor.until(lambda: app.regions())
    region = app.regions()[0]
    assert (region["label"], region["start"], region["end"]) == ("music", 5.0, 7.25)
    editor.page.get_by_role("button", name="Add…").click()
    field.fill("9 - 8")
    field.press("Enter")
    expect(editor.page.locator(".notice")).to_contain_text("is no stretch of time")


def test_a_reload_goes_on_with_label_threshold_speed_and_selection(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=6.0, label="speech", origin=HUMAN)
    app.predict([("s1", 8.0, 9.0, "music", 0.4)])
    editor = open_editor()
    editor.press("2", "'", "'", "=", "v", "ArrowDown")
    expect(editor.page.get_by_label("Start", exact=True)).to_have_value("0:04.000")
    editor.page.reload()
    editor.page.locator(".lb-editor:not([aria-busy])").wait_for()
    expect(editor.page.get_by_role("radio", name="Music")).to_have_attribute("aria-checked", "true")
    expect(editor.page.get_by_label("Speed")).to_have_value("1.25")
    expect(editor.page.get_by_label("Start", exact=True)).to_have_value("0:04.000")
    assert editor.rows.count() == 1, "suggestions stay hidden"
    editor.press("v", "'")
    assert "0.15" in editor.said


def test_a_renamed_tier_stays_hidden(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben"]
    editor = open_editor()
    editor.page.locator(".lane-head").nth(0).hover()
    editor.page.get_by_role("button", name="Hide Ada", exact=True).click()
    editor.page.get_by_role("radio", name="Ada").click()
    editor.page.get_by_role("button", name="Rename").click()
    editor.page.get_by_role("textbox", name="Name of the tier").fill("Eve")
    editor.page.get_by_role("textbox", name="Name of the tier").press("Enter")
    hidden = editor.page.get_by_role("button", name="Hide Eve", exact=True)
    expect(hidden).to_have_attribute("aria-pressed", "true")


def test_text_answers_and_edges_of_several_regions_change_in_one_step_each(open_editor, app) -> None:
    asked = {"id": "loud", "name": "Loudness", "kind": "rating", "choices": [], "required": False}
    for one in app.labels[:2]:
        one["attributes"] = [asked]
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin=HUMAN)
    app.put(id="r_2", start=6.0, end=8.0, label="music", origin=HUMAN)
    editor = open_editor()
    editor.press("Control+a")
    editor.page.get_by_label("Text of all that are selected").fill("a bell")
    editor.page.get_by_role("button", name="Write into all").click()
    editor.until(lambda: [region.get("text") for region in app.regions()] == ["a bell", "a bell"])
    editor.page.get_by_role("radio", name="4 of 5").click()
    editor.until(lambda: [region.get("attributes") for region in app.regions()] == [{"loud": 4}, {"loud": 4}])
    editor.page.get_by_role("radio", name="4 of 5").click()
    editor.until(lambda: not any(region.get("attributes") for region in app.regions()))
    editor.press("Escape", "Control+a", "Shift+.")
    editor.until(lambda: [region["end"] for region in app.regions()] == pytest.approx([4.1, 8.1]))
    editor.press("Control+z", "Control+z", "Control+z", "Control+z")
    editor.until(lambda: not any(region.get("text") for region in app.regions()))
    assert [region["end"] for region in app.regions()] == [4.0, 8.0]


def test_the_list_has_columns_for_tier_and_frequencies_where_they_are_used(open_editor, app) -> None:
    editor = open_editor()
    assert "From Hz" not in editor.page.get_by_role("columnheader").all_inner_texts()
    app.tiers = ["Ada", "Ben"]
    app.put(id="r_1", start=2.0, end=4.0, label="speech", tier="Ada", low=300, high=1200, origin=HUMAN)
    editor = open_editor()
    heads = editor.page.get_by_role("columnheader").all_inner_texts()
    cells = editor.rows.first.get_by_role("gridcell")
    for name, typed in (("To Hz", "900"), ("Tier", "ben")):
        cells.nth(heads.index(name)).dblclick()
        editor.page.locator(".cell-input").fill(typed)
        editor.press("Enter")
    editor.until(lambda: (app.regions()[0]["high"], app.regions()[0]["tier"]) == (900, "Ben"))
    cells.nth(heads.index("From Hz")).dblclick()
    editor.page.locator(".cell-input").fill("5000")
    editor.press("Enter")
    expect(editor.page.locator(".notice")).to_contain_text("between 0 and 900")
