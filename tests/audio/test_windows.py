"""A window read from the middle of a recording holds the same samples as decoding from the beginning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.decoding import Decoder
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.audio.ingest import derive
from labelbuddy_core.audio.windows import read_window
from labelbuddy_core.errors import AudioProblem

SECONDS = 12.0


@pytest.fixture(scope="module")
def sound() -> synthesis.Sound:
    return synthesis.music(np.random.default_rng(5), SECONDS)


def decoded(path: Path) -> np.ndarray:
    with Decoder(path) as decoder:
        return np.concatenate(list(decoder.blocks()), axis=1)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "v.mp3", "a.m4a", "a.aac", "a.ogg", "a.opus", "a.aiff"])
def test_windows_of_what_is_played_lie_on_the_time_line_of_the_original(
    name: str, sound: synthesis.Sound, tmp_path: Path
) -> None:
    rate = 48_000 if name.endswith("opus") else synthesis.RATE
    source = tmp_path / name
    encode([sound[np.newaxis]], rate, source, variable=name.startswith("v"))
    found = derive(source, tmp_path, lambda _: None)
    read = tmp_path / found.playback_name if found.playback_name else source
    whole = decoded(source)
    random = np.random.default_rng(1)
    for start in [0, 1, *random.integers(0, whole.shape[1] - 5000, 12).tolist(), whole.shape[1] - 3000]:
        window = read_window(read, start, start + 4000)
        true = whole[:, start : start + 4000]
        np.testing.assert_allclose(window[:, : true.shape[1]], true, atol=2e-3, err_msg=f"{name} at {start}")
        if found.codec != "aac":  # what the encoder padded beyond the end may remain in AAC
            assert not window[:, true.shape[1] :].any() or name.endswith("mp3")


def test_webm_is_exact_to_the_millisecond_its_time_stamps_have(sound: synthesis.Sound, tmp_path: Path) -> None:
    source = tmp_path / "a.webm"
    encode([sound[np.newaxis]], 48_000, source)
    whole = decoded(source)[0]
    for start in (48_000, 200_011, 333_333):
        window = read_window(source, start, start + 9600)[0]
        around = np.lib.stride_tricks.sliding_window_view(whole[start - 480 : start + 9600 + 480], 9600)
        assert abs(int(((around - window) ** 2).sum(axis=1).argmin()) - 480) <= 48


def test_a_window_beyond_the_end_is_silence(sound: synthesis.Sound, tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    encode([sound[np.newaxis]], synthesis.RATE, source)
    assert not read_window(source, len(sound) + 10, len(sound) + 20).any()


def test_a_file_that_is_none_has_no_windows(tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    source.write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(AudioProblem):
        read_window(source, 0, 10)
