"""What people set in their system: forced colors (contrast themes) and little motion."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}
SYSTEM = ("Canvas", "CanvasText", "Highlight", "HighlightText", "GrayText")

COLORS_OF_SYSTEM = """(names) => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.forcedColorAdjust = "none";
  const found = names.map((name) => ((probe.style.color = name), getComputedStyle(probe).color));
  probe.remove();
  const parts = found.map((color) => color.match(/[\\d.]+/g).map(Number));
  const seen = ([r, g, b, a = 1]) => [r, g, b].map((one, at) => Math.round(one * a + parts[0][at] * (1 - a)));
  return parts.map((one) => seen(one).join());
}"""
"""The colors as they are seen on `Canvas`, the first of them."""
COLORS_OF_CANVAS = """(canvas) => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const counts = {};
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 255) continue;
    const color = `${data[at]},${data[at + 1]},${data[at + 2]}`;
    counts[color] = (counts[color] ?? 0) + 1;
  }
  return counts;
}"""


@pytest.fixture
def three(app) -> None:
    app.put(id="r_1", start=2.0, end=4.0, label="speech", text="Good morning", origin=HUMAN)
    app.put(id="r_2", start=6.0, end=7.5, label="music", origin=HUMAN)
    app.predict([("s1", 10.0, 14.0, "siren", 0.8)])


def system_colors(editor: Any) -> dict[str, str]:
    return dict(zip(SYSTEM, editor.page.evaluate(COLORS_OF_SYSTEM, list(SYSTEM)), strict=True))


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_canvases_are_drawn_in_the_colors_of_the_system(open_editor, scheme: str) -> None:
    editor = open_editor(forced_colors="active", color_scheme=scheme)
    editor.press("ArrowDown")
    editor.page.wait_for_timeout(300)
    system = system_colors(editor)
    assert len(set(system.values())) >= 3
    lanes = editor.page.locator(".lanes-canvas").evaluate(COLORS_OF_CANVAS)
    assert lanes[system["Highlight"]] > 500, "the selected region is filled"
    assert lanes[system["CanvasText"]] > 100, "edges and writing"
    foreign = {color: count for color, count in lanes.items() if count > 200 and color not in system.values()}
    assert foreign == {}, "no area in a color that the system does not have"
    wave = editor.page.locator(".wave-canvas").evaluate(COLORS_OF_CANVAS)
    assert wave[system["CanvasText"]] > 1000


@pytest.mark.usefixtures("three")
def test_what_is_chosen_is_highlighted_where_backgrounds_are_taken_away(open_editor) -> None:
    editor = open_editor(forced_colors="active", color_scheme="dark")
    editor.press("ArrowDown")
    chosen = ".table-row[aria-selected=true], .palette [aria-checked=true], .lane-tool[aria-pressed=true]"
    editor.page.get_by_role("button", name="Lock Music", exact=True).focus()
    editor.press("Enter")
    found = editor.page.locator(chosen)
    assert found.count() == 3
    for one in found.all():
        color, usual = one.evaluate(
            """one => {
              const probe = one.appendChild(document.createElement("i"));
              probe.style.cssText = "forced-color-adjust: none; color: Highlight";
              const colors = [getComputedStyle(one).backgroundColor, getComputedStyle(probe).color];
              probe.remove();
              return colors;
            }"""
        )
        assert color == usual
    assert editor.page.locator(".lane-head .swatch").first.evaluate("one => getComputedStyle(one).backgroundColor") == (
        "rgb(230, 159, 0)"
    ), "the color of a label stays to be seen"


@pytest.mark.usefixtures("three")
def test_the_focus_is_seen_where_shadows_are_taken_away(open_editor) -> None:
    editor = open_editor(forced_colors="active", color_scheme="light")
    editor.press("ArrowDown")
    outline = "one => getComputedStyle(one).outlineStyle + parseFloat(getComputedStyle(one).outlineWidth)"
    assert editor.page.locator(".lb-editor").evaluate(outline) == "solid2"
    editor.press("Shift+G")
    assert editor.page.locator("[role=gridcell]:focus").evaluate(outline) == "solid2"


@pytest.mark.usefixtures("three")
def test_colors_follow_when_they_are_forced_while_the_editor_is_open(open_editor) -> None:
    editor = open_editor()
    before = editor.page.locator(".wave-canvas").evaluate(COLORS_OF_CANVAS)
    editor.page.emulate_media(forced_colors="active", color_scheme="dark")
    editor.page.wait_for_timeout(300)
    system = system_colors(editor)
    after = editor.page.locator(".wave-canvas").evaluate(COLORS_OF_CANVAS)
    assert system["CanvasText"] not in before
    assert after[system["CanvasText"]] > 1000


def steps(editor: Any) -> list[float]:
    """How far the view goes, in shares of what is in view, each time it moves within 3.5 s of playing."""
    editor.press(*["Control+ArrowUp"] * 4, "Home")
    editor.page.wait_for_timeout(100)
    editor.page.evaluate(
        """() => {
          window.lefts = [];
          const frame = document.querySelector(".overview-window");
          const look = () => {
            const {left, width} = frame.getBoundingClientRect();
            window.lefts.push(left / width);
            window.looking = requestAnimationFrame(look);
          };
          look();
        }"""
    )
    editor.press("Space")
    editor.page.wait_for_timeout(3500)
    lefts = editor.page.evaluate("cancelAnimationFrame(window.looking), window.lefts")
    moves = [after - before for before, after in pairwise(lefts)]
    return [move for move in moves if abs(move) > 1e-3]


def test_the_view_glides_with_the_playhead(open_editor) -> None:
    editor = open_editor()
    moves = steps(editor)
    assert sum(moves) > 0.5
    assert max(moves) < 0.6


def test_the_view_turns_pages_for_those_who_want_little_motion(open_editor) -> None:
    editor = open_editor(reduced_motion="reduce")
    moves = steps(editor)
    assert moves
    assert min(moves) > 0.6
    assert editor.page.evaluate(
        "[...document.querySelectorAll('.lb-host *')].every(one => getComputedStyle(one).transitionDuration === '0s')"
    )


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("palette", ["Magma", "Inferno", "Plasma", "Viridis", "Cividis", "Gray"])
def test_every_map_colors_the_spectrogram(open_editor, palette: str) -> None:
    editor = open_editor()
    choice = editor.page.get_by_label("Colors of the spectrogram")
    choice.select_option(palette)
    editor.page.wait_for_timeout(500)
    assert len(editor.page.locator(".spectrogram-canvas").evaluate(COLORS_OF_CANVAS)) > 50
    expect(open_editor(same=editor).page.get_by_label("Colors of the spectrogram")).to_have_value(palette.lower())
