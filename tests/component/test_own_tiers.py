"""Tiers: lanes that annotators lay out themselves, with pointer and keys, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def heads(editor) -> list[str]:
    """The names on the heads of the lanes."""
    return [text.split("\n")[0] for text in editor.page.locator(".lane-head").all_inner_texts()]


def own_tiers(app) -> list[str]:
    return [tier["name"] for tier in sorted(app.document["tiers"], key=lambda tier: tier["position"])]


def drag_down(editor, lane: int, seconds: float, to: int) -> None:
    """Drag what lies in a lane straight to another one."""
    x, y = editor.point(lane, seconds)
    editor.page.mouse.move(x, y)
    editor.page.mouse.down()
    editor.page.mouse.move(x + 1, (y + editor.point(to, seconds)[1]) / 2, steps=3)
    editor.page.mouse.move(x + 1, editor.point(to, seconds)[1], steps=3)
    editor.page.mouse.up()


def test_without_tiers_nothing_is_different(open_editor, app) -> None:
    editor = open_editor()
    editor.drag(1, 4.0, 8.0)
    editor.until(lambda: app.regions())
    assert "tier" not in app.regions()[0]
    assert heads(editor) == ["Speech", "Music", "Siren"]
    assert editor.page.get_by_role("button", name="Add a tier").count() == 0
    editor.press("Control+Shift+ArrowDown", "Shift+ArrowDown")
    editor.saved()
    assert len(app.saves) == 1


def test_a_drag_in_a_lane_marks_on_its_tier_with_the_chosen_label(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben"]
    editor = open_editor()
    assert heads(editor) == ["Ada", "Ben"]
    editor.press("2")
    editor.drag(1, 4.0, 8.0)
    editor.until(lambda: app.regions())
    assert (app.regions()[0]["tier"], app.regions()[0]["label"]) == ("Ben", "music")
    editor.press("Escape", "Home", "i", "Shift+ArrowRight", "o")
    editor.until(lambda: len(app.regions()) == 2)
    assert app.regions()[0]["tier"] == "Ben"
    assert not app.document["tiers"]


def test_the_head_of_a_lane_and_keys_choose_the_tier_of_new_regions(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben"]
    editor = open_editor()
    expect(editor.page.get_by_role("radio", name="Ada")).to_be_checked()
    editor.page.locator(".lane-head .lane-name").nth(1).click()
    expect(editor.page.get_by_role("radio", name="Ben")).to_be_checked()
    expect(editor.page.locator(".lane-head").nth(1)).to_have_class("lane-head active-tier")
    editor.page.locator(".lb-editor").focus()
    editor.press("Shift+ArrowUp", "i", "Shift+ArrowRight", "o")
    editor.until(lambda: app.regions())
    assert app.regions()[0]["tier"] == "Ada"


def test_a_region_is_dragged_to_another_tier_at_the_same_time_and_back_by_undo(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben", "Cy"]
    app.put(id="r_1", start=4.0, end=8.0, label="speech", tier="Ada", origin=HUMAN)
    editor = open_editor()
    editor.click(0, 6.0)
    drag_down(editor, 0, 6.0, 2)
    editor.until(lambda: app.regions()[0]["tier"] == "Cy")
    assert (app.regions()[0]["start"], app.regions()[0]["end"]) == (4.0, 8.0)
    editor.press("Control+z")
    editor.until(lambda: app.regions()[0]["tier"] == "Ada")
    editor.click(0, 6.0)
    editor.drag(0, 6.0, 9.0)
    editor.until(lambda: app.regions()[0]["start"] > 6.0)
    assert app.regions()[0]["tier"] == "Ada"


def test_keys_move_all_that_is_selected_between_tiers_as_far_as_there_are_any(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben", "Cy"]
    app.put(id="r_1", start=4.0, end=8.0, label="speech", tier="Ada", origin=HUMAN)
    app.put(id="r_2", start=9.0, end=10.0, label="music", tier="Ben", origin=HUMAN)
    editor = open_editor()

    def tiers() -> list[str]:
        return [region["tier"] for region in app.regions()]

    editor.press("Control+a", "Control+Shift+ArrowDown")
    editor.until(lambda: tiers() == ["Ben", "Cy"])
    editor.press("Control+Shift+ArrowDown", "Control+Shift+ArrowUp")
    editor.until(lambda: tiers() == ["Ada", "Ben"])
    editor.press("Escape", "ArrowDown")
    editor.page.get_by_role("combobox", name="Tier").select_option("Cy")
    editor.until(lambda: tiers() == ["Cy", "Ben"])


def test_tiers_are_added_renamed_and_removed_and_all_of_it_is_undone(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben"]
    app.put(id="r_1", start=4.0, end=8.0, label="speech", tier="Ada", origin=HUMAN)
    editor = open_editor()
    editor.page.get_by_role("button", name="Add a tier").click()
    editor.page.get_by_role("textbox", name="Name of the new tier").fill("Room")
    editor.press("Enter")
    editor.until(lambda: own_tiers(app) == ["Ada", "Ben", "Room"])
    assert heads(editor) == ["Ada", "Ben", "Room"]
    editor.page.get_by_role("radio", name="Ada").click()
    editor.page.get_by_role("button", name="Rename").click()
    editor.page.get_by_role("textbox", name="Name of the tier").fill("Anna")
    editor.press("Enter")
    editor.until(lambda: app.regions()[0]["tier"] == "Anna")
    editor.page.get_by_role("button", name="Remove", exact=True).click()
    editor.page.get_by_text("Anna has 1 region. It is deleted with the tier.").wait_for()
    editor.page.get_by_role("button", name="Remove the tier").click()
    editor.until(lambda: not app.regions())
    assert own_tiers(app) == ["Ben", "Room"]
    editor.page.reload()
    editor.page.locator(".lane-head").first.wait_for()
    assert heads(editor) == ["Ben", "Room"]
    editor.press("Control+z", "Control+z", "Control+z")
    editor.until(lambda: not app.document["tiers"])
    assert app.regions()[0]["tier"] == "Ada"
    assert heads(editor) == ["Ada", "Ben"]


def test_what_two_tabs_do_with_tiers_is_merged(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben"]
    one, two = open_editor(), open_editor()
    for editor, name in ((one, "Room"), (two, "Street")):
        editor.page.get_by_role("button", name="Add a tier").click()
        editor.page.get_by_role("textbox", name="Name of the new tier").fill(name)
        editor.press("Enter")
        editor.until(lambda: any(tier["name"] == name for tier in app.document["tiers"]))  # noqa: B023
    assert sorted(own_tiers(app)) == ["Ada", "Ben", "Room", "Street"]
    editor.until(lambda: heads(two) == ["Ada", "Ben", "Room", "Street"])


def test_what_lies_on_no_tier_has_a_lane_below_and_gets_a_tier_when_it_is_accepted(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben"]
    app.predict([("s1", 2.0, 5.0, "speech", 0.9)])
    editor = open_editor()
    assert heads(editor) == ["Ada", "Ben", "Without a tier"]
    editor.click(2, 3.0)
    editor.press("Shift+ArrowDown", "a")
    editor.until(lambda: app.regions())
    assert (app.regions()[0]["tier"], app.regions()[0]["origin"]["edited"]) == ("Ben", False)
    editor.drag(0, 8.0, 9.0)
    expect(editor.rows).to_have_count(2)


def test_instants_lie_on_tiers_too(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben"]
    app.points = True
    editor = open_editor()
    editor.press("e", "Control+Shift+ArrowDown")
    editor.until(lambda: [point.get("tier") for point in app.document["points"]] == ["Ben"])


def test_a_review_shows_the_lanes_of_the_annotators_tiers(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben"]
    app.document["tiers"] = [{"name": "Room", "position": 0}]
    app.put(id="r_1", start=4.0, end=8.0, label="speech", tier="Room", origin=HUMAN)
    app.put(id="r_2", start=9.0, end=10.0, label="speech", origin=HUMAN)
    app.state = "submitted"
    review = open_editor("review")
    assert heads(review) == ["Room", "Without a tier", "Ground truth"]
    review.click(0, 6.0)
    review.page.locator(".region-title").get_by_text("Speech").wait_for()


def test_the_lane_of_a_tier_is_locked_hidden_and_heard_alone_like_that_of_a_label(open_editor, app) -> None:
    app.tiers = ["Ada", "Ben"]
    app.put(id="r_1", start=4.0, end=8.0, label="speech", tier="Ada", origin=HUMAN)
    app.put(id="r_2", start=9.0, end=10.0, label="speech", tier="Ben", origin=HUMAN)
    editor = open_editor()
    editor.page.get_by_role("button", name="Lock Ada", exact=True).click()
    assert editor.said == "Ada is locked"
    editor.press("Escape", "ArrowDown", "ArrowDown", "Control+Shift+ArrowUp")
    expect(editor.page.get_by_text("Ada is locked. Unlock its lane to change it.")).to_be_visible()
    editor.page.get_by_role("button", name="Rename").click()
    assert editor.page.get_by_role("dialog").count() == 0
    editor.page.get_by_role("button", name="Hide Ben", exact=True).click()
    editor.page.get_by_role("button", name="Hear only Ada", exact=True).click()
    assert editor.said == "Only Ada is heard"
    editor.saved()
    assert [region["tier"] for region in app.regions()] == ["Ada", "Ben"]
    again = open_editor(same=editor)
    assert again.page.locator(".lane-tool[aria-pressed=true]").count() == 3
