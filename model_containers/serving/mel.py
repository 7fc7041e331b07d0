"""Mel filters after Slaney (Auditory Toolbox, 1998), as librosa makes them: triangles of equal area."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def mel_filters(
    sample_rate: int, fft_size: int, bands: int, lowest: float = 0.0, highest: float | None = None
) -> npt.NDArray[np.float32]:
    """Filters of shape (bands, fft_size // 2 + 1) from `lowest` to `highest` Hz (None: half the sample rate)."""
    limits = _hz_to_mel(np.array([lowest, sample_rate / 2 if highest is None else highest]))
    edges = _mel_to_hz(np.linspace(limits[0], limits[1], bands + 2))
    bins = np.fft.rfftfreq(fft_size, 1.0 / sample_rate)
    widths = np.diff(edges)
    slopes = edges[:, None] - bins[None, :]
    rising, falling = -slopes[:-2] / widths[:-1, None], slopes[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


def hann(length: int) -> npt.NDArray[np.float32]:
    """A periodic Hann window."""
    return (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)).astype(np.float32)


def _hz_to_mel(frequency: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Linear below 1 kHz, logarithmic above."""
    linear = frequency * 3.0 / 200.0
    return np.where(
        frequency >= 1000.0, 15.0 + 27.0 * np.log(np.maximum(frequency, 1.0) / 1000.0) / np.log(6.4), linear
    )


def _mel_to_hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(mel >= 15.0, 1000.0 * np.exp((mel - 15.0) * np.log(6.4) / 27.0), mel * 200.0 / 3.0)
