"""True peak by ITU-R BS.1770-4, annex 2: how high the sound goes between its samples, measured while blocks pass by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from labelbuddy_core.audio.decoding import Block

_FIRST_PHASES = np.array(
    """
    0.0017089843750 0.0109863281250 -0.0196533203125 0.0332031250000 -0.0594482421875 0.1373291015625
    0.9721679687500 -0.1022949218750 0.0476074218750 -0.0266113281250 0.0148925781250 -0.0083007812500
    -0.0291748046875 0.0292968750000 -0.0517578125000 0.0891113281250 -0.1665039062500 0.4650878906250
    0.7797851562500 -0.2003173828125 0.1015625000000 -0.0582275390625 0.0330810546875 -0.0189208984375
    """.split(),
    np.float64,
).reshape(2, 12)
_PHASES = np.concatenate([_FIRST_PHASES, _FIRST_PHASES[::-1, ::-1]])
"""The interpolating filter of the annex: 4 phases of 12 taps; the last two are the first two backward."""
_TAPS = _PHASES.shape[1]
_ACROSS = np.ascontiguousarray(_PHASES[:, ::-1].T, np.float32)
"""A window of samples, of shape (taps,), times this gives the 4 values between two of them."""
_BOUND = float(np.abs(_PHASES).sum(axis=1).max())
"""No value between samples is higher than the highest sample near it times this."""
_STRETCH = 4096
"""Samples that are looked at, or passed over, together."""
_OVERSAMPLED_BELOW = 192_000
"""Hz; from there on the samples themselves lie close enough (the annex asks for a rate of 192 kHz)."""


class TruePeakMeter:
    """Takes blocks of samples; `peaks()` gives the highest amplitude of each channel (1 is full scale).

    Stretches that cannot hold a higher peak than the one already found are not interpolated.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._interpolates = sample_rate < _OVERSAMPLED_BELOW
        self._highest = np.zeros(channels)
        self._before: Block = np.zeros((channels, _TAPS - 1), np.float32)

    def add(self, block: Block) -> None:
        """Take samples of shape (channels, frames)."""
        self._highest = np.maximum(self._highest, np.abs(block).max(axis=1, initial=0.0))
        if self._interpolates:
            joined = np.concatenate([self._before, block], axis=1)
            self._look(joined)
            self._before = joined[:, -(_TAPS - 1) :]

    def peaks(self) -> npt.NDArray[np.float64]:
        """The highest amplitudes so far, of shape (channels,)."""
        if self._interpolates:
            self._look(np.concatenate([self._before, np.zeros_like(self._before)], axis=1))
        return self._highest

    def _look(self, joined: Block) -> None:
        """Interpolate where a higher peak may be; the filter needs the last samples of the stretch before."""
        for begin in range(0, joined.shape[1] - _TAPS + 1, _STRETCH):
            part = joined[:, begin : begin + _STRETCH + _TAPS - 1]
            possible = np.flatnonzero(np.abs(part).max(axis=1) * _BOUND > self._highest)
            for channel in possible.tolist():
                between = sliding_window_view(part[channel], _TAPS) @ _ACROSS
                self._highest[channel] = max(self._highest[channel], float(np.abs(between).max()))
