"""Read received audio: WAV or FLAC of any rate, mixed to mono and resampled."""

from __future__ import annotations

import io
from typing import BinaryIO

import numpy as np
import soundfile
import soxr

from model_containers.serving.model import Samples


class UnreadableAudioError(ValueError):
    """The received bytes are no audio that this server reads."""


def read_mono(file: BinaryIO | io.BytesIO, sample_rate: int, max_seconds: float) -> tuple[Samples, float]:
    """Samples at `sample_rate` (Hz) and the duration in seconds of what was received.

    Raises `UnreadableAudioError` for anything but WAV, FLAC, Ogg or MP3, for nothing, and for too much.
    """
    try:
        with soundfile.SoundFile(file) as sound:
            rate, frames = sound.samplerate, len(sound)
            if frames / rate > max_seconds:
                raise UnreadableAudioError(f"{frames / rate:.0f} s of audio, at most {max_seconds:.0f} s are accepted")
            samples = sound.read(dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise UnreadableAudioError(f"the audio cannot be read: {error.error_string}") from None
    if not len(samples):
        raise UnreadableAudioError("the audio has no samples")
    mono = samples.mean(axis=1, dtype=np.float32)
    if rate != sample_rate:
        mono = soxr.resample(mono, rate, sample_rate)
    return np.nan_to_num(mono.astype(np.float32, copy=False)), len(samples) / rate
