"""Spectrogram tiles: gray pictures on one fixed scale, so that nothing changes its color while scrolling or zooming.

A tile has 512 columns of `hop` samples each and 256 rows, lowest frequency at the bottom. A pixel p stands for
p / 255 × 120 − 120 dBFS, where a full-scale sine is 0 dB. Power is averaged over channels, and over the frames that
begin within a column, so that no short event falls between two columns.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from labelbuddy_core.audio.decoding import Block

COLUMNS = 512
ROWS = 256
BASE_HOP = 64
LEVELS = 16
COARSE_LEVEL = 6
"""From this level on tiles are made once, by the analysis: one would span minutes of decoding."""
FLOOR_DB = -120.0
MEDIA_TYPE = "image/webp"

_WINDOW_SECONDS = 0.046
_FRAMES_AT_ONCE = 256
_LOWEST_LOG = 32.703
"""C1, the lowest note of a constant-Q transform by custom (librosa.cqt)."""
_QUALITY = 75

Power = npt.NDArray[np.float32]
Gray = npt.NDArray[np.uint8]


class Scale(StrEnum):
    """How rows are spread over frequency."""

    MEL = "mel"
    LINEAR = "linear"
    LOG = "log"


@dataclass(frozen=True)
class _Band:
    """Rows that are computed with one length of window."""

    size: int
    rows: slice
    first_bin: int
    weights: npt.NDArray[np.float32]


def hop(level: int) -> int:
    """Samples in a column."""
    return BASE_HOP << level


def highest_level(frames: int) -> int:
    """The level on which one tile holds a recording of `frames` samples."""
    return next((level for level in range(LEVELS) if hop(level) * COLUMNS >= frames), LEVELS - 1)


def reach(sample_rate: int) -> int:
    """Samples that are needed before and after a tile."""
    return max(sizes(sample_rate)) // 2


def sizes(sample_rate: int) -> tuple[int, int, int]:
    """Lengths of the windows in samples: usual, long (low notes of the log scale) and short (high notes)."""
    usual = 1 << round(np.log2(_WINDOW_SECONDS * sample_rate))
    usual = max(64, usual)
    return usual, 4 * usual, usual // 2


def frequencies(scale: Scale, sample_rate: int) -> npt.NDArray[np.float64]:
    """Center of each row in Hz, lowest first, shape (256,)."""
    top = sample_rate / 2
    match scale:
        case Scale.LINEAR:
            return (np.arange(ROWS) + 0.5) * top / ROWS
        case Scale.MEL:
            return _from_mel(np.linspace(0.0, _to_mel(top), ROWS + 2)[1:-1])
        case Scale.LOG:
            return np.geomspace(min(_LOWEST_LOG, top / 64), top * 0.995, ROWS)


def _to_mel(hertz: float) -> float:
    """O'Shaughnessy's formula (HTK): 2595 log10(1 + f / 700)."""
    return float(2595.0 * np.log10(1.0 + hertz / 700.0))


def _from_mel(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)


@lru_cache(maxsize=12)
def _bands(scale: Scale, sample_rate: int) -> tuple[_Band, ...]:
    """Rows by window length: one for mel and linear; three for the log scale, long windows for low notes."""
    usual, long, short = sizes(sample_rate)
    centers = frequencies(scale, sample_rate)
    if scale != Scale.LOG:
        return (_band(scale, sample_rate, usual, 0, ROWS),)
    low = int(np.searchsorted(centers, 500.0 * min(1.0, sample_rate / 8000)))
    high = int(np.searchsorted(centers, min(4000.0, sample_rate / 4)))
    parts = ((long, 0, low), (usual, low, high), (short, high, ROWS))
    return tuple(_band(scale, sample_rate, size, first, last) for size, first, last in parts if first < last)


def _band(scale: Scale, sample_rate: int, size: int, first: int, last: int) -> _Band:
    """Triangles from neighbor to neighbor, at least two bins wide so that no row is empty; their highest is 1."""
    centers = frequencies(scale, sample_rate)
    width = sample_rate / size
    edges = np.concatenate([[2 * centers[0] - centers[1]], centers, [2 * centers[-1] - centers[-2]]])
    bins = np.arange(size // 2 + 1) * width
    weights = np.zeros((last - first, len(bins)), np.float32)
    for row in range(first, last):
        center = centers[row]
        below = max(center - edges[row], width)
        above = max(edges[row + 2] - center, width)
        rising = (bins - (center - below)) / below
        falling = ((center + above) - bins) / above
        weights[row - first] = np.clip(np.minimum(rising, falling), 0.0, 1.0)
    used = np.flatnonzero(weights.any(axis=0))
    low, high = int(used[0]), int(used[-1]) + 1
    return _Band(size, slice(first, last), low, np.ascontiguousarray(weights[:, low:high].T))


@lru_cache(maxsize=12)
def _window(size: int) -> npt.NDArray[np.float32]:
    """A Hann window, scaled so that the power spectrum of a full-scale sine reaches 1 (its bins sum to more)."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    return (2.0 * window / window.sum()).astype(np.float32)


