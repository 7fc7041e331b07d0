"""Audio as given to an editor without LabelBuddy's server: a path, bytes or samples, named by its content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from labelbuddy_core.audio.decoding import MAX_CHANNELS, MAX_RATE, MIN_RATE
from labelbuddy_core.errors import Invalid

Samples = npt.NDArray[np.floating[Any]]
Audio = str | os.PathLike[str] | bytes | tuple[Samples, int]
"""A path, the bytes of an audio file, or samples with their rate in Hz."""


@dataclass(frozen=True)
class Given:
    """Audio as somebody gave it: its hash, a name to show, and how to make a file of it."""

    sha256: str
    name: str
    write: Callable[[Path], Path]
    """Gets a path that it may write; returns the path of the audio."""


def given(audio: Audio) -> Given:
    """What somebody gave, named by its content. Raises `Invalid` naming what is wrong with it."""
    if isinstance(audio, tuple):
        return _given_samples(*audio)
    if isinstance(audio, bytes | bytearray | memoryview):
        data = bytes(audio)

        def write(path: Path) -> Path:
            path.write_bytes(data)
            return path

        return Given(hashlib.sha256(data).hexdigest(), "audio", write)
    path = Path(audio).absolute()
    try:
        status = path.stat()
        if not path.is_file():
            raise Invalid(f"{path} is not a file.", field="audio")
        return Given(_hash_of(path, status.st_size, status.st_mtime_ns), path.name, lambda _: path)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.", field="audio") from None


@lru_cache(maxsize=1024)
def _hash_of(path: Path, size: int, changed: int) -> str:
    """SHA-256 of a file, hashed again when its size or time of change is another."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _given_samples(samples: Samples, rate: int) -> Given:
    block = np.asarray(samples)
    if block.ndim == 1:
        block = block[np.newaxis]
    if block.ndim != 2 or block.dtype.kind != "f" or not block.size:
        raise Invalid(
            "Samples are a float array of shape (frames,) or (channels, frames), with full scale at ±1.", field="audio"
        )
    if block.shape[0] > MAX_CHANNELS:
        raise Invalid(f"{block.shape[0]} channels are too many: the shape is (channels, frames).", field="audio")
    if int(rate) != rate or not MIN_RATE <= rate <= MAX_RATE:
        raise Invalid(f"The sample rate is a whole number from {MIN_RATE} to {MAX_RATE} Hz.", field="audio")
    digest = hashlib.sha256(f"{block.dtype.str} {block.shape} {int(rate)} ".encode())
    digest.update(np.ascontiguousarray(block).view(np.uint8).data)

    def write(path: Path) -> Path:
        soundfile.write(path, block.T, int(rate), subtype="FLOAT", format="WAV")
        return path

    return Given(digest.hexdigest(), "samples", write)
