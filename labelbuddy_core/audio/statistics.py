"""What the samples of a recording are like: level, clipping, silence, offset from zero. Measured as blocks pass by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labelbuddy_core.audio.decoding import Block
from labelbuddy_core.audio.loudness import VERSION, LoudnessMeter
from labelbuddy_core.audio.true_peak import TruePeakMeter

CLIP_LEVEL = 0.999
"""Of full scale; lossy codecs round a clipped sample a little below 1."""
CLIP_SAMPLES = 3
"""Consecutive samples at full scale that count as clipped; fewer may be a true peak."""
SILENCE_DB = -60.0
"""dBFS, root mean square in 50 ms of all channels."""
SILENCE_SECONDS = 0.5
_FRAME_SECONDS = 0.05
MAX_SPANS = 1000

Span = tuple[float, float]


class StatisticsMeter:
    """Takes blocks of samples and sums them up."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._rate = sample_rate
        self._loudness = LoudnessMeter(sample_rate, channels)
        self._true_peak = TruePeakMeter(sample_rate, channels)
        self._frames = 0
        self._peak = np.zeros(channels)
        self._squares = np.zeros(channels)
        self._sums = np.zeros(channels)
        self._clipping = _Clipping(sample_rate, channels)
        self._silence = _Silence(sample_rate)

    def add(self, block: Block) -> None:
        """Take samples of shape (channels, frames)."""
        self._frames += block.shape[1]
        self._peak = np.maximum(self._peak, np.abs(block).max(axis=1, initial=0.0))
        self._squares += np.einsum("ij,ij->i", block, block, dtype=np.float64)
        self._sums += block.sum(axis=1, dtype=np.float64)
        self._loudness.add(block)
        self._true_peak.add(block)
        self._clipping.add(block)
        self._silence.add(block)

    def summary(self) -> dict[str, object]:
        """JSON values: dBFS by channel (true peaks: dBTP), loudness in LUFS, up to 1,000 spans of a kind in seconds."""
        frames = max(1, self._frames)
        clipped, silent = self._clipping.finish(), self._silence.finish()
        loudness = self._loudness.integrated()
        return {
            "loudness": None if loudness is None else round(loudness, 2),
            "loudness_version": VERSION,
            "peak": [_decibels(peak) for peak in self._peak],
            "true_peak": [_decibels(peak) for peak in self._true_peak.peaks()],
            "level": [_decibels(np.sqrt(squares / frames)) for squares in self._squares],
            "offset": [round(float(total / frames), 5) for total in self._sums],
            "clipped_samples": self._clipping.samples,
            "clipped": clipped,
            "silent_seconds": round(self._silence.seconds, 3),
            "silent": silent,
        }


def _decibels(amplitude: float) -> float | None:
    """dBFS, or None for nothing at all."""
    return None if amplitude <= 0.0 else round(float(20.0 * np.log10(amplitude)), 2)


class _Clipping:
    """Runs of samples at full scale, in any channel, joined when they are less than 10 ms apart."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._rate = sample_rate
        self._run = np.zeros(channels, np.int64)
        self._at = 0
        self._spans: list[list[int]] = []
        self.samples = 0

    def add(self, block: Block) -> None:
        high = np.abs(block) >= CLIP_LEVEL
        if high.any() or self._run.any():
            for channel, row in enumerate(high):
                self._take(channel, row)
        self._at += block.shape[1]

    def _take(self, channel: int, row: npt.NDArray[np.bool_]) -> None:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]])))
        carried, self._run[channel] = int(self._run[channel]), 0
        for number, (begin, end) in enumerate(edges.reshape(-1, 2).tolist()):
            before = carried if number == 0 and begin == 0 else 0
            if end == len(row):  # it may go on in the next block
                self._run[channel] = before + end - begin
            elif before + end - begin >= CLIP_SAMPLES:
                self._found(self._at + begin - before, self._at + end)
            if number == 0 and begin == 0:
                carried = 0
        if carried >= CLIP_SAMPLES:
            self._found(self._at - carried, self._at)

    def _found(self, begin: int, end: int) -> None:
        self.samples += end - begin
        near = round(0.01 * self._rate)
        if self._spans and begin - self._spans[-1][1] <= near and end >= self._spans[-1][0]:
            self._spans[-1][0] = min(self._spans[-1][0], begin)
            self._spans[-1][1] = max(self._spans[-1][1], end)
        elif len(self._spans) < MAX_SPANS:
            self._spans.append([begin, end])

    def finish(self) -> list[Span]:
        for run in self._run.tolist():
            if run >= CLIP_SAMPLES:
                self._found(self._at - run, self._at)
        self._run[:] = 0
        return sorted((round(begin / self._rate, 6), round(end / self._rate, 6)) for begin, end in self._spans)


class _Silence:
    """Stretches of at least half a second in which every 50 ms is below −60 dBFS."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._size = max(1, round(_FRAME_SECONDS * sample_rate))
        self._rest = np.zeros(0)
        self._quiet: list[npt.NDArray[np.bool_]] = []
        self._frames = 0
        self.seconds = 0.0

    def add(self, block: Block) -> None:
        self._frames += block.shape[1]
        power = np.concatenate([self._rest, np.mean(block.astype(np.float64) ** 2, axis=0)])
        whole = len(power) - len(power) % self._size
        self._quiet.append(self._is_quiet(power[:whole].reshape(-1, self._size)))
        self._rest = power[whole:]

    def _is_quiet(self, power: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        return power.mean(axis=1) < 10.0 ** (SILENCE_DB / 10.0)

    def finish(self) -> list[Span]:
        if len(self._rest):
            self._quiet.append(self._is_quiet(self._rest[np.newaxis]))
            self._rest = np.zeros(0)
        quiet = np.concatenate([[False], *self._quiet, [False]])
        edges = np.flatnonzero(np.diff(quiet.astype(np.int8))).reshape(-1, 2)
        spans: list[Span] = []
        for begin, end in edges.tolist():
            start, stop = begin * self._size / self._rate, min(end * self._size, self._frames) / self._rate
            if stop - start >= SILENCE_SECONDS:
                self.seconds += stop - start
                if len(spans) < MAX_SPANS:
                    spans.append((round(start, 6), round(stop, 6)))
        return spans
