"""A thousand labels in a taxonomy: folded, found, unfolded by keys; tags found by a part of their names."""

from __future__ import annotations

import pytest
from fake_values import label
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(open_editor, app):
    app.labels = []
    for family in range(10):
        app.labels.append(label(f"f{family}", f"Family {family}", "#E69F00", None))
        for sound in range(100):
            name = f"Sound {family}.{sound:02}"
            app.labels.append(label(f"s{family}_{sound}", name, "#56B4E9", parent=f"f{family}"))
    return open_editor()


def test_the_palette_shows_families_first_and_unfolds_one_by_keys(editor) -> None:
    names = editor.page.locator(".palette.tree .name")
    expect(names).to_have_count(10)
    editor.page.get_by_role("button", name="Family 3: show what is below").focus()
    editor.press("ArrowRight")
    expect(names).to_have_count(110)
    expect(editor.page.get_by_role("button", name="Family 3: hide what is below")).to_be_focused()
    editor.press("ArrowLeft")
    expect(names).to_have_count(10)
    editor.press("Enter")
    expect(names).to_have_count(110)


def test_a_search_opens_the_family_of_what_it_finds_and_enter_takes_the_best(editor, app) -> None:
    editor.press("/")
    editor.page.keyboard.type("7.42")
    expect(editor.page.locator(".palette.tree .name")).to_have_text(["Family 7", "Sound 7.42"])
    editor.press("Enter")
    expect(editor.page.locator(".palette.tree .name")).to_have_count(10)
    editor.press("i", "ArrowRight", "o")
    editor.until(lambda: [region["label"] for region in app.regions()] == ["s7_42"])


def test_a_tag_is_found_by_a_part_of_its_name(editor, app) -> None:
    editor.page.get_by_label("Add a tag for the whole clip").click()
    editor.page.keyboard.type("5.99")
    expect(editor.page.locator(".label-list [role=option]")).to_have_text(["Sound 5.99"])
    editor.press("Enter")
    editor.until(lambda: [tag["label"] for tag in app.document["tags"]] == ["s5_99"])
    expect(editor.page.get_by_label("Add a tag for the whole clip")).to_be_focused()
    editor.press("Enter")
    editor.page.keyboard.type("5.99")
    expect(editor.page.get_by_text("No label of this name.")).to_be_visible()
    editor.press("Escape")
    expect(editor.page.locator(".label-list")).to_have_count(0)
