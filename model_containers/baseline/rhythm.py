"""Onsets, beats and tempo, by librosa, in pieces: memory does not grow with the length but for 400 bytes a second.

Onset strength is the spectral flux of mel bands (Böck and Widmer, DAFx 2013), beats are found by dynamic programming
(Ellis, "Beat Tracking by Dynamic Programming", 2007). How clear a pulse is (0 … 1) is the highest autocorrelation of
the onset strength at periods of a beat (Lartillot et al., ISMIR 2008): near 0 for speech, near 1 for a drum machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from model_containers.serving.model import Samples

HOP_SECONDS = 0.01
SLOWEST, FASTEST = 40.0, 220.0
"""Beats a minute."""

_FFT_SIZE = 1024
_PIECE_SECONDS = 120.0
_CONTEXT_SECONDS = 0.5
_FIRST_FRAMES = 6
"""Of the spectra with silence before the beginning: that it ends is no onset."""
_MISSED = 0.25
_LEAST_SECONDS = 4.0
"""Less than this has no beats."""

Strength = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Beats:
    """Times in seconds, the tempo in beats a minute and how clear the pulse is, 0 … 1."""

    times: tuple[float, ...]
    tempo: float
    clarity: float


def onset_strength(samples: Samples, sample_rate: int) -> Strength:
    """Onset strength every 10 ms."""
    import librosa

    hop = round(HOP_SECONDS * sample_rate)
    piece, context = (round(seconds / HOP_SECONDS) * hop for seconds in (_PIECE_SECONDS, _CONTEXT_SECONDS))
    parts = []
    for first in range(0, max(1, len(samples)), piece):
        begin = max(0, first - context)
        heard = samples[begin : first + piece + context]
        heard = np.pad(heard, (0, max(0, _FFT_SIZE - len(heard))))
        strength = librosa.onset.onset_strength(y=heard, sr=sample_rate, hop_length=hop, n_fft=_FFT_SIZE, n_mels=80)
        skipped = (first - begin) // hop
        parts.append(strength[skipped : skipped + piece // hop].astype(np.float32))
    strength = np.concatenate(parts)[: len(samples) // hop + 1]
    strength[:_FIRST_FRAMES] = 0.0
    return strength


def onsets(strength: Strength) -> list[tuple[float, float]]:
    """Time in seconds and score of every onset; the score is its strength against the strongest twentieth."""
    import librosa

    if len(strength) < 3 or not strength.any():
        return []
    frames = librosa.onset.onset_detect(onset_envelope=strength, sr=100, hop_length=1, units="frames")
    strong = float(np.percentile(strength[frames], 95)) if len(frames) else 1.0
    return [(int(frame) * HOP_SECONDS, min(0.99, float(strength[frame]) / strong)) for frame in frames]


def beats(strength: Strength) -> list[Beats]:
    """Beats of every piece of two minutes, so that the tempo may change; none where nothing pulses."""
    piece = round(_PIECE_SECONDS / HOP_SECONDS)
    found = []
    for first in range(0, len(strength), piece):
        part = strength[first : first + piece]
        if len(part) * HOP_SECONDS >= _LEAST_SECONDS and part.any():
            frames = _every_or_every_second(_tracked(part), part)
            if len(frames) > 1:
                times = tuple((first + frame) * HOP_SECONDS for frame in frames)
                found.append(Beats(times, 60.0 / float(np.median(np.diff(times))), clarity(part)))
    return found


def clarity(strength: Strength) -> float:
    """How clear the pulse is: the highest autocorrelation at periods of a beat, 0 … 1."""
    centered = strength - strength.mean()
    spectrum = np.fft.rfft(centered, 2 * len(centered))
    correlation = np.fft.irfft(np.square(np.abs(spectrum)))[: len(centered)]
    if correlation[0] <= 0.0:
        return 0.0
    shortest, longest = round(6000.0 / FASTEST), min(round(6000.0 / SLOWEST), len(centered) - 1)
    unbiased = correlation[shortest : longest + 1] / (1.0 - np.arange(shortest, longest + 1) / len(centered))
    return float(np.clip(unbiased.max() / correlation[0], 0.0, 0.99))


def _tracked(strength: Strength) -> list[int]:
    import librosa

    found: Any = librosa.beat.beat_track(onset_envelope=strength, sr=100, hop_length=1, trim=False, units="frames")
    return [int(frame) for frame in found[1]]


def _every_or_every_second(frames: list[int], strength: Strength) -> list[int]:
    """The tracker prefers 85 to 170 beats a minute: where next to nothing sounds on every second one, it is no beat.

    Nor are those before the first and after the last on which something sounds.
    """
    near = np.array([strength[max(0, frame - 3) : frame + 4].max() for frame in frames])
    if len(frames) >= 4:
        halves = [float(np.median(near[phase::2])) for phase in (0, 1)]
        stronger = int(np.argmax(halves))
        if halves[1 - stronger] < _MISSED * halves[stronger]:
            frames, near = frames[stronger::2], near[stronger::2]
    heard = np.flatnonzero(near >= _MISSED * np.median(near)) if len(near) else near
    return frames[heard[0] : heard[-1] + 1] if len(heard) else []
