"""Recordings without a server: read once, by content, exact to the sample; nothing is left in memory or behind."""

from __future__ import annotations

import struct
import threading
import time
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from labelbuddy_core.audio.decoding import Decoder
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.errors import AudioProblem, Invalid, LabelBuddyError
from labelbuddy_core.services.recordings import (
    standalone_analyses,
    standalone_audio,
    standalone_folder,
    standalone_sounds,
)
from labelbuddy_core.settings import get_settings

RATE = 16_000


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of this test alone."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    standalone_folder.shared_folder.cache_clear()
    standalone_sounds._mapped.cache_clear()
    yield place
    standalone_folder.shared_folder.cache_clear()
    standalone_sounds._mapped.cache_clear()


def noise(seconds: float, channels: int = 2) -> np.ndarray:
    return (np.random.default_rng(3).standard_normal((channels, round(seconds * RATE))) * 0.1).astype(np.float32)


def opened(audio) -> standalone_sounds.Sound:
    return standalone_sounds.open_sound(standalone_audio.given(audio))


def pcm(sound: standalone_sounds.Sound) -> np.ndarray:
    """The samples that the browser reads, shape (channels, frames)."""
    return np.frombuffer(sound.samples[sound.samples_offset :], "<i2").reshape(-1, sound.channels).T


def test_an_array_is_read_back_sample_by_sample() -> None:
    samples = noise(1.5)
    sound = opened((samples, RATE))
    assert (sound.sample_rate, sound.channels, sound.frames) == (RATE, 2, len(samples[0]))
    assert np.array_equal(pcm(sound), np.round(samples * 32767))
    assert bytes(sound.peaks[:4]) == b"LBPK"


def test_a_path_its_bytes_and_its_content_are_one_recording(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    soundfile.write(path, noise(1.0).T, RATE)
    assert standalone_audio.given(path).sha256 == standalone_audio.given(path.read_bytes()).sha256
    assert standalone_audio.given(str(path)).name == "take.wav"
    assert not standalone_sounds.is_open(standalone_audio.given(path).sha256)
    opened(path)
    assert standalone_sounds.is_open(standalone_audio.given(path.read_bytes()).sha256)


def test_a_file_that_changes_is_another_recording(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    soundfile.write(path, noise(1.0).T, RATE)
    before = standalone_audio.given(path).sha256
    soundfile.write(path, noise(2.0).T, RATE)
    assert standalone_audio.given(path).sha256 != before


def test_an_mp3_is_played_from_a_copy_and_its_samples_are_the_decoded_ones(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    encode([noise(3.0, 1)], RATE, path, variable=True)
    sound = opened(path)
    assert sound.media_type == "audio/mp4"
    assert bytes(sound.audio[4:8]) == b"ftyp"
    with Decoder(path) as decoder:
        decoded = np.concatenate(list(decoder.blocks()), axis=1)
    assert np.array_equal(pcm(sound), np.clip(np.round(decoded * 32767), -32768, 32767))


def test_the_samples_are_a_wav_file_that_others_read(tmp_path: Path) -> None:
    path = tmp_path / "samples.wav"
    path.write_bytes(opened((noise(0.5), RATE)).samples)
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (RATE, 2, RATE // 2)


def test_a_recording_is_decoded_once_for_many_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    prepare = standalone_sounds.prepare_isolated
    monkeypatch.setattr(standalone_sounds, "prepare_isolated", lambda *a, **k: made.append(1) or prepare(*a, **k))
    samples = noise(1.0)
    threads = [threading.Thread(target=opened, args=((samples, RATE),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_the_second_look_comes_in_the_background() -> None:
    sound = opened((noise(70.0, 1), RATE))
    assert standalone_analyses.second_look(sound).running
    for _ in range(600):
        found = standalone_analyses.second_look(sound)
        if not found.running:
            break
        time.sleep(0.1)
    assert found.analysis is not None
    assert b'"onsets"' in bytes(found.analysis)
    assert found.spectrogram is not None
    assert bytes(found.spectrogram[:4]) == b"LBSP"


def test_what_was_opened_longest_ago_makes_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_CACHE_BYTES", "1000000")
    get_settings.cache_clear()
    sounds = []
    for number in range(4):
        sounds.append(opened((noise(5.0 + number), RATE)))
        time.sleep(0.02)
    get_settings.cache_clear()
    assert not sounds[0].folder.exists()
    assert sounds[-1].folder.exists()
    assert len(pcm(sounds[0])[0]) == 5 * RATE  # whoever has it open keeps it
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 2_000_000


def test_nothing_is_left_of_audio_that_cannot_be_used(folder: Path) -> None:
    with pytest.raises(AudioProblem, match="text file"):
        opened(b"just words, and many of them")
    assert not [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("audio", "says"),
    [
        ("/nowhere/song.wav", "cannot be read"),
        ("/", "is not a file"),
        ((np.zeros(10, np.int16), RATE), "float array"),
        ((np.zeros((10_000, 2)), RATE), r"\(channels, frames\)"),
        ((np.zeros(10), 44_100.5), "whole number"),
        ((np.zeros(10), 10), "whole number"),
        ((np.zeros(0), RATE), "float array"),
    ],
)
def test_what_is_no_audio_is_named(audio, says: str) -> None:
    with pytest.raises(Invalid, match=says) as caught:
        standalone_audio.given(audio)
    assert caught.value.field == "audio"


def test_a_folder_of_somebody_else_is_not_used(folder: Path) -> None:
    opened((noise(0.2), RATE))
    (place,) = folder.iterdir()
    place.chmod(0o777)
    standalone_folder.shared_folder.cache_clear()
    with pytest.raises(LabelBuddyError, match="TMPDIR"):
        opened((noise(0.2), RATE))


def test_the_header_tells_the_true_length() -> None:
    sound = opened((noise(0.25, 1), RATE))
    (size,) = struct.unpack_from("<I", sound.samples, 40)
    assert size == len(sound.samples) - 44 == 2 * sound.frames
