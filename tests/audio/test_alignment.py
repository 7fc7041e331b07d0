"""The check of playback copies: what lies right is not refused because it dies away, what lies wrong is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from labelbuddy_core.audio.alignment import Excerpts, is_aligned
from labelbuddy_core.audio.decoding import Block, Decoder
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.audio.ingest import derive

RATE = 44_100


def dying_away(seconds: float = 6.0) -> Block:
    """Noise on a tone that loses 60 dB within a second, again and again."""
    time = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(3).normal(0, 0.1, len(time))
    sound = (0.4 * np.sin(2 * np.pi * 220 * time) + noise) * 10 ** (-3 * (time % 1.0))
    return np.stack([sound, sound]).astype(np.float32)


def excerpts_of(sound: Block, at: float) -> Excerpts:
    """As if the only excerpt were the one from `at` seconds on."""
    excerpts = Excerpts(RATE)
    first = round(at * RATE)
    excerpts.frames = first
    excerpts.add(sound[:, first:])
    return excerpts


@pytest.mark.parametrize("at", [0.3, 2.5, 5.5])
def test_a_copy_that_lies_right_is_accepted_where_the_sound_dies_away(tmp_path: Path, at: float) -> None:
    sound = dying_away()
    encode([sound], RATE, tmp_path / "copy.flac")
    assert is_aligned(tmp_path / "copy.flac", excerpts_of(sound, at))


@pytest.mark.parametrize("seconds", [-0.02, -0.008, 0.008, 0.02])
def test_a_copy_that_lies_wrong_is_refused(tmp_path: Path, seconds: float) -> None:
    sound = dying_away()
    encode([np.roll(sound, round(seconds * RATE), axis=1)], RATE, tmp_path / "copy.flac")
    assert not is_aligned(tmp_path / "copy.flac", excerpts_of(sound, 2.5))


def test_an_mp3_that_dies_away_at_its_end_keeps_its_packets(tmp_path: Path) -> None:
    source = tmp_path / "a.mp3"
    encode([dying_away(3.0)], RATE, source, variable=True)
    with Decoder(source) as decoder:
        assert sum(block.shape[1] for block in decoder.blocks()) > 2.9 * RATE
    assert derive(source, tmp_path, lambda _: None).playback_name.endswith(".m4a")
