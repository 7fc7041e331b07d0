"""Ingest of real files of every kind, and of files that are none: true length, exact copies, readable reasons."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.decoding import Decoder
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.audio.ingest import PEAKS_NAME, Derived, derive, derive_isolated
from labelbuddy_core.audio.peaks import PeaksBuilder, read_header, read_level
from labelbuddy_core.errors import AudioProblem

SECONDS = 4.0


@pytest.fixture(scope="module")
def sound() -> synthesis.Sound:
    return synthesis.music(np.random.default_rng(3), SECONDS)


def made(path: Path, sound: synthesis.Sound, rate: int = synthesis.RATE, **options: bool) -> Path:
    encode([sound[np.newaxis]], rate, path, **options)
    return path


def ingested(source: Path, folder: Path) -> Derived:
    return derive(source, folder, lambda _: None)


@pytest.mark.parametrize(
    ("name", "playback", "slack"),
    [
        ("a.wav", None, 0),
        ("a.flac", None, 0),
        ("a.mp3", "playback.m4a", 0),
        ("a.m4a", "playback.m4a", 1024),
        ("a.aac", "playback.m4a", 3072),
        ("a.ogg", "playback.flac", 0),
        ("a.aiff", "playback.flac", 0),
    ],
)
def test_each_format_gets_its_true_length_and_an_exact_copy(
    name: str, playback: str | None, slack: int, sound: synthesis.Sound, tmp_path: Path
) -> None:
    found = ingested(made(tmp_path / name, sound), tmp_path)
    assert found.playback_name == playback
    assert found.warning is None
    assert 0 <= found.frames - len(sound) <= slack
    assert read_header(tmp_path / PEAKS_NAME)["frames"] == found.frames


def test_a_variable_bit_rate_mp3_is_remuxed_and_decodes_to_the_same_samples(
    sound: synthesis.Sound, tmp_path: Path
) -> None:
    source = made(tmp_path / "v.mp3", sound, variable=True)
    found = ingested(source, tmp_path)
    assert found.playback_name == "playback.m4a"
    with Decoder(source) as original, Decoder(tmp_path / "playback.m4a") as copy:
        one = np.concatenate(list(original.blocks()), axis=1)
        other = np.concatenate(list(copy.blocks()), axis=1)
    assert one.shape[1] == len(sound)
    np.testing.assert_allclose(other[:, : one.shape[1]], one, atol=1e-6)


def test_an_mp3_below_16_khz_becomes_flac(sound: synthesis.Sound, tmp_path: Path) -> None:
    source = made(tmp_path / "low.mp3", sound[::5].copy(), rate=8000)
    assert ingested(source, tmp_path).playback_name == "playback.flac"


def wav_header(frames: int) -> bytes:
    size = frames * 2
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, 44100, 88200, 2, 16, b"data", size
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"Dear lab, here are the labels.\n" * 20, "text file"),
        (bytes(np.random.default_rng(1).integers(0, 256, 5000, dtype=np.uint8)), "not an audio file"),
        (b"PK\x03\x04" + b"\x00" * 100, "ZIP archive"),
        (wav_header(36_000 * 44_100 // 2), "no samples follow"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "PNG picture"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00", "not an audio file|No samples"),
    ],
)
def test_a_file_that_is_no_audio_is_refused_with_the_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    source = tmp_path / "upload.mp3"
    source.write_bytes(content)
    with pytest.raises(AudioProblem, match=reason):
        ingested(source, tmp_path)


def test_a_zip_bomb_named_wav_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "bomb.wav"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 10_000_000)
    with pytest.raises(AudioProblem, match="ZIP"):
        ingested(source, tmp_path)


@pytest.mark.parametrize(("name", "kept"), [("t.wav", 0.5), ("t.flac", 0.5), ("t.mp3", 0.6)])
def test_a_truncated_file_is_accepted_with_a_warning_and_its_true_length(
    name: str, kept: float, sound: synthesis.Sound, tmp_path: Path
) -> None:
    whole = made(tmp_path / name, sound)
    cut = tmp_path / f"cut-{name}"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * kept)])
    found = ingested(cut, tmp_path)
    assert found.warning is not None
    assert "cut off" in found.warning
    assert 0.2 * SECONDS < found.duration < 0.8 * SECONDS
    assert found.playback_name == "playback.flac"


def test_not_a_number_in_a_float_file_becomes_silence(tmp_path: Path) -> None:
    samples = np.full(44_100, np.nan, np.float32)
    samples[::2] = 0.25
    soundfile.write(tmp_path / "nan.wav", samples, 44_100, subtype="FLOAT")
    ingested(tmp_path / "nan.wav", tmp_path)
    assert read_level(tmp_path / PEAKS_NAME, 0)[..., 1].max() == 32


@settings(max_examples=25, deadline=None)
@given(
    frames=st.integers(1, 40_000),
    channels=st.integers(1, 3),
    cuts=st.lists(st.integers(1, 5000), min_size=1, max_size=8),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_level_of_the_pyramid_is_minimum_and_maximum_however_the_samples_arrive(
    frames: int, channels: int, cuts: list[int], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    samples = np.random.default_rng(seed).uniform(-1, 1, (channels, frames)).astype(np.float32)
    target = tmp_path_factory.mktemp("peaks") / PEAKS_NAME
    builder = PeaksBuilder(target, 44_100, channels)
    at, turn = 0, 0
    while at < frames:
        builder.add(samples[:, at : at + cuts[turn % len(cuts)]])
        at += cuts[turn % len(cuts)]
        turn += 1
    builder.finish()
    for index, level in enumerate(read_header(target)["levels"]):  # type: ignore[arg-type, var-annotated]
        size = level["samples_per_bucket"]
        for bucket, pair in enumerate(read_level(target, index)):
            part = samples[:, bucket * size : (bucket + 1) * size]
            low = np.clip(np.floor(part.min(axis=1) * 128), -128, 127)
            high = np.clip(np.ceil(part.max(axis=1) * 128), -128, 127)
            np.testing.assert_array_equal(pair, np.stack([low, high], axis=1))


def test_the_child_process_gives_the_same_answer(sound: synthesis.Sound, tmp_path: Path) -> None:
    source = made(tmp_path / "a.mp3", sound)
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    isolated = derive_isolated(source, tmp_path / "one", timeout=60, memory_bytes=2**31, on_progress=lambda _: None)
    assert isolated == ingested(source, tmp_path / "two")
    assert (tmp_path / "one" / PEAKS_NAME).read_bytes() == (tmp_path / "two" / PEAKS_NAME).read_bytes()


def test_too_little_memory_or_time_is_a_readable_problem(sound: synthesis.Sound, tmp_path: Path) -> None:
    source = made(tmp_path / "a.wav", sound)
    with pytest.raises(AudioProblem, match=r"memory|crashed"):
        derive_isolated(source, tmp_path, timeout=60, memory_bytes=60 * 2**20, on_progress=lambda _: None)
    with pytest.raises(AudioProblem, match="longer than"):
        derive_isolated(source, tmp_path, timeout=0.0, memory_bytes=2**31, on_progress=lambda _: None)


def test_a_long_file_needs_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    """Forty minutes of eight channels (1.7 GB as samples) pass a limit of 700 MB of address space."""
    rate, block = 8000, np.zeros((8, 8000), np.float32)
    path = tmp_path / "long.flac"
    with soundfile.SoundFile(path, "w", rate, 8) as file:
        for number in range(40 * 60):
            block[:, number % 8000] = 0.5
            file.write(block.T)
    found = derive_isolated(path, tmp_path, timeout=120, memory_bytes=900 * 2**20, on_progress=lambda _: None)
    assert found.frames == 40 * 60 * rate


def test_the_same_seed_makes_the_same_sounds() -> None:
    one = synthesis.speech(np.random.default_rng(5), 2.0)
    other = synthesis.speech(np.random.default_rng(5), 2.0)
    np.testing.assert_array_equal(one, other)
    assert np.abs(one).max() <= 1.0
