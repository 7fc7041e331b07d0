"""Stretches of recordings, cut as models receive them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from labelbuddy_core.audio.decoding import Decoder
from labelbuddy_core.audio.excerpt import Stretch, write_excerpts, write_excerpts_isolated

RATE = 44_100
SECONDS = 4.0


@pytest.fixture
def sound() -> np.ndarray:
    """Four seconds of stereo noise, shape (frames, 2)."""
    noise = np.random.default_rng(8).uniform(-0.6, 0.6, (round(SECONDS * RATE), 2))
    return noise.astype(np.float32)


def written(source: Path, folder: Path, *spans: tuple[float, float], rate: int | None = None) -> list[np.ndarray]:
    stretches = [Stretch(folder / f"{place}.wav", start, stop) for place, (start, stop) in enumerate(spans)]
    frames = write_excerpts(source, stretches, sample_rate=rate, channels=None)
    read = [soundfile.read(one.target, dtype="float32")[0] for one in stretches]
    assert frames == [len(samples) for samples in read]
    return read


@pytest.mark.parametrize(("name", "subtype"), [("a.wav", "PCM_16"), ("a.flac", "PCM_24"), ("a.aiff", "FLOAT")])
def test_an_excerpt_is_exact_to_the_sample(sound: np.ndarray, tmp_path: Path, name: str, subtype: str) -> None:
    soundfile.write(tmp_path / name, sound, RATE, subtype=subtype)
    (samples,) = written(tmp_path / name, tmp_path, (1.0, 2.5))
    np.testing.assert_allclose(samples, sound[RATE : round(2.5 * RATE)], atol=2 / 32768)


def test_an_excerpt_of_a_lossy_file_is_what_decoding_from_the_beginning_gives(
    sound: np.ndarray, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "a.mp3", sound, RATE)
    with Decoder(tmp_path / "a.mp3") as decoder:
        whole = np.concatenate(list(decoder.blocks()), axis=1).T
    first, second = written(tmp_path / "a.mp3", tmp_path, (0.5, 1.0), (1.0, 3.25))
    np.testing.assert_allclose(first, np.clip(whole[round(0.5 * RATE) : RATE], -1, 1), atol=2 / 32768)
    np.testing.assert_allclose(second, np.clip(whole[RATE : round(3.25 * RATE)], -1, 1), atol=2 / 32768)


def test_neighboring_excerpts_join_to_the_whole(sound: np.ndarray, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sound, RATE, subtype="PCM_16")
    parts = written(tmp_path / "a.wav", tmp_path, (0.0, 1.3), (1.3, 2.6), (2.6, SECONDS))
    np.testing.assert_allclose(np.concatenate(parts), sound, atol=2 / 32768)


def test_an_excerpt_is_mixed_and_resampled_as_wanted(sound: np.ndarray, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sound, RATE, subtype="PCM_16")
    target = Stretch(tmp_path / "x.flac", 0.0, SECONDS)
    frames = write_excerpts(tmp_path / "a.wav", [target], sample_rate=16_000, channels=1)
    found = soundfile.info(tmp_path / "x.flac")
    assert (found.samplerate, found.channels, found.format, found.frames) == (16_000, 1, "FLAC", frames[0])
    assert abs(frames[0] - SECONDS * 16_000) <= 1


def test_a_file_that_libsndfile_gives_up_on_is_decoded_as_far_as_it_goes(sound: np.ndarray, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", sound, RATE)
    data = bytearray((tmp_path / "a.flac").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20_000] = bytes(20_000)
    (tmp_path / "a.flac").write_bytes(data)
    (samples,) = written(tmp_path / "a.flac", tmp_path, (0.0, SECONDS))
    np.testing.assert_allclose(samples[: RATE // 2], sound[: RATE // 2], atol=2 / 32768)


def test_beyond_the_end_there_is_nothing_to_cut(sound: np.ndarray, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sound, RATE)
    (samples,) = written(tmp_path / "a.wav", tmp_path, (3.0, SECONDS + 1.0))
    assert len(samples) == RATE


def test_a_child_process_writes_the_same(sound: np.ndarray, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sound, RATE, subtype="PCM_16")
    (here,) = written(tmp_path / "a.wav", tmp_path, (1.0, 2.0), rate=8000)
    target = Stretch(tmp_path / "there.wav", 1.0, 2.0)
    frames = write_excerpts_isolated(
        tmp_path / "a.wav", [target], sample_rate=8000, channels=None, timeout=60, memory_bytes=2**31
    )
    np.testing.assert_array_equal(soundfile.read(target.target, dtype="float32")[0], here)
    assert frames == [len(here)]
