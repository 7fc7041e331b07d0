"""The copy for browsers that refuse the usual one: AAC, at most two channels, on the same time line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from labelbuddy_core.audio.compatible_copy import make, make_isolated
from labelbuddy_core.audio.decoding import Decoder
from labelbuddy_core.errors import AudioProblem


@pytest.mark.parametrize(
    ("rate", "channels", "becomes"),
    [
        (44_100, 1, (44_100, 1)),
        (48_000, 2, (48_000, 2)),
        (192_000, 1, (48_000, 1)),
        (8_000, 2, (48_000, 2)),
        (44_100, 8, (44_100, 1)),
    ],
)
def test_it_is_heard_where_the_original_is(tmp_path: Path, rate: int, channels: int, becomes: tuple[int, int]) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "copy.m4a"
    frames = 7 * rate
    noise = soxr.resample(np.random.default_rng(1).normal(0, 0.1, 7 * 8000), 8000, rate)[:frames]
    noise *= np.linspace(0.2, 1.0, frames)
    soundfile.write(source, np.stack([noise] * channels, axis=1), rate, subtype="PCM_24")
    make(source, target, frames, lambda _: None)
    with Decoder(target) as decoder:
        heard = np.concatenate(list(decoder.blocks()), axis=1)
        assert (decoder.format.sample_rate, decoder.format.channels) == becomes
    drawn = soxr.resample(noise, rate, becomes[0]) if rate != becomes[0] else noise
    middle = slice(3 * becomes[0], 4 * becomes[0])
    length = 4 * becomes[0]
    scores = np.fft.irfft(np.fft.rfft(heard[0][middle], length) * np.conj(np.fft.rfft(drawn[middle], length)))
    lag = int(scores.argmax())
    lag -= length if lag > length // 2 else 0
    assert abs(lag) / becomes[0] < 0.001


def test_what_cannot_be_decoded_is_told(tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    source.write_bytes(b"RIFF nothing")
    with pytest.raises(AudioProblem):
        make_isolated(source, tmp_path / "c", 1, timeout=20, memory_bytes=2 << 30, on_progress=lambda _: None)
