"""Keys of one's own, the time to react, label keys that are held, and going to a time."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

pytestmark = pytest.mark.browser


def test_an_action_is_put_on_another_key_and_stays_there(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin={"kind": "human"})
    editor = open_editor()
    editor.press("?")
    editor.page.get_by_role("button", name="Delete the region: Delete. Change").click()
    editor.press("Control+b")
    editor.page.get_by_text("is on Ctrl+B now").wait_for()
    assert app.preferences["keys"] == {"delete": "Ctrl+B"}
    other = open_editor()
    other.press("ArrowDown", "Delete")
    other.press("Control+b")
    other.until(lambda: not app.regions())


def test_a_key_that_is_taken_is_refused_and_usual_keys_come_back(open_editor, app) -> None:
    app.preferences = {"keys": {"split": "Ctrl+B"}, "reaction": 0.15, "language": "auto"}
    editor = open_editor()
    editor.press("?")
    editor.page.get_by_role("button", name="Duplicate behind itself: D. Change").click()
    editor.press("m")
    editor.page.get_by_text("M means “Join with the next region of the same label” already").wait_for()
    editor.page.get_by_role("button", name="Usual keys").click()
    editor.until(lambda: app.preferences["keys"] == {})


def test_the_digit_of_a_label_is_put_on_another_key_and_then_free_for_an_action(open_editor, app) -> None:
    editor = open_editor()
    says = editor.page.locator(".key-says")
    editor.press("?")
    editor.page.get_by_role("button", name="Split at the playhead: S. Change").click()
    editor.press("2")
    says.get_by_text("2 means “Label 2: pick it").wait_for()
    editor.page.get_by_role("button", name="Label 2: pick it").click()
    editor.press("F4")
    says.get_by_text("is on F4 now.").wait_for()
    editor.page.get_by_role("button", name="Split at the playhead: S. Change").click()
    editor.press("2")
    says.get_by_text("“Split at the playhead” is on 2 now.").wait_for()
    assert app.preferences["keys"] == {"label-2": "F4", "split": "2"}
    editor.press("Escape", "F4")
    palette = editor.page.get_by_role("radio", name="Music")
    expect(palette).to_have_attribute("aria-checked", "true")
    assert palette.locator("kbd").inner_text() == "F4"
    editor.press("1", "2")
    expect(editor.page.get_by_role("radio", name="Speech")).to_have_attribute("aria-checked", "true")


def test_keys_of_the_list_are_changed_and_what_they_take_is_told(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=8.0, label="speech", origin={"kind": "human"})
    editor = open_editor()
    says = editor.page.locator(".key-says")
    editor.press("?")
    editor.page.get_by_role("button", name="Select the row too, or leave it out again: Space. Change").click()
    editor.press("m")
    says.get_by_text("In the list of regions it comes before “Join with the next region of the same label”.").wait_for()
    editor.page.get_by_role("button", name="Split at the playhead: S. Change").click()
    editor.press("u")
    says.get_by_text("It does not pick the label Siren any more.").wait_for()
    editor.press("Escape", "Shift+G", "m")
    expect(editor.page.locator(".table-row[aria-selected=true]")).to_have_count(1)


def test_a_key_is_found_by_its_words(open_editor) -> None:
    editor = open_editor()
    editor.press("?")
    editor.page.keyboard.type("undo")
    assert editor.page.locator(".key-line").count() == 1
    editor.press("Escape")
    assert editor.page.locator(".overlay").count() == 0


def test_a_label_key_that_is_held_while_listening_marks_what_was_heard(open_editor, app) -> None:
    app.preferences = {"keys": {}, "reaction": 0.2, "language": "auto"}
    editor = open_editor()
    editor.press("Space")
    editor.page.wait_for_timeout(700)
    editor.page.keyboard.down("u")
    editor.page.wait_for_timeout(800)
    editor.page.keyboard.up("u")
    editor.press("Space")
    editor.until(lambda: app.regions())
    (region,) = app.regions()
    assert region["label"] == "siren"
    assert 0.5 < region["end"] - region["start"] < 1.2


def test_a_time_is_gone_to(open_editor) -> None:
    editor = open_editor()
    editor.press("g")
    editor.page.keyboard.type("0:12.5")
    editor.press("Enter")
    editor.page.get_by_text("0:12.500").first.wait_for()
    editor.press("g")
    editor.page.keyboard.type("noon")
    editor.press("Enter")
    editor.page.get_by_text("noon is no time").wait_for()


def test_q_and_w_go_to_onsets(open_editor) -> None:
    editor = open_editor()
    editor.press("w", "w")
    editor.page.locator(".clock", has_text="0:04.130").wait_for()
    editor.press("q")
    editor.page.locator(".clock", has_text="0:01.000").wait_for()


def test_w_waits_for_onsets_that_are_not_here_yet(open_editor) -> None:
    editor = open_editor()
    held: list[Route] = []
    editor.page.route("**/snap-points?*", lambda route: held.append(route))
    editor.press("w")
    editor.page.get_by_text("Loading the onsets…").wait_for(state="attached")
    editor.press("w")
    held[0].continue_()
    editor.page.locator(".clock", has_text="0:04.130").wait_for()
    assert len(held) == 1


def test_a_task_is_flagged_with_a_note_and_the_flag_taken_back(open_editor, app) -> None:
    editor = open_editor()
    editor.press("Shift+K")
    editor.page.keyboard.type("clipped from 0:12 on")
    editor.press("Enter")
    editor.page.get_by_text("Flagged for a manager: clipped from 0:12 on").wait_for()
    assert app.flag == "clipped from 0:12 on"
    editor.page.get_by_role("button", name="Remove the flag").click()
    editor.until(lambda: app.flag is None)


def clock(editor, time: str) -> None:
    editor.page.locator(".clock", has_text=time).wait_for()


def test_alt_and_an_arrow_move_by_a_sample_where_single_samples_are_drawn(open_editor) -> None:
    editor = open_editor()
    editor.press("Alt+ArrowRight")
    clock(editor, "0:00.010")
    editor.press(*["Control+ArrowUp"] * 16)
    editor.press(*["Alt+ArrowRight"] * 8)  # of 8,000 in a second
    clock(editor, "0:00.011")


def test_bookmarks_are_set_gone_to_kept_and_taken_away(open_editor) -> None:
    editor = open_editor()
    editor.press("Shift+ArrowRight", "b", "Shift+ArrowRight", "Shift+ArrowRight", "b", "End", "Alt+Shift+b")
    clock(editor, "0:03.000")
    editor.page.reload()
    editor.page.locator(".lb-editor:not([aria-busy])").wait_for()
    editor.press("Home", "Alt+b")
    clock(editor, "0:01.000")
    editor.press("b", "Home", "Alt+b")
    clock(editor, "0:03.000")


def test_the_nearest_region_of_another_lane_is_selected(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=5.0, label="speech", origin={"kind": "human"})
    app.put(id="r_2", start=1.0, end=2.0, label="siren", origin={"kind": "human"})
    app.put(id="r_3", start=6.0, end=7.0, label="siren", origin={"kind": "human"})
    editor = open_editor()
    editor.click(0, 4.5)
    editor.press("Alt+j")
    clock(editor, "0:06.000")
    editor.press("Alt+k", "Delete")
    editor.until(lambda: [region["id"] for region in app.regions()] == ["r_2", "r_3"])


def test_media_keys_play_and_go_from_region_to_region(open_editor, app) -> None:
    app.put(id="r_1", start=4.0, end=5.0, label="speech", origin={"kind": "human"})
    editor = open_editor()
    editor.page.add_init_script(
        "window.keys = {}; MediaSession.prototype.setActionHandler = (name, action) => { window.keys[name] = action; };"
    )
    editor.page.reload()
    editor.rows.first.wait_for()
    editor.page.evaluate("window.keys.nexttrack()")
    clock(editor, "0:04.000")
    editor.page.evaluate("window.keys.play()")
    editor.page.get_by_role("button", name="Pause").wait_for()
    editor.page.evaluate("window.keys.pause()")
    editor.page.get_by_role("button", name="Play", exact=True).first.wait_for()
    editor.page.evaluate("window.leave()")
    assert editor.page.evaluate("Object.values(window.keys).every((action) => action === null)")