def column_power(
    samples: Block, sample_rate: int, scales: Iterable[Scale], column_hop: int, before: int
) -> dict[Scale, Power]:
    """Power in each row and column by scale, each of shape (columns, 256).

    `samples` has `before` samples in front of the first column's beginning and as many after the last one's end;
    columns are as many as fit. `before` is at least `reach`.
    """
    columns = (samples.shape[1] - 2 * before) // column_hop
    power = {scale: np.zeros((columns, ROWS), np.float32) for scale in scales}
    wanted = [(scale, band) for scale in power for band in _bands(scale, sample_rate)]
    for size in {band.size for _, band in wanted}:
        # Steps of half a window see every sample; wider ones would miss short events.
        each = max(1, -(-column_hop // (size // 2)))
        begins = (np.arange(columns * each) + 0.5) * (column_hop / each) + before - size / 2
        starts = np.round(begins).astype(np.int64)
        at_once = max(1, _FRAMES_AT_ONCE // each) * each
        for first in range(0, len(starts), at_once):
            chosen = starts[first : first + at_once]
            bins = _power_spectra(samples, chosen, size)
            bins = bins.reshape(-1, each, bins.shape[1]).mean(axis=1)
            at = first // each
            for scale, band in wanted:
                if band.size == size:
                    used = bins[:, band.first_bin : band.first_bin + band.weights.shape[0]]
                    power[scale][at : at + len(bins), band.rows] = used @ band.weights
    return power


def _power_spectra(samples: Block, starts: npt.NDArray[np.int64], size: int) -> Power:
    """Mean over channels of the power in windows that begin at `starts`, shape (windows, size / 2 + 1)."""
    from scipy import fft  # not for the processes that only name scales and tiles

    total: Power = np.zeros((len(starts), size // 2 + 1), np.float32)
    window = _window(size)
    for channel in samples:
        frames = np.lib.stride_tricks.sliding_window_view(channel, size)[starts] * window
        spectrum: Any = fft.rfft(frames, axis=1)
        total += spectrum.real**2 + spectrum.imag**2
    return total / np.float32(len(samples))


def to_gray(power: Power) -> Gray:
    """Power as picture rows, shape (256, columns), highest frequency first."""
    decibels = 10.0 * np.log10(np.maximum(power, 1e-13))
    scaled = (decibels - FLOOR_DB) * (255.0 / -FLOOR_DB)
    return np.ascontiguousarray(np.clip(np.round(scaled), 0, 255).astype(np.uint8).T[::-1])


def encode_tile(gray: Gray) -> bytes:
    """A gray picture as WebP."""
    target = io.BytesIO()
    Image.fromarray(gray, "L").save(target, "WEBP", quality=_QUALITY, method=2)
    return target.getvalue()


def decode_tile(tile: bytes) -> Gray:
    """The pixels of a tile, shape (rows, columns)."""
    return np.asarray(Image.open(io.BytesIO(tile)).convert("L"))


def halved(power: Power) -> Power:
    """Two columns as one (their mean power); a last single column stays."""
    if len(power) % 2:
        power = np.concatenate([power, power[-1:]])
    return (power[0::2] + power[1::2]) * np.float32(0.5)


def tile_count(frames: int, level: int) -> int:
    """Tiles that hold `frames` samples on a level."""
    return max(1, -(-frames // (hop(level) * COLUMNS)))


def describe(sample_rate: int, frames: int) -> dict[str, object]:
    """What a client must know to draw: geometry of tiles, and the frequency of each row by scale."""
    return {
        "columns": COLUMNS,
        "rows": ROWS,
        "floor_db": FLOOR_DB,
        "sample_rate": sample_rate,
        "frames": frames,
        "levels": [
            {"hop": hop(level), "tiles": tile_count(frames, level)} for level in range(highest_level(frames) + 1)
        ],
        "scales": {scale.value: np.round(frequencies(scale, sample_rate), 2).tolist() for scale in Scale},
    }
