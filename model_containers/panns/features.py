"""Features of PANNs: log-mel spectrograms of windows of 10.24 s that overlap.

STFT with a periodic Hann window, centered, the sound mirrored at its ends; 64 Slaney mel bands of power in dB, floor
−100 dB. A segment is what the network pools into one step: 32 frames, 0.32 s (Cnn6: 16 frames, of which two are
joined). A window has 32 segments, the next one begins 26 later.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from model_containers.panns.checkpoints import Front
from model_containers.serving.mel import hann, mel_filters
from model_containers.serving.model import Samples

MELS = 64
SEGMENT_FRAMES = 32
SEGMENT_SECONDS = 0.32
WINDOW_SEGMENTS = 32
HOP_SEGMENTS = 26
MARGIN_SEGMENTS = (WINDOW_SEGMENTS - HOP_SEGMENTS) // 2
"""At the inner edge of a window: the neighbor, which knows what is around, speaks for them."""

_LEAST_SEGMENTS = 3
_LEAST_POWER = 1e-10

Features = npt.NDArray[np.float32]


def window_starts(length: int, front: Front) -> list[int]:
    """First sample of every window of a sound of `length` samples."""
    window, hop = (count * SEGMENT_FRAMES * front.hop for count in (WINDOW_SEGMENTS, HOP_SEGMENTS))
    starts = [0]
    while starts[-1] + window < length:
        starts.append(starts[-1] + hop)
    return starts


def window_at(samples: Samples, start: int, front: Front) -> Samples:
    """The samples of a window; the last may be shorter, but not than 0.96 s: silence follows then."""
    heard = samples[start : start + WINDOW_SEGMENTS * SEGMENT_FRAMES * front.hop]
    return np.pad(heard, (0, max(0, _LEAST_SEGMENTS * SEGMENT_FRAMES * front.hop - len(heard))))


def log_mel(window: Samples, front: Front) -> Features:
    """Shape (frames, 64), in dB; frame n is centered on sample n · hop."""
    taper, filters = _tools(front)
    mirrored = np.pad(window, front.fft_size // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(mirrored, front.fft_size)[:: front.hop]
    spectrum = np.fft.rfft(frames * taper, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.float32(10.0) * np.log10(np.maximum(power @ filters.T, np.float32(_LEAST_POWER)))


@cache
def _tools(front: Front) -> tuple[Features, Features]:
    """Window and mel filters."""
    return hann(front.fft_size), mel_filters(front.sample_rate, front.fft_size, MELS, front.lowest, front.highest)
