"""Features of musicnn: log-compressed mel spectrogram patches.

16 kHz mono, STFT of 512 samples with hop 256 (Hann, centered), 96 Slaney mel bands of power, log10(10000·x + 1), cut
into patches of 187 frames (3 s) that do not overlap; the last patch is filled with silence.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy.signal import get_window

SAMPLE_RATE = 16_000
FFT_SIZE = 512
HOP = 256
MELS = 96
PATCH_FRAMES = 187
PATCH_SECONDS = 3.0

Features = npt.NDArray[np.float32]


def log_mel(samples: npt.NDArray[np.float32]) -> Features:
    """Log-mel spectrogram of mono samples at 16 kHz; shape (frames, 96)."""
    padded = np.pad(samples, FFT_SIZE // 2)
    count = 1 + (len(padded) - FFT_SIZE) // HOP
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT_SIZE)[::HOP][:count]
    window = get_window("hann", FFT_SIZE).astype(np.float32)
    mel = np.empty((count, MELS), np.float32)
    for first in range(0, count, 4096):  # in blocks: memory does not grow with the length
        spectrum = scipy.fft.rfft(frames[first : first + 4096] * window, axis=1)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        mel[first : first + 4096] = power.astype(np.float32) @ _FILTERS.T
    return np.log10(10_000.0 * mel + 1.0).astype(np.float32)


def patches(features: Features) -> Features:
    """Features cut into patches, shape (patches, 187, 96); frames missing in the last one are silence (0)."""
    count = max(1, -(-len(features) // PATCH_FRAMES))
    filled = np.zeros((count * PATCH_FRAMES, MELS), np.float32)
    filled[: len(features)] = features
    return filled.reshape(count, PATCH_FRAMES, MELS)


def _hz_to_mel(frequency: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Slaney's mel scale: linear below 1 kHz, logarithmic above (Auditory Toolbox, 1998)."""
    linear = frequency * 3.0 / 200.0
    return np.where(
        frequency >= 1000.0, 15.0 + 27.0 * np.log(np.maximum(frequency, 1.0) / 1000.0) / np.log(6.4), linear
    )


def _mel_to_hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(mel >= 15.0, 1000.0 * np.exp((mel - 15.0) * np.log(6.4) / 27.0), mel * 200.0 / 3.0)


def _mel_filters() -> npt.NDArray[np.float32]:
    """Triangular filters of equal area, shape (96, 257)."""
    limits = _hz_to_mel(np.array([0.0, SAMPLE_RATE / 2]))
    edges = _mel_to_hz(np.linspace(limits[0], limits[1], MELS + 2))
    bins = np.fft.rfftfreq(FFT_SIZE, 1.0 / SAMPLE_RATE)
    widths = np.diff(edges)
    slopes = edges[:, None] - bins[None, :]
    rising, falling = -slopes[:-2] / widths[:-1, None], slopes[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


_FILTERS = _mel_filters()
