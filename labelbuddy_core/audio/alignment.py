"""Check that a playback copy lies on the original's time line: same length, same sound at start, middle and end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from labelbuddy_core.audio.decoding import Block, open_media

TOLERANCE = 0.005
"""Seconds that a copy may be off."""

_EXCERPT_SECONDS = 0.4
_EVERY_SECONDS = 60.0
_SEARCH_SECONDS = 0.05
_PREROLL_SECONDS = 1.0
_SILENCE = 1e-4
_PACKET_FRAMES = 2304

Mono = npt.NDArray[np.float32]


@dataclass
class Excerpts:
    """Short stretches of the original, kept while it is decoded once (one a minute, and the last)."""

    sample_rate: int
    kept: dict[int, Mono] = field(default_factory=dict)
    frames: int = 0
    _last: tuple[int, Mono] | None = None

    def add(self, block: Block) -> None:
        """Take samples of shape (channels, frames)."""
        length = round(_EXCERPT_SECONDS * self.sample_rate)
        mono = block[:, :length].mean(axis=0)
        if len(mono) == length and float(np.abs(mono).max()) > _SILENCE:
            spacing = round(_EVERY_SECONDS * self.sample_rate)
            if not self.kept or self.frames - max(self.kept) >= spacing:
                self.kept[self.frames] = mono
            self._last = (self.frames, mono)
        self.frames += block.shape[1]

    def chosen(self) -> list[tuple[int, Mono]]:
        """(first sample, samples) at the start, the middle and the end; fewer in a short or silent file."""
        positions = sorted(self.kept)
        picked = {positions[0], positions[len(positions) // 2], positions[-1]} if positions else set()
        excerpts = [(position, self.kept[position]) for position in sorted(picked)]
        if self._last is not None and self._last[0] not in picked:
            excerpts.append(self._last)
        return excerpts


def is_aligned(copy: Path, excerpts: Excerpts) -> bool:
    """Whether the copy has the original's length and sound, each within 5 ms."""
    try:
        with open_media(copy) as container:
            stream = container.streams.audio[0]
            if stream.duration is None:
                return False
            seconds = float(stream.duration * (stream.time_base or 0))
            # One side may count the encoder's padding in the last packet, the other not.
            padding = _PACKET_FRAMES / excerpts.sample_rate
            if abs(seconds - excerpts.frames / excerpts.sample_rate) > TOLERANCE + padding:
                return False
            return all(_lag(container, stream, first, sound, excerpts) for first, sound in excerpts.chosen())
    except FFmpegError:
        return False


def _lag(container: Any, stream: Any, first: int, sound: Mono, excerpts: Excerpts) -> bool:
    """Whether `sound` is found in the copy where it belongs."""
    rate = excerpts.sample_rate
    start = first / rate
    heard_from, heard = _decode_around(container, stream, start - _SEARCH_SECONDS, len(sound) / rate + start, rate)
    if len(heard) < len(sound) // 2:
        return False
    expected = round((start - heard_from) * rate)
    reach = round(_SEARCH_SECONDS * rate)
    lags = np.arange(max(expected - reach, 1 - len(sound)), min(expected + reach, len(heard) - 1) + 1)
    scores = _similarity(heard, sound, lags)
    near = np.abs(lags - expected) <= round(TOLERANCE * rate)
    # A steady tone fits almost as well one period away, so the place need only be as good as the best one.
    return float(scores[near].max(initial=0.0)) >= 0.95 * float(scores.max(initial=0.0))


def _similarity(heard: Mono, sound: Mono, lags: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Normalized cross-correlation (−1 … 1) with `sound` beginning at each of `lags` samples of `heard`.

    Without the norm, where sound dies away what is louder just before it would fit better than the sound itself.
    """
    length = len(heard) + len(sound) - 1
    spectrum = np.fft.rfft(heard, length) * np.fft.rfft(sound[::-1], length)
    products = np.fft.irfft(spectrum, length)[lags + len(sound) - 1]
    first, last = np.maximum(lags, 0), np.minimum(lags + len(sound), len(heard))
    energy = _energy_between(heard, first, last) * _energy_between(sound, first - lags, last - lags)
    return products / np.sqrt(np.maximum(energy, np.finfo(np.float32).tiny))


def _energy_between(sound: Mono, first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The sum of squares from each `first` up to, not including, each `last` sample."""
    total = np.concatenate([[0.0], np.cumsum(np.square(sound, dtype=np.float64))])
    return total[last] - total[first]


def _decode_around(container: Any, stream: Any, start: float, stop: float, rate: int) -> tuple[float, Mono]:
    container.seek(max(0, int((start - _PREROLL_SECONDS) / stream.time_base)), stream=stream, backward=True)
    begin: float | None = None
    parts: list[Mono] = []
    for frame in container.decode(stream):
        at = float(frame.pts * frame.time_base)
        if at + frame.samples / rate < start:
            continue
        samples = frame.to_ndarray()
        channels = frame.layout.nb_channels
        mono = samples.mean(axis=0) if frame.format.is_planar else samples.reshape(-1, channels).mean(axis=1)
        begin = at if begin is None else begin
        parts.append(mono.astype(np.float32))
        if at > stop + _SEARCH_SECONDS:
            break
    return (begin or 0.0), np.concatenate(parts) if parts else np.zeros(0, np.float32)
