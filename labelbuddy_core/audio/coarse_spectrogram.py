"""The zoomed-out levels of a spectrogram, made once while a recording is analyzed, in one file.

File format LBSP, version 1: `LBSP`, the length of the header as uint32 (little-endian), the header as JSON
{version, levels: {scale: {level: [[offset, length], …]}}} with offsets from the end of the header, then the tiles.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from labelbuddy_core.audio.decoding import Block
from labelbuddy_core.audio.spectrogram import (
    COARSE_LEVEL,
    COLUMNS,
    ROWS,
    Power,
    Scale,
    column_power,
    encode_tile,
    halved,
    highest_level,
    hop,
    reach,
    to_gray,
)

MAGIC = b"LBSP"
_COLUMNS_AT_ONCE = 32

ReadRange = Callable[[int, int], bytes]


class CoarseSpectrogramBuilder:
    """Takes blocks of samples in order; memory does not grow with the length."""

    def __init__(self, target: Path, sample_rate: int, channels: int, frames: int) -> None:
        self._target = target
        self._rate = sample_rate
        self._levels = range(COARSE_LEVEL, highest_level(frames) + 1)
        self._reach = reach(sample_rate)
        self._held: list[Block] = [np.zeros((channels, self._reach), np.float32)]
        self._length = self._reach
        self._tiles_path = target.with_suffix(".tiles")
        self._tiles = self._tiles_path.open("wb")
        self._index: dict[str, dict[str, list[list[int]]]] = {
            scale.value: {str(level): [] for level in self._levels} for scale in Scale
        }
        self._columns: dict[tuple[Scale, int], Power] = {}

    def add(self, block: Block) -> None:
        """Take samples of shape (channels, frames)."""
        if not self._levels:
            return
        self._held.append(block)
        self._length += block.shape[1]
        needed = _COLUMNS_AT_ONCE * hop(COARSE_LEVEL)
        while self._length >= needed + 2 * self._reach:
            self._take(np.concatenate(self._held, axis=1), _COLUMNS_AT_ONCE)

    def _take(self, samples: Block, columns: int) -> None:
        step = columns * hop(COARSE_LEVEL)
        powers = column_power(
            samples[:, : step + 2 * self._reach], self._rate, tuple(Scale), hop(COARSE_LEVEL), self._reach
        )
        for scale, power in powers.items():
            self._append(scale, COARSE_LEVEL, power)
        self._held = [samples[:, step:]]
        self._length = self._held[0].shape[1]

    def _append(self, scale: Scale, level: int, power: Power) -> None:
        waiting = self._columns.get((scale, level))
        joined = power if waiting is None else np.concatenate([waiting, power])
        while len(joined) >= COLUMNS:
            self._write(scale, level, joined[:COLUMNS])
            joined = joined[COLUMNS:]
        self._columns[scale, level] = joined

    def _write(self, scale: Scale, level: int, power: Power) -> None:
        """Write a tile, and hand its columns on to the next coarser level."""
        tile = encode_tile(to_gray(power))
        self._index[scale][str(level)].append([self._tiles.tell(), len(tile)])
        self._tiles.write(tile)
        if level + 1 in self._levels:
            self._append(scale, level + 1, halved(power))

    def finish(self) -> bool:
        """Write the file; False when the recording is so short that it needs none."""
        if self._levels:
            self._finish_columns()
        self._tiles.close()
        if self._levels:
            header = orjson.dumps({"version": 1, "levels": self._index})
            part = self._target.with_suffix(".part")
            with part.open("wb") as file, self._tiles_path.open("rb") as tiles:
                file.write(MAGIC + struct.pack("<I", len(header)) + header)
                shutil.copyfileobj(tiles, file, 1 << 20)
            part.replace(self._target)
        self._tiles_path.unlink()
        return bool(self._levels)

    def _finish_columns(self) -> None:
        left = self._length - self._reach
        if left > 0:
            columns = -(-left // hop(COARSE_LEVEL))
            missing = columns * hop(COARSE_LEVEL) + 2 * self._reach - self._length
            samples = np.concatenate(self._held, axis=1)
            self._take(np.pad(samples, ((0, 0), (0, missing))), columns)
        for level in self._levels:
            for scale in Scale:
                rest = self._columns.get((scale, level))
                if rest is not None and len(rest):
                    silence = np.zeros((COLUMNS - len(rest), ROWS), np.float32)
                    self._write(scale, level, np.concatenate([rest, silence]))


def read_index(read: ReadRange) -> tuple[int, dict[str, Any]]:
    """(offset of the first tile, levels by scale) of a file whose bytes `read(start, stop)` gives."""
    head = read(0, 65536)
    if head[:4] != MAGIC:
        raise ValueError("not a coarse spectrogram")
    (length,) = struct.unpack_from("<I", head, 4)
    header = head[8 : 8 + length] if len(head) >= 8 + length else read(8, 8 + length)
    return 8 + length, orjson.loads(header)["levels"]


def read_tile(read: ReadRange, scale: Scale, level: int, tile: int) -> bytes | None:
    """A tile as WebP, or None when the file has no such tile."""
    start, levels = read_index(read)
    tiles = levels[scale.value].get(str(level), [])
    if not 0 <= tile < len(tiles):
        return None
    offset, length = tiles[tile]
    return read(start + offset, start + offset + length)
