"""Audio as apps have it: files of any kind by path, bytes of an upload; heard and drawn on one line of time."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from playwright.sync_api import expect

from labelbuddy_core.audio.decoding import Decoder
from tests.time_line.conftest import PAGE
from tests.time_line.kinds import CONTEXT_RATE, write
from tests.time_line.test_heard_time import measured

RATE = 22_050
SECONDS = 40.0
SEEKS = (0.0, 11.25, 33.3, 52.5)
READINGS = 3

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_an_mp3_of_variable_bit_rate_sounds_where_it_is_drawn(open_app, tmp_path: Path) -> None:
    source = tmp_path / "song.mp3"
    write(source, 44_100, {"variable": True})
    editor = open_app(
        f"""
import streamlit as st
from components.wavesurfer_component import audio_editor
audio_editor({str(source)!r}, ["click"], key="song")
""",
        seconds=75.0,
    )
    with Decoder(source) as decoder:
        decoded = np.concatenate([block.mean(axis=0) for block in decoder.blocks()])
    expect(editor.page.locator(".of-duration")).to_have_text(f"/ 1:{len(decoded) / 44_100 - 60:06.3f}")
    for _ in range(8):
        editor.press("Control+ArrowUp")  # close enough for samples
    editor.until(lambda: [address for address in editor.asked if address.endswith(".wav")])
    (samples,) = {address for address in editor.asked if address.endswith(".wav")}
    (played,) = {address for address in editor.asked if address.endswith((".m4a", ".mp4"))}
    assert not [address for address in editor.asked if address.endswith(".mp3")]
    line = soxr.resample(decoded, 44_100, CONTEXT_RATE, "VHQ")
    readings: dict[str, list[list[tuple[float, float]]]] = {samples: [], played: []}
    for address in readings:  # the samples as WAV tell how late the reading itself is
        listening = editor.page.context.new_page()
        listening.goto(f"{editor.app.url}/_stcore/health")
        listening.set_content(PAGE)
        listening.evaluate(f"open('{address}')")
        for _ in range(READINGS):
            readings[address].append([measured(listening.evaluate, line, at) for at in SEEKS])
    delay = float(np.median([clock for round_ in readings[samples] for _, clock in round_]))
    # A busy machine makes single readings late; what lies elsewhere is elsewhere in every reading.
    errors = [
        min((error for first, clock in of_seek for error in (first, clock - delay)), key=abs)
        for of_seek in zip(*readings[played], strict=True)
    ]
    assert max(map(abs, errors)) <= 0.005, errors


def test_the_bytes_of_an_upload_are_labeled(open_app) -> None:
    noise = np.random.default_rng(4).standard_normal((int(SECONDS) * RATE, 2)) * 0.1
    target = io.BytesIO()
    soundfile.write(target, noise, RATE, format="FLAC")
    editor = open_app(
        """
import numpy as np
import streamlit as st
from components.wavesurfer_component import audio_editor
upload = st.file_uploader("audio")
if upload is None:
    audio_editor((np.zeros(8000), 8000), ["click"], key="silence")
else:
    document = audio_editor(upload.getvalue(), ["click"], key="song")
    st.text(f"labeled: {len(document['regions'])}")
""",
        seconds=SECONDS,
    )
    editor.page.locator('input[type="file"]').set_input_files(
        {"name": "take.flac", "mimeType": "audio/flac", "buffer": target.getvalue()}
    )
    editor.page.get_by_text("labeled: 0").wait_for()
    editor.until(lambda: editor.page.locator(".of-duration").text_content() == "/ 0:40.000")
    editor.until(lambda: editor.page.locator(".channel-buttons").count() == 2)
    editor.drag(0, 10.0, 20.0)
    editor.page.get_by_text("labeled: 1").wait_for()
    zoom = editor.page.get_by_role("button", name="Zoom in")
    for _ in range(20):
        zoom.click()
    editor.until(lambda: editor.page.locator(".spectrogram-canvas").evaluate(COLORS) > 20)


COLORS = """canvas => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return new Set(new Uint32Array(pixels.buffer)).size;
}"""


def test_audio_that_is_none_says_so_to_the_app(open_app) -> None:
    editor = open_app(
        """
import numpy as np
import streamlit as st
from components.wavesurfer_component import audio_editor
from labelbuddy_core.errors import AudioProblem
try:
    audio_editor(b"PK\\x03\\x04 nothing that sounds", ["click"], key="song")
except AudioProblem as problem:
    st.text(problem.detail)
audio_editor((np.zeros(8000), 8000), ["click"], key="silence")
""",
        seconds=1.0,
    )
    editor.page.get_by_text("This is a ZIP archive, not an audio file.").wait_for()
