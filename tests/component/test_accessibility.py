"""What axe-core finds in editor, keys and review, in light and dark; and what can be done without a mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "components/wavesurfer_component/frontend/node_modules/axe-core/axe.min.js"
GRAVE = {"serious", "critical"}
needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe-core comes with the front-end packages (npm ci)")


def grave_findings(page: Any) -> list[str]:
    """What axe calls serious or critical: the rule, and the element."""
    page.add_script_tag(content=AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found if one["impact"] in GRAVE for node in one["nodes"]]


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_grave_in_the_editor(open_editor, app, theme: str) -> None:
    app.points = True
    app.labels[0]["attributes"] = [
        {"id": "clear", "name": "Clarity", "kind": "rating", "choices": [], "required": False},
        {"id": "who", "name": "Speaker", "kind": "choice", "choices": ["Ada", "Ben"], "required": False},
    ]
    app.put(id="r_1", start=2.0, end=4.0, low=300.0, high=900.0, label="speech", origin={"kind": "human"})
    app.predict([("p_1", 5.0, 6.0, "music", 0.8), ("p_2", 7.0, 8.0, "speech", 0.4)], [("siren", 0.7)])
    editor = open_editor(theme=theme)
    editor.press("ArrowDown")
    editor.page.get_by_text("Sound", exact=True).click()
    assert grave_findings(editor.page) == []


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_grave_in_a_cell_that_is_edited_and_lanes_that_are_set(open_editor, app, theme: str) -> None:
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin={"kind": "human"})
    app.put(id="r_2", start=5.0, end=6.0, label="music", origin={"kind": "human"})
    editor = open_editor(theme=theme)
    editor.press("Shift+L", "ArrowDown", "Enter", "ArrowDown", "ArrowRight", "Enter", "ArrowRight", "Enter")
    assert editor.page.locator(".lane-tool[aria-pressed=true]").count() == 3
    editor.press("Shift+G", "Space", "Enter")
    assert grave_findings(editor.page) == []


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_grave_with_tiers_and_before_a_first_pass(open_editor, app, theme: str) -> None:
    app.tiers = ["Ada", "Ben"]
    app.suggestions = "after_first_pass"
    app.put(id="r_1", start=2.0, end=4.0, label="speech", tier="Ada", origin={"kind": "human"})
    editor = open_editor(theme=theme)
    editor.press("ArrowDown")
    assert grave_findings(editor.page) == []
    editor.page.get_by_role("button", name="Show suggestions").click()
    assert grave_findings(editor.page) == []


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_grave_in_the_keys(open_editor, theme: str) -> None:
    editor = open_editor(theme=theme)
    editor.press("?")
    assert grave_findings(editor.page) == []


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_grave_in_a_review(open_editor, app, theme: str) -> None:
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin={"kind": "human"})
    app.state = "submitted"
    editor = open_editor("review", theme=theme)
    editor.press("ArrowDown")
    assert grave_findings(editor.page) == []


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_grave_in_the_view_of_what_both_changed(open_editor, app, theme: str) -> None:
    app.put(id="r_1", start=2.0, end=4.0, label="speech", origin={"kind": "human"})
    editor = open_editor(theme=theme)
    app.put(id="r_1", start=2.5, end=5.0, label="speech", origin={"kind": "human"})
    editor.click(0, 3.0)
    editor.press("u")
    editor.page.get_by_role("button", name="Compare…").click()
    editor.page.get_by_role("dialog").wait_for()
    assert grave_findings(editor.page) == []


def test_a_region_is_marked_adjusted_labeled_and_submitted_without_a_mouse(open_editor, app) -> None:
    editor = open_editor()
    editor.press("ArrowRight", "ArrowRight", "i", "Shift+ArrowRight", "o")
    editor.until(lambda: len(app.regions()) == 1)
    editor.press("2", "Shift+Period", "Enter")
    editor.page.keyboard.type("a phrase")
    editor.press("Escape", "Control+Enter")
    editor.until(lambda: app.state == "submitted")
    (region,) = app.regions()
    assert (region["label"], region["text"]) == ("music", "a phrase")
    assert (region["start"], region["end"]) == (pytest.approx(0.2, abs=0.01), pytest.approx(1.3, abs=0.01))


def test_every_height_can_be_changed_by_keys_and_is_remembered(open_editor) -> None:
    editor = open_editor()
    edge = editor.page.get_by_role("separator", name="Height of the spectrogram")
    before = int(edge.get_attribute("aria-valuenow"))
    edge.focus()
    editor.press("ArrowDown", "ArrowDown")
    assert int(edge.get_attribute("aria-valuenow")) == before + 24
    other = open_editor(same=editor)
    again = other.page.get_by_role("separator", name="Height of the spectrogram")
    assert int(again.get_attribute("aria-valuenow")) == before + 24
