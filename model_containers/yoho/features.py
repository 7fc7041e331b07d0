"""Features of YOHO: log-mel spectrograms of windows of 8 s that overlap by 2 s.

16 kHz mono, each window normalized to its peak, STFT of 512 samples with a Hann window of 400 and hop 160 (centered,
silence around), 64 Slaney mel bands of power from 125 to 7500 Hz, in dB with a floor of 80 dB below the loudest.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from model_containers.serving.mel import hann, mel_filters
from model_containers.serving.model import Samples

SAMPLE_RATE = 16_000
FFT_SIZE = 512
WINDOW = 400
HOP = 160
MELS = 64
WINDOW_SECONDS = 8.0
HOP_SECONDS = 6.0
FRAMES = round(WINDOW_SECONDS * SAMPLE_RATE) // HOP + 1
_LEAST_POWER = 1e-7
_RANGE_DB = 80.0

Features = npt.NDArray[np.float32]


def window_starts(duration: float) -> list[float]:
    """Where windows begin, in seconds: every 6 s, until one reaches the end of `duration` s."""
    starts = [0.0]
    while starts[-1] + WINDOW_SECONDS < duration - 1e-9:
        starts.append(starts[-1] + HOP_SECONDS)
    return starts


def windows(samples: Samples, size: int) -> Iterator[Features]:
    """Features of all windows of mono samples at 16 kHz in batches of at most `size`, each (windows, 801, 64)."""
    starts = window_starts(len(samples) / SAMPLE_RATE)
    for first in range(0, len(starts), size):
        yield np.stack([log_mel(window_at(samples, start)) for start in starts[first : first + size]])


def window_at(samples: Samples, start: float) -> Samples:
    """8 s of samples from `start` (s) on, followed by silence where the audio ends."""
    length, first = round(WINDOW_SECONDS * SAMPLE_RATE), round(start * SAMPLE_RATE)
    heard = samples[first : first + length]
    return np.pad(heard, (0, length - len(heard)))


def log_mel(window: Samples) -> Features:
    """Shape (801, 64), in dB relative to full scale after the window is normalized to its peak."""
    peak = float(np.abs(window).max(initial=0.0))
    normalized = window / peak if peak > 0.0 else window
    stretch = np.pad(normalized, FFT_SIZE // 2)
    frames = np.lib.stride_tricks.sliding_window_view(stretch, FFT_SIZE)[::HOP]
    spectrum = np.fft.rfft(frames * _WINDOW, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    decibel = np.float32(10.0) * np.log10(np.maximum(power @ _FILTERS.T, np.float32(_LEAST_POWER)))
    return np.maximum(decibel, decibel.max() - np.float32(_RANGE_DB))


_FILTERS = mel_filters(SAMPLE_RATE, FFT_SIZE, MELS, 125.0, 7500.0)
_WINDOW = np.pad(hann(WINDOW), (FFT_SIZE - WINDOW) // 2)
