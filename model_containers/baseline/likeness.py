"""What a second of sound is like, as 65 numbers: timbre, how it moves, pitch classes, level and noisiness.

MFCC (Davis and Mermelstein, IEEE ASSP 1980), their deviations and changes within the second, chroma (Fujishima, ICMC
1999), spectral flatness and level, by librosa, in pieces, so that memory does not grow with the length. Every number
is measured in deviations from what generated music, voices and noises have on average (`SCALE`, made by
`benchmarks/likeness_scale.py`), and clipped to ±3; groups then weigh as in `GROUPS`, so that the cosine of two vectors
says how alike the sounds are, near 0 for sounds that have nothing in common.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from model_containers.baseline.likeness_scale import SCALE
from model_containers.serving.model import Samples

SECONDS = 1.0
GROUPS = (
    ("timbre", 19, 0.45),
    ("movement", 13, 0.2),
    ("change", 13, 0.15),
    ("pitch classes", 12, 0.12),
    ("level", 8, 0.08),
)
"""Name, numbers and share of the squared length."""
DIMENSIONS = sum(count for _, count, _ in GROUPS)

_HOP_SECONDS = 0.02
_FFT_SIZE = 1024
_MELS = 64
_LEAST_POWER = 1e-10
"""-100 dB: below it there is nothing to hear."""
_PIECE_SECONDS = 60
_MOST = 3.0
_CHANGE_FRAMES = 3
"""Frames (of 20 ms) between which a change is measured."""

Vectors = npt.NDArray[np.float32]


def vectors(samples: Samples, sample_rate: int) -> Vectors:
    """One vector for every second begun, shape (seconds, 65); the last is of the last whole second."""
    plain = measured(samples, sample_rate)
    centers, deviations = np.array(SCALE, dtype=np.float32).T
    scaled = np.clip((plain - centers) / deviations, -_MOST, _MOST)
    weights = np.concatenate([np.full(count, np.sqrt(share / count)) for _, count, share in GROUPS])
    return (scaled * weights).astype(np.float32)


def measured(samples: Samples, sample_rate: int) -> Vectors:
    """The numbers as they are measured, before they are scaled."""
    second = round(SECONDS * sample_rate)
    if len(samples) < second:
        samples = np.pad(samples, (0, second - len(samples)))
    count = -(-len(samples) // second)
    starts = np.minimum(np.arange(count) * second, len(samples) - second)
    found = []
    for first in range(0, count, _PIECE_SECONDS):
        begins = starts[first : first + _PIECE_SECONDS]
        heard = samples[begins[0] : begins[-1] + second]
        found.append(_piece(heard, begins - begins[0], sample_rate))
    return np.concatenate(found)


def _piece(samples: Samples, begins: npt.NDArray[np.intp], sample_rate: int) -> Vectors:
    import librosa

    hop = round(_HOP_SECONDS * sample_rate)
    frames = round(SECONDS / _HOP_SECONDS)
    power = np.square(np.abs(librosa.stft(samples, n_fft=_FFT_SIZE, hop_length=hop)))
    mel = librosa.feature.melspectrogram(S=power, sr=sample_rate, n_mels=_MELS, fmin=50.0) / _FFT_SIZE
    decibels = 10.0 * np.log10(np.maximum(mel, _LEAST_POWER))
    cepstrum = librosa.feature.mfcc(S=decibels, n_mfcc=20)
    chroma = librosa.feature.chroma_stft(S=power, sr=sample_rate, tuning=0.0, norm=None)
    flatness = np.log10(librosa.feature.spectral_flatness(S=power, power=1.0, amin=_LEAST_POWER))[0]
    level = decibels.mean(axis=0)
    rows = []
    for begin in begins:
        part = slice(round(begin / hop), round(begin / hop) + frames)
        rows.append(_row(cepstrum[:, part], chroma[:, part], flatness[part], level[part], decibels[:, part]))
    return np.array(rows, dtype=np.float32)


def _row(cepstrum: Any, chroma: Any, flatness: Any, level: Any, decibels: Any) -> Any:
    """The numbers of one second, in the order of `GROUPS`."""
    change = np.abs(cepstrum[:, _CHANGE_FRAMES:] - cepstrum[:, :-_CHANGE_FRAMES])
    rise = np.maximum(np.diff(decibels, axis=1), 0.0).mean(axis=0)
    pitches = chroma.sum(axis=1)
    return np.concatenate(
        [
            cepstrum[1:20].mean(axis=1),
            cepstrum[:13].std(axis=1),
            change[:13].mean(axis=1),
            pitches / max(float(pitches.sum()), _LEAST_POWER),
            [level.mean(), level.max(), level.std(), flatness.mean(), flatness.std(), rise.mean(), rise.max()],
            [np.mean(level < level.max() - 20.0)],
        ]
    )
