"""What really leaves for the loudspeakers when a region is played or looped: its own samples, all of them, no others.

The recording is noise that never repeats, low enough that the browser's coarse resampling leaves it alone. Everything
that the editor connects to the destination is recorded in the browser, and found in the recording by cross-correlation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import soxr
from scipy.signal import butter, lfilter
from tone import RATE, SECONDS

pytestmark = pytest.mark.browser

START, END = 4.1234, 4.9
TOLERANCE = 0.001
CONTEXT_RATE = 48_000
EDGE = 240

RECORD = """
const recorder = URL.createObjectURL(new Blob([`
  registerProcessor("recorder", class extends AudioWorkletProcessor {
    process([input]) {
      if (input.length) this.port.postMessage(input[0].slice());
      return true;
    }
  });`], { type: "text/javascript" }));
window.recorded = null;
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode) {
    const { context } = this;
    window.rate = context.sampleRate;
    context.audioWorklet.addModule(recorder).then(() => {
      const node = new AudioWorkletNode(context, "recorder", { channelCount: 1, channelCountMode: "explicit" });
      node.port.onmessage = ({ data }) => window.recorded?.push(...data);
      connect.call(this, node);
      window.recording = true;
    });
  }
  return connect.call(this, target, ...rest);
};
"""


@pytest.fixture
def editor(open_editor, app) -> Any:
    """The editor with a region of noise, its sound open and recorded."""
    noise = np.random.default_rng(5).standard_normal(int(SECONDS * RATE))
    app.samples = (0.5 * lfilter(*butter(4, 600, fs=RATE), noise))[np.newaxis]
    app.put(id="r_1", start=START, end=END, label="speech", origin={"kind": "human"})
    opened = open_editor()
    opened.page.add_init_script(RECORD)
    opened.page.reload()
    opened.page.locator(".lb-editor:not([aria-busy])").wait_for()
    opened.page.wait_for_timeout(400)
    opened.press("ArrowDown", "Shift+Space")
    opened.page.wait_for_function("window.recording")
    opened.page.locator(".clock", has_text="0:04.900").wait_for()
    return opened


def heard(editor: Any, *keys: str, seconds: float) -> np.ndarray:
    """What sounds for so long after some keys, at CONTEXT_RATE, without the silence around it."""
    editor.page.evaluate("window.recorded = []")
    editor.press(*keys)
    editor.page.wait_for_function("(count) => window.recorded.length > count * window.rate", arg=seconds)
    found = np.array(editor.page.evaluate("window.recorded"), dtype=np.float64)
    found = soxr.resample(found, editor.page.evaluate("window.rate"), CONTEXT_RATE, "VHQ")
    loud = np.flatnonzero(np.abs(found) > 0.002)
    return found[loud[0] : loud[-1] + 1]


def position(sound: np.ndarray, line: np.ndarray) -> tuple[float, float]:
    """Where a sound is in the recording (s), and how much alike they are there (1: the same)."""
    line = soxr.resample(line, RATE, CONTEXT_RATE, "VHQ")
    length = 1 << int(np.ceil(np.log2(len(line) + len(sound))))
    scores = np.fft.irfft(np.fft.rfft(line, length) * np.conj(np.fft.rfft(sound, length)), length)[: len(line)]
    best = int(scores.argmax())
    there = line[best : best + len(sound)]
    return best / CONTEXT_RATE, float(scores[best] / np.sqrt((there**2).sum() * (sound**2).sum()))


def test_of_a_region_its_own_samples_are_heard_from_the_first_to_the_last(editor, app) -> None:
    sound = heard(editor, "Shift+Space", seconds=1.3)
    at, alike = position(sound[EDGE:-EDGE], app.samples[0])
    assert at == pytest.approx(START + EDGE / CONTEXT_RATE, abs=TOLERANCE)
    assert alike > 0.99
    assert len(sound) / CONTEXT_RATE == pytest.approx(END - START, abs=TOLERANCE)


def test_a_loop_sounds_again_after_exactly_its_length_without_a_gap(editor, app) -> None:
    sound = heard(editor, "l", seconds=3.0)
    editor.press("Space")
    length = round((round(END * RATE) - round(START * RATE)) / RATE * CONTEXT_RATE)
    assert len(sound) > 3 * length
    for repeat in range(3):
        at, alike = position(sound[repeat * length + EDGE : (repeat + 1) * length - EDGE], app.samples[0])
        assert at == pytest.approx(START + EDGE / CONTEXT_RATE, abs=TOLERANCE)
        assert alike > 0.99
    seam = np.convolve(np.abs(sound), np.ones(48) / 48, "valid")
    assert seam.min() > 0.0005  # not a millisecond of silence where it begins again


@pytest.mark.parametrize(("key", "rate"), [("-", 0.75), ("=", 1.25)])
def test_at_another_speed_a_loop_repeats_after_exactly_its_length_without_a_gap(editor, app, key, rate) -> None:
    sound = heard(editor, key, "l", seconds=3.0)
    editor.press("Space")
    length = (round(END * RATE) - round(START * RATE)) / RATE / rate * CONTEXT_RATE
    turns = [sound[round(turn * length) + EDGE :][: round(length) - 2 * EDGE] for turn in range(2)]
    assert np.corrcoef(*turns)[0, 1] > 0.99
    at, _ = position(sound[EDGE : EDGE + 720], app.samples[0])  # before the first fade
    assert at == pytest.approx(START + EDGE / CONTEXT_RATE, abs=0.02)
    seam = np.convolve(np.abs(sound), np.ones(48) / 48, "valid")
    assert seam.min() > 0.0001
