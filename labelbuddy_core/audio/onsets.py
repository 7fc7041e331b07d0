"""Onsets and beats: the built-in baseline, by librosa, over recordings of any length.

The onset strength is the spectral flux of mel bands (Böck & Widmer, "Maximum filter vibrato suppression for onset
detection", DAFx 2013, without its filter), as `librosa.onset.onset_strength` computes it, but in blocks: memory grows
by 200 bytes a second. Beats are found in pieces of two minutes, so that the tempo may change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labelbuddy_core.audio.decoding import Block

HOP_SECONDS = 0.01
_WINDOW_SECONDS = 0.046
_MELS = 80
_TOP_HZ = 11_025.0
_FINE_SECONDS = 0.002
_SEARCH_SECONDS = 0.04
_PIECE_SECONDS = 120.0
_LOW_BANDS = 12
"""Mel bands below about 300 Hz, where bass drum and bass mark the first beat of a bar."""

Envelope = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Beats:
    """Beat times in seconds with their place in the bar (1 is the downbeat), and the tempo in beats a minute."""

    times: list[float]
    positions: list[int]
    tempo: float | None
    meter: int


class OnsetStrength:
    """Takes blocks of samples and keeps their onset strength, 100 values a second."""

    def __init__(self, sample_rate: int) -> None:
        self.hop = max(1, round(HOP_SECONDS * sample_rate))
        self.rate = sample_rate / self.hop
        self._sample_rate = sample_rate
        self._size = max(64, 1 << round(np.log2(_WINDOW_SECONDS * sample_rate)))
        self._window = np.hanning(self._size + 1)[:-1].astype(np.float32)
        self._mel = _mel_weights(sample_rate, self._size)
        self._held: Envelope = np.zeros(self._size // 2, np.float32)
        self._last: npt.NDArray[np.float32] | None = None
        self._flux: list[Envelope] = []
        self._low: list[Envelope] = []
        self._fine_hop = max(1, round(_FINE_SECONDS * sample_rate))
        self._fine_rest: Envelope = np.zeros(0, np.float32)
        self._fine: list[npt.NDArray[np.uint8]] = []

    def add(self, block: Block) -> None:
        """Take samples of shape (channels, frames)."""
        mono = block.mean(axis=0)
        self._add_fine(mono)
        self._held = np.concatenate([self._held, mono])
        count = (len(self._held) - self._size) // self.hop + 1
        if count <= 0:
            return
        from scipy import fft  # as with librosa

        frames = np.lib.stride_tricks.sliding_window_view(self._held, self._size)[: count * self.hop : self.hop]
        spectrum: Any = fft.rfft(frames * self._window, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2) @ self._mel
        decibels = np.maximum(10.0 * np.log10(np.maximum(power, 1e-10)), -80.0).astype(np.float32)
        before = decibels[:1] if self._last is None else self._last
        rise = np.maximum(np.diff(np.concatenate([before, decibels]), axis=0), 0.0)
        self._flux.append(rise.mean(axis=1))
        self._low.append(rise[:, :_LOW_BANDS].mean(axis=1))
        self._last = decibels[-1:]
        self._held = self._held[count * self.hop :]

    def _add_fine(self, mono: Envelope) -> None:
        """Keep the level every 2 ms in half decibels, to place onsets more exactly than the hop."""
        joined = np.concatenate([self._fine_rest, mono])
        whole = len(joined) - len(joined) % self._fine_hop
        power = np.mean(joined[:whole].reshape(-1, self._fine_hop) ** 2, axis=1)
        decibels = 10.0 * np.log10(np.maximum(power, 1e-12))
        self._fine.append(np.clip(2.0 * (decibels + 120.0), 0, 255).astype(np.uint8))
        self._fine_rest = joined[whole:]

    def envelope(self) -> tuple[Envelope, Envelope]:
        """Onset strength of all bands and of the low ones; frame i is about second i × 0.01."""
        empty = np.zeros(0, np.float32)
        return np.concatenate([*self._flux, empty]), np.concatenate([*self._low, empty])

    def level(self) -> npt.NDArray[np.uint8]:
        """Level every `fine_step` seconds, in half decibels above −120 dBFS."""
        return np.concatenate([*self._fine, np.zeros(0, np.uint8)])

    @property
    def fine_step(self) -> float:
        """Seconds between two levels."""
        return self._fine_hop / self._sample_rate


def find_onsets(strength: OnsetStrength) -> list[float]:
    """Onset times in seconds, ascending."""
    import librosa  # slow to import; only the analysis' own process does

    envelope, _ = strength.envelope()
    if len(envelope) < 3 or not envelope.any():
        return []
    found = librosa.onset.onset_detect(onset_envelope=envelope, sr=strength.rate, hop_length=1, units="frames")
    level = strength.level().astype(np.int16)
    times = sorted(
        {_sharpened(float(frame) * strength.hop / strength._sample_rate, level, strength) for frame in found}
    )
    return [round(time, 6) for time in times]


def _sharpened(time: float, level: npt.NDArray[np.int16], strength: OnsetStrength) -> float:
    """The steepest rise of the level near a time found on the coarse grid."""
    step = strength.fine_step
    around = max(1, round(_SEARCH_SECONDS / step))
    center = round(time / step)
    first, last = max(0, center - around), min(len(level), center + around)
    if last - first < 4:
        return time
    rise = level[first + 2 : last].astype(int) - level[first : last - 2]
    return time if rise.max() <= 0 else (first + int(rise.argmax()) + 1) * step


def find_beats(strength: OnsetStrength) -> Beats:
    """Beats with a guess of the bar: of three or four beats, beginning where the bass rises most."""
    envelope, low = strength.envelope()
    piece = round(_PIECE_SECONDS * strength.rate)
    frames: list[int] = []
    tempi: list[float] = []
    for first in range(0, len(envelope), piece):
        part = envelope[first : first + piece]
        tempo, beats = _beats_of_piece(part, strength.rate)
        if tempo is None:
            continue
        tempi.append(tempo)
        least = 0.6 * 60.0 / tempo * strength.rate
        frames += [first + beat for beat in beats if not frames or first + beat - frames[-1] >= least]
    if not frames:
        return Beats([], [], None, 4)
    meter, phase = _bar(low, envelope, frames)
    level = strength.level().astype(np.int16)
    times = [_sharpened(frame * strength.hop / strength._sample_rate, level, strength) for frame in frames]
    positions = [(number - phase) % meter + 1 for number in range(len(frames))]
    return Beats([round(time, 6) for time in times], positions, round(float(np.median(tempi)), 2), meter)


def _beats_of_piece(part: Envelope, rate: float) -> tuple[float | None, list[int]]:
    import librosa

    if len(part) < 4 * rate or not part.any():
        return None, []
    tempo: Any
    tempo, beats = librosa.beat.beat_track(onset_envelope=part, sr=rate, hop_length=1, trim=False, units="frames")
    value = float(np.atleast_1d(tempo)[0])
    return (value, [int(beat) for beat in beats]) if value > 0 and len(beats) > 1 else (None, [])


def _bar(low: Envelope, envelope: Envelope, frames: list[int]) -> tuple[int, int]:
    """Beats in a bar and the number of the first downbeat, where the mean strength stands out most."""
    at = np.array(frames)
    strength = low[at] / (low.mean() + 1e-9) + envelope[at] / (envelope.mean() + 1e-9)
    best = (0.0, 4, 0)
    for meter, doubt in ((4, 0.0), (3, 0.15)):  # most music is in four: three must be clearly better
        means = np.array([strength[phase::meter].mean() for phase in range(min(meter, len(strength)))])
        contrast = float((means.max() - means.mean()) / (means.mean() + 1e-9)) - doubt
        if contrast > best[0]:
            best = (contrast, meter, int(means.argmax()))
    return best[1], best[2]


def _mel_weights(sample_rate: int, size: int) -> npt.NDArray[np.float32]:
    """Triangular mel filters, shape (bins, bands)."""
    import librosa

    top = min(_TOP_HZ, sample_rate / 2)
    weights = librosa.filters.mel(sr=sample_rate, n_fft=size, n_mels=_MELS, fmin=27.5, fmax=top)
    return np.ascontiguousarray(weights.T.astype(np.float32))
