"""Read received audio in blocks: WAV, FLAC, Ogg or MP3 of any rate, mixed to mono and resampled."""

from __future__ import annotations

import math
from typing import IO, BinaryIO, cast

import numpy as np
import soundfile
import soxr

from model_containers.serving.model import Samples

_BLOCK = 2**20
"""Values that are decoded at once."""

_FULL_SCALE = np.float32(1 / 32768)

_UNKNOWN = 2**62
"""libsndfile says at least so many frames when the header does not tell; it cannot seek in such a file."""

_RATES = range(1_000, 768_001)


class UnreadableAudioError(ValueError):
    """The received bytes are no audio that this server reads."""


def read_mono(file: IO[bytes], sample_rate: int, max_seconds: float) -> tuple[Samples, float]:
    """Samples at `sample_rate` (Hz) and the duration in seconds of what was received.

    Raises `UnreadableAudioError` for anything but WAV, FLAC, Ogg or MP3, for nothing, and for too much.
    """
    try:
        with soundfile.SoundFile(cast(BinaryIO, file)) as sound:
            if sound.samplerate not in _RATES:
                raise UnreadableAudioError(f"a sample rate of {sound.samplerate} Hz is not accepted")
            if sound.frames >= _UNKNOWN:
                raise UnreadableAudioError("the file does not say how long it is (was it written to a pipe?)")
            stated = sound.frames / sound.samplerate
            if stated > max_seconds:
                raise UnreadableAudioError(f"{stated:.0f} s of audio; at most {max_seconds:.0f} s are accepted")
            return _decode(sound, sample_rate)
    except soundfile.LibsndfileError as error:
        raise UnreadableAudioError(f"the audio cannot be read: {error.error_string}") from None
    except (TypeError, OSError) as error:  # soundfile asks for the format of what has no header
        raise UnreadableAudioError(f"the audio cannot be read: {error}") from None


def _decode(sound: soundfile.SoundFile, sample_rate: int) -> tuple[Samples, float]:
    rate = sound.samplerate
    resampler = None if rate == sample_rate else soxr.ResampleStream(rate, sample_rate, 1, dtype="float32")
    # the length comes from what is decoded; the header's only says how much memory to ask for
    samples = np.zeros(math.ceil(sound.frames / rate * sample_rate) + sample_rate, np.float32)
    filled = frames = 0
    whole = sound.subtype == "PCM_16"  # four times faster than to let libsndfile make float32 of it
    while True:
        block = sound.read(max(1, _BLOCK // sound.channels), dtype="int16" if whole else "float32", always_2d=True)
        frames += len(block)
        mono = block[:, 0] if block.shape[1] == 1 else block.mean(axis=1, dtype=np.float32)
        if whole:
            mono = np.multiply(mono, _FULL_SCALE, dtype=np.float32)
        elif not np.isfinite(mono).all():
            mono = np.nan_to_num(mono)
        part = mono if resampler is None else resampler.resample_chunk(mono, last=not len(block))
        part = part[: len(samples) - filled]
        samples[filled : filled + len(part)] = part
        filled += len(part)
        if not len(block):
            break
    if not frames:
        raise UnreadableAudioError("the audio has no samples")
    return samples[:filled], frames / rate
