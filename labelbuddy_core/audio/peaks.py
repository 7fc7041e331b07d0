"""The peaks pyramid: minimum and maximum of every 256 samples, and of ever longer stretches, for drawing waveforms.

File format LBPK, version 1: `LBPK`, the length of the header as uint32 (little-endian), the header as JSON
{version, sample_rate, frames, channels, levels: [{samples_per_bucket, offset, buckets}]}, zeros up to a multiple of
4096, then the levels back to back, finest first, each level four times as coarse as the one before, until at most
2048 buckets are left. A bucket is (minimum, maximum) as int8 for each channel; v stands for v/128 of full scale,
minima are floored and maxima ceiled, so that a peak is never drawn too small.
"""

from __future__ import annotations

import itertools
import math
import struct
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import orjson

from labelbuddy_core.audio.decoding import Block

BASE = 256
FACTOR = 4
COARSEST = 2048
_ALIGNMENT = 4096
_BATCH = 1 << 16

Buckets = npt.NDArray[np.int8]
"""Shape (buckets, channels, 2): minimum and maximum."""


class PeaksBuilder:
    """Takes blocks of samples as they are decoded and writes the pyramid at the end; memory does not grow."""

    def __init__(self, target: Path, sample_rate: int, channels: int) -> None:
        self._target = target
        self._sample_rate = sample_rate
        self._channels = channels
        self._finest_path = target.with_suffix(".finest")
        self._finest: BinaryIO = self._finest_path.open("wb")
        self._rest: Block = np.zeros((channels, 0), np.float32)
        self._frames = 0

    def add(self, block: Block) -> None:
        """Take samples of shape (channels, frames)."""
        self._frames += block.shape[1]
        if self._rest.shape[1]:
            block = np.concatenate([self._rest, block], axis=1)
        whole = block.shape[1] - block.shape[1] % BASE
        if whole:
            self._finest.write(_buckets(block[:, :whole].reshape(self._channels, -1, BASE)).tobytes())
        self._rest = block[:, whole:].copy()

    def finish(self) -> None:
        """Write the file at the target; nothing is there before this is complete."""
        if self._rest.shape[1]:
            self._finest.write(_buckets(self._rest[:, np.newaxis, :]).tobytes())
        self._finest.close()
        levels = _plan(-(-self._frames // BASE), self._channels)
        header = {
            "version": 1,
            "sample_rate": self._sample_rate,
            "frames": self._frames,
            "channels": self._channels,
            "levels": levels,
        }
        start = _data_start(header)
        for level in levels:
            level["offset"] += start
        part = self._target.with_suffix(".part")
        with part.open("w+b") as file:
            encoded = orjson.dumps(header)
            file.write((b"LBPK" + struct.pack("<I", len(encoded)) + encoded).ljust(start, b"\0"))
            with self._finest_path.open("rb") as finest:
                while chunk := finest.read(1 << 20):
                    file.write(chunk)
            for finer, coarser in itertools.pairwise(levels):
                _write_coarser(file, finer, coarser, self._channels)
        part.replace(self._target)
        self._finest_path.unlink()


def read_header(path: Path) -> dict[str, object]:
    """The header of a pyramid."""
    with path.open("rb") as file:
        magic, length = struct.unpack("<4sI", file.read(8))
        if magic != b"LBPK":
            raise ValueError(f"{path.name} is not a peaks pyramid")
        return orjson.loads(file.read(length))


def read_level(path: Path, index: int) -> Buckets:
    """One level of a pyramid, shape (buckets, channels, 2)."""
    header = read_header(path)
    level = header["levels"][index]  # type: ignore[index]
    channels = int(header["channels"])  # type: ignore[call-overload]
    count = level["buckets"] * channels * 2
    flat = np.fromfile(path, np.int8, count, offset=level["offset"])
    return flat.reshape(-1, channels, 2)


def amplitudes(path: Path, start: float, stop: float, points: int) -> list[float]:
    """The highest amplitude (0 … 1, all channels) in each of at most `points` equal parts of `start` to `stop` (s)."""
    header: Any = read_header(path)
    per_second = header["sample_rate"]
    fine = [
        number
        for number, level in enumerate(header["levels"])
        if (stop - start) * per_second / level["samples_per_bucket"] >= points
    ]
    index = fine[-1] if fine else 0
    per_bucket = header["levels"][index]["samples_per_bucket"] / per_second
    buckets = read_level(path, index)[int(start / per_bucket) : max(1, math.ceil(stop / per_bucket))]
    heights = np.abs(buckets.astype(np.int16)).max(axis=(1, 2)) / 128.0
    parts = np.array_split(heights, min(points, len(heights))) if len(heights) else []
    return [round(float(part.max()), 3) for part in parts]


def _buckets(samples: npt.NDArray[np.float32]) -> Buckets:
    """Minimum and maximum over the last axis of (channels, buckets, samples)."""
    low = np.floor(samples.min(axis=2) * 128.0)
    high = np.ceil(samples.max(axis=2) * 128.0)
    pairs = np.stack([low, high], axis=2).clip(-128, 127).astype(np.int8)
    return np.ascontiguousarray(pairs.transpose(1, 0, 2))


def _plan(buckets: int, channels: int) -> list[dict[str, int]]:
    levels, per_bucket, offset = [], BASE, 0
    while True:
        levels.append({"samples_per_bucket": per_bucket, "offset": offset, "buckets": buckets})
        offset += buckets * channels * 2
        if buckets <= COARSEST:
            return levels
        buckets, per_bucket = -(-buckets // FACTOR), per_bucket * FACTOR


def _data_start(header: dict[str, object]) -> int:
    # Offsets grow by the padding they cause; room for the digits that may add.
    needed = 8 + len(orjson.dumps(header)) + 16 * len(header["levels"])  # type: ignore[arg-type]
    return -(-needed // _ALIGNMENT) * _ALIGNMENT


def _write_coarser(file: BinaryIO, finer: dict[str, int], coarser: dict[str, int], channels: int) -> None:
    width = channels * 2
    for first in range(0, finer["buckets"], _BATCH):
        count = min(_BATCH, finer["buckets"] - first)
        file.seek(finer["offset"] + first * width)
        pairs = np.frombuffer(file.read(count * width), np.int8).reshape(count, channels, 2)
        if count % FACTOR:  # repeat the last bucket: it changes neither minimum nor maximum
            pairs = np.concatenate([pairs, np.repeat(pairs[-1:], FACTOR - count % FACTOR, axis=0)])
        grouped = pairs.reshape(-1, FACTOR, channels, 2)
        merged = np.stack([grouped[..., 0].min(axis=1), grouped[..., 1].max(axis=1)], axis=2)
        file.seek(coarser["offset"] + first // FACTOR * width)
        file.write(np.ascontiguousarray(merged).tobytes())
