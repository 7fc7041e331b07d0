"""The example that the documentation shows, as `streamlit run` runs it."""

from __future__ import annotations

import ast

import pytest

from labelbuddy_core.settings import ROOT

EXAMPLE = ROOT / "examples" / "label_regions.py"
SECONDS = 30.0


def table(editor) -> list[list[str]]:
    """The rows of the script's table, as a screen reader has them."""
    rows = editor.page.locator('[data-testid="stDataFrame"] canvas tbody tr')
    found = [rows.nth(number).locator("td").all_inner_texts() for number in range(rows.count())]
    return [cells for cells in found if len(cells) >= 3]  # an empty table says so in one


@pytest.mark.browser
def test_regions_that_are_drawn_changed_and_undone_reach_the_script(open_app) -> None:
    editor = open_app(EXAMPLE, seconds=SECONDS)
    editor.drag(0, 6.0, 12.0)
    editor.until(lambda: table(editor))
    ((start, end, label, *_),) = table(editor)
    assert float(start) == pytest.approx(6.0, abs=0.1)
    assert float(end) == pytest.approx(12.0, abs=0.1)
    assert label == "notes"
    editor.press("2")
    editor.until(lambda: table(editor)[0][2] == "noise")
    editor.press("Control+z")
    editor.until(lambda: table(editor)[0][2] == "notes")
    editor.press("Control+z")
    editor.until(lambda: not table(editor))
    editor.saved()


@pytest.mark.browser
def test_the_recording_plays_and_a_region_plays_from_its_samples(open_app) -> None:
    editor = open_app(EXAMPLE, seconds=SECONDS)
    clock = editor.page.locator(".clock")
    editor.page.locator(".play").click()
    editor.until(lambda: clock.inner_text() > "0:01.000")
    editor.page.locator(".play").click()
    editor.drag(0, 6.0, 7.0)
    editor.press("Shift+Space")
    editor.until(lambda: clock.inner_text() == "0:07.000")


@pytest.mark.browser
def test_nothing_is_offered_that_only_a_server_can_do(open_app) -> None:
    editor = open_app(EXAMPLE, seconds=SECONDS)
    buttons = " ".join(editor.page.locator(".lb-editor button:visible").all_inner_texts())
    for word in ("Submit", "Predict", "Flag", "Withdraw"):
        assert word not in buttons
    editor.page.locator(".lb-editor").focus()
    editor.press("?")
    says = editor.page.locator(".overlay-panel").inner_text()
    assert "Undo" in says
    for words in ("Submit", "another task without", "Ask the model", "Flag the task"):
        assert words not in says


def test_the_example_is_as_short_as_it_is_said_to_be() -> None:
    source = EXAMPLE.read_text()
    assert len(source.splitlines()) <= 20
    assert "components.wavesurfer_component" in source
    ast.parse(source)
