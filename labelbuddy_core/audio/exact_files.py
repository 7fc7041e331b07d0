"""Files in which libsndfile finds any sample by its number: PCM and FLAC, not what a lossy codec made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from labelbuddy_core.audio.decoding import Block

_FORMATS = frozenset({"WAV", "WAVEX", "RF64", "W64", "FLAC", "AIFF", "AU", "CAF"})
_LOSSY = frozenset({"IMA_ADPCM", "MS_ADPCM", "GSM610", "G721_32", "NMS_ADPCM_16"})
_FULL_SCALE = np.float32(1 / 32768)


@contextmanager
def exact_file(path: Path) -> Iterator[soundfile.SoundFile | None]:
    """The file opened for reading; None for one of another kind, or one that libsndfile does not read."""
    try:
        file = soundfile.SoundFile(path)
    except soundfile.SoundFileError:
        file = None
    if file is None:
        yield None
        return
    with file:
        yield file if file.format in _FORMATS and file.subtype not in _LOSSY else None


def read_samples(file: soundfile.SoundFile, frames: int) -> Block:
    """The next samples, shape (channels, `frames` or what is left), full scale ±1; what is no number becomes one."""
    if file.subtype == "PCM_16":  # four times faster than to let libsndfile make float32 of it
        whole = file.read(frames, dtype="int16", always_2d=True).T
        return np.multiply(whole, _FULL_SCALE, dtype=np.float32)
    samples = np.asarray(file.read(frames, dtype="float32", always_2d=True), np.float32).T
    return np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
