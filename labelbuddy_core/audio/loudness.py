"""Integrated loudness by ITU-R BS.1770-4, measured while blocks pass by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from labelbuddy_core.audio.decoding import Block

VERSION = 2
"""Rises whenever some recordings get another loudness; kept with each."""
CHANGED: Mapping[int, frozenset[int]] = {2: frozenset({5})}
"""By version the numbers of channels that it measures otherwise: before 2 the surround channels of five counted as the
others."""

_ABSOLUTE_GATE = -70.0
"""LUFS."""
_RELATIVE_GATE = -10.0
"""LU below the mean of what passes the absolute gate."""
_OFFSET = -0.691
_STEP_SECONDS = 0.1
_STEPS_IN_BLOCK = 4
_SURROUND = {5: (1.0, 1.0, 1.0, 1.41, 1.41), 6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)}
"""Weights of L R C Ls Rs, and of L R C LFE Ls Rs (BS.1770-4, table 3; the LFE is left out)."""

_Sections = npt.NDArray[np.float64]


class LoudnessMeter:
    """Takes blocks of samples; `integrated()` gives LUFS at the end."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        from scipy.signal import sosfilt  # 30 MB for those that measure, not for who only asks for VERSION

        self._filter = sosfilt
        self._sections = k_weighting(sample_rate)
        self._state = np.zeros((len(self._sections), channels, 2))
        self._step = max(1, round(_STEP_SECONDS * sample_rate))
        self._weights = np.array(_SURROUND.get(channels, (1.0,) * channels))
        self._rest = np.zeros(0)
        self._energies: list[npt.NDArray[np.float64]] = []

    def add(self, block: Block) -> None:
        """Take samples of shape (channels, frames)."""
        filtered, self._state = self._filter(self._sections, block, axis=1, zi=self._state)
        power = np.concatenate([self._rest, self._weights @ (np.asarray(filtered) ** 2)])
        whole = len(power) - len(power) % self._step
        self._energies.append(power[:whole].reshape(-1, self._step).mean(axis=1))
        self._rest = power[whole:]

    def integrated(self) -> float | None:
        """Loudness in LUFS, or None when everything is below −70 LUFS or shorter than 400 ms."""
        steps = np.concatenate([*self._energies, np.zeros(0)])
        if len(steps) < _STEPS_IN_BLOCK:
            return None
        blocks = np.convolve(steps, np.full(_STEPS_IN_BLOCK, 1.0 / _STEPS_IN_BLOCK), "valid")
        loud = blocks[_lufs(blocks) > _ABSOLUTE_GATE]
        if not len(loud):
            return None
        gate = float(_lufs(loud.mean())) + _RELATIVE_GATE
        return float(_lufs(loud[_lufs(loud) > gate].mean()))


def _lufs(power: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return _OFFSET + 10.0 * np.log10(np.maximum(power, 1e-12))


def k_weighting(sample_rate: int) -> _Sections:
    """The two filters of BS.1770-4 for any sample rate, as second-order sections.

    The standard gives coefficients at 48 kHz; the analog parameters behind them are from De Man, "Evaluation of
    implementations of the EBU R128 loudness measurement" (AES 145, 2018).
    """
    return np.array(
        [_high_shelf(sample_rate, 1681.974450955533, 3.999843853973347, 0.7071752369554196), _high_pass(sample_rate)]
    )


def _high_shelf(sample_rate: int, frequency: float, gain: float, quality: float) -> list[float]:
    k = np.tan(np.pi * min(frequency, 0.49 * sample_rate) / sample_rate)
    high = 10.0 ** (gain / 20.0)
    band = high**0.4996667741545416
    norm = 1.0 + k / quality + k * k
    return [
        (high + band * k / quality + k * k) / norm,
        2.0 * (k * k - high) / norm,
        (high - band * k / quality + k * k) / norm,
        1.0,
        2.0 * (k * k - 1.0) / norm,
        (1.0 - k / quality + k * k) / norm,
    ]


def _high_pass(sample_rate: int) -> list[float]:
    frequency, quality = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * frequency / sample_rate)
    norm = 1.0 + k / quality + k * k
    return [1.0, -2.0, 1.0, 1.0, 2.0 * (k * k - 1.0) / norm, (1.0 - k / quality + k * k) / norm]
