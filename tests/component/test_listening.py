"""What is heard: stretches to the sample, loops without a gap, only a band, scrubbing on the ruler."""

from __future__ import annotations

from itertools import pairwise

import pytest

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}
RATE = 8000

TAP = """
window.stretches = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...given) {
  const { sampleRate, length } = this.buffer;
  window.stretches.push({ when: (given[0] ?? 0) * sampleRate, length, rate: sampleRate });
  return start.apply(this, given);
};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode) {
    window.heard = this.context.createAnalyser();
    connect.call(this, window.heard);
  }
  return connect.call(this, target, ...rest);
};
window.loudness = () => {
  const samples = new Float32Array(window.heard.fftSize);
  window.heard.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
};
"""


@pytest.fixture
def editor(open_editor, app, browser):
    app.put(id="r_1", start=4.1234, end=4.9, low=2000.0, high=3500.0, label="speech", origin=HUMAN)
    opened = open_editor()
    opened.page.add_init_script(TAP)
    opened.page.reload()
    opened.page.locator(".lb-editor:not([aria-busy])").wait_for()
    opened.page.wait_for_timeout(400)
    return opened


def pieces(editor) -> list[dict]:
    """What was handed to the loudspeakers: pieces that follow each other at the sample."""
    found = editor.page.evaluate("window.stretches")
    for before, after in pairwise(found):
        assert after["when"] == pytest.approx(before["when"] + before["length"], abs=0.01)
    return found


@pytest.mark.parametrize(("key", "rate"), [("Shift+Space", 1), ("-", 0.75), ("=", 1.25)])
def test_a_region_is_played_from_its_first_to_its_last_sample_at_every_speed(editor, key, rate) -> None:
    editor.press("ArrowDown", *([key] if rate != 1 else []), "Shift+Space")
    editor.page.wait_for_function("window.stretches.length > 0")
    editor.page.locator(".clock", has_text="0:04.900").wait_for()
    played = pieces(editor)
    length = (round(4.9 * RATE) - round(4.1234 * RATE)) / RATE / rate * played[0]["rate"]
    assert sum(piece["length"] for piece in played) == round(length)
    assert editor.page.get_by_role("button", name="Play").first.is_visible()


def test_a_loop_goes_on_and_on_and_follows_its_edges(editor) -> None:
    editor.press("ArrowDown", "l")
    editor.page.wait_for_function("window.stretches.length > 3")
    pieces(editor)
    editor.page.wait_for_timeout(1200)
    assert "Pause" in editor.page.locator(".play").inner_text()
    editor.press("Shift+Period")
    editor.page.wait_for_function(
        """() => {
          const ends = window.stretches.map(({ when, length }) => when + length);
          return window.stretches.some(({ when }, index) => index > 0 && Math.abs(when - ends[index - 1]) > 1);
        }"""
    )  # it went over to the stretch with the other edge
    assert "Pause" in editor.page.locator(".play").inner_text()
    editor.press("Space")
    assert "Play" in editor.page.locator(".play").inner_text()


def test_a_loop_whose_samples_come_late_goes_over_to_them_at_a_turn(editor) -> None:
    editor.page.route("**/pcm?*", lambda route: route.abort())
    editor.press("ArrowDown", "l")
    editor.page.wait_for_timeout(1500)
    assert editor.page.evaluate("window.stretches") == []
    assert "Pause" in editor.page.locator(".play").inner_text()
    editor.page.unroute("**/pcm?*")
    editor.page.wait_for_function("window.stretches.length > 3")
    pieces(editor)
    assert "Pause" in editor.page.locator(".play").inner_text()


def test_only_the_band_of_the_selected_box_is_heard(editor) -> None:
    editor.press("ArrowDown", "l")
    editor.page.wait_for_function("window.heard && window.loudness() > 0.13")
    loud = editor.page.evaluate("window.loudness()")
    editor.press("Alt+l")
    editor.page.wait_for_function("(loud) => window.loudness() < loud / 30", arg=loud)
    editor.press("Alt+l")
    editor.page.wait_for_function("(loud) => window.loudness() > loud / 2", arg=loud)


def test_another_speed_goes_on_in_the_middle_of_a_stretch(editor) -> None:
    editor.press("ArrowDown", "l")
    editor.page.wait_for_function("window.stretches.length > 0")
    editor.press("-")
    editor.page.wait_for_timeout(300)
    assert "Pause" in editor.page.locator(".play").inner_text()
    assert editor.page.get_by_label("Speed").input_value() == "0.75"


def test_dragging_on_the_ruler_sounds_what_lies_there(editor) -> None:
    box = editor.page.locator(".ruler-canvas").bounding_box()
    editor.page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 8)
    editor.page.mouse.down()
    for step in range(8):
        editor.page.mouse.move(box["x"] + box["width"] * (0.25 + 0.02 * step), box["y"] + 8)
        editor.page.wait_for_timeout(60)
    editor.page.mouse.up()
    assert len(editor.page.evaluate("window.stretches")) >= 2


def test_loudness_is_changed_and_comes_back(editor) -> None:
    editor.press("ArrowDown", "l")
    editor.page.wait_for_function("window.heard && window.loudness() > 0.13")
    loud = editor.page.evaluate("window.loudness()")
    editor.page.get_by_text("Sound", exact=True).click()
    editor.page.get_by_label("Loudness in decibels").fill("-20")
    editor.page.wait_for_function("(loud) => window.loudness() < loud / 7", arg=loud)
    editor.page.get_by_role("button", name="Usual sound").click()
    editor.page.wait_for_function("(loud) => window.loudness() > loud / 2", arg=loud)
