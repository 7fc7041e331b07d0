"""A recording of two channels: both are drawn, each is muted, heard alone, and balanced against the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tone import RATE, SECONDS, wave_file

pytestmark = pytest.mark.browser

LOUD, QUIET = 0.6, 0.2
TAP = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode) {
    const { context } = this;
    const splitter = context.createChannelSplitter(2);
    connect.call(this, splitter);
    window.sides = [0, 1].map((side) => {
      const analyser = context.createAnalyser();
      connect.call(splitter, analyser, side);
      return analyser;
    });
  }
  return connect.call(this, target, ...rest);
};
window.loudness = () => (window.sides ?? []).map((analyser) => {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs));
});
"""


@pytest.fixture
def editor(open_editor: Any, app: Any) -> Any:
    """The editor with a low tone on the left, a quieter high one on the right, and a region that is looped."""
    time = np.arange(int(SECONDS * RATE)) / RATE
    app.record(wave_file(np.stack([LOUD * np.sin(2 * np.pi * 300 * time), QUIET * np.sin(2 * np.pi * 1100 * time)])))
    app.put(id="r_1", start=4.0, end=6.0, label="speech", origin={"kind": "human"})
    opened = open_editor()
    opened.page.add_init_script(TAP)
    opened.page.reload()
    opened.page.get_by_role("button", name="Mute Left").wait_for()
    return opened


def heard(editor: Any, left: float, right: float) -> None:
    """Wait until it is as loud as that on both sides."""
    near = "(wanted) => window.sides && loudness().every((one, side) => Math.abs(one - wanted[side]) < 0.05)"
    editor.page.wait_for_function(near, arg=[left, right])


def test_each_channel_has_a_waveform_of_its_own_height(editor: Any) -> None:
    rows = """canvas => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(width / 2, 0, 1, height);
      return Array.from({ length: height }, (_, row) => data[4 * row + 3] > 200);
    }"""
    editor.page.wait_for_timeout(300)
    drawn = np.array(editor.page.locator(".wave-canvas").evaluate(rows))
    upper, lower = np.split(drawn[: len(drawn) // 2 * 2], 2)
    assert upper.mean() == pytest.approx(LOUD, abs=0.1)
    assert lower.mean() == pytest.approx(QUIET, abs=0.1)


def test_channels_are_muted_and_heard_alone(editor: Any) -> None:
    editor.press("ArrowDown", "l")
    heard(editor, LOUD, QUIET)
    mute = editor.page.get_by_role("button", name="Mute Left")
    mute.click()
    heard(editor, QUIET, QUIET)  # one that is heard alone comes from both sides
    assert mute.get_attribute("aria-pressed") == "true"
    mute.click()
    heard(editor, LOUD, QUIET)
    editor.page.get_by_role("button", name="Hear only Left").click()
    heard(editor, LOUD, LOUD)


def test_balance_takes_the_sound_to_one_side(editor: Any) -> None:
    editor.press("ArrowDown", "l")
    heard(editor, LOUD, QUIET)
    editor.page.get_by_text("Sound", exact=True).click()
    editor.page.get_by_label("Balance").fill("1")
    editor.page.wait_for_function("loudness()[0] < 0.01 && loudness()[1] > 0.5")
    editor.page.get_by_label("Balance").fill("-1")
    editor.page.wait_for_function("loudness()[1] < 0.01 && loudness()[0] > 0.5")


def test_what_was_muted_is_muted_after_a_reload(editor: Any) -> None:
    editor.page.get_by_role("button", name="Mute Right").click()
    editor.page.wait_for_timeout(1200)
    editor.page.reload()
    mute = editor.page.get_by_role("button", name="Mute Right")
    mute.wait_for()
    assert mute.get_attribute("aria-pressed") == "true"
