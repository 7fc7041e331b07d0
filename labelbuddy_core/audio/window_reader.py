"""The child process behind `decoder_pool`: reads stretches of recordings until its standard input closes.

Each request is a JSON line {kind, path, …}; the answer is a JSON line {length} followed by that many bytes, or
{problem}. Run as `python -m labelbuddy_core.audio.window_reader MEMORY_BYTES`.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import scipy.fft  # noqa: F401 (as the reader starts, not with its first tile)

from labelbuddy_core.audio import spectrogram
from labelbuddy_core.audio.spectrogram import COLUMNS, Scale
from labelbuddy_core.audio.windows import read_window
from labelbuddy_core.errors import AudioProblem


def pcm(request: dict[str, Any]) -> bytes:
    """Samples `start` to `stop` as int16, little-endian, one frame of all channels after the other."""
    block = read_window(Path(request["path"]), request["start"], request["stop"])
    return np.ascontiguousarray(np.clip(np.round(block.T * 32767.0), -32768, 32767).astype("<i2")).tobytes()


def tile(request: dict[str, Any]) -> bytes:
    """A spectrogram tile as WebP."""
    rate, scale = request["sample_rate"], Scale(request["scale"])
    column_hop, before = spectrogram.hop(request["level"]), spectrogram.reach(request["sample_rate"])
    start = request["tile"] * COLUMNS * column_hop - before
    stop = start + COLUMNS * column_hop + 2 * before
    block = read_window(Path(request["path"]), max(0, start), stop)
    if request["channel"] is not None:
        block = block[request["channel"] : request["channel"] + 1]
    if start < 0:
        block = np.pad(block, ((0, 0), (-start, 0)))
    power = spectrogram.column_power(block, rate, (scale,), column_hop, before)[scale]
    return spectrogram.encode_tile(spectrogram.to_gray(power))


def zero_crossings(request: dict[str, Any]) -> bytes:
    """Times in seconds, as JSON, where the mean of the channels crosses zero, between samples by interpolation."""
    mono = read_window(Path(request["path"]), request["start"], request["stop"]).mean(axis=0).astype(np.float64)
    at = np.flatnonzero((mono[:-1] < 0) != (mono[1:] < 0))
    exact = at + mono[at] / (mono[at] - mono[at + 1])
    return orjson.dumps(np.round((request["start"] + exact) / request["sample_rate"], 6).tolist())


CODE: dict[str, Callable[[dict[str, Any]], bytes]] = {"pcm": pcm, "tile": tile, "zero_crossings": zero_crossings}


def main(memory_bytes: int) -> None:
    """Answer requests."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    out = sys.stdout.buffer
    while line := sys.stdin.buffer.readline():
        request = orjson.loads(line)
        try:
            data = CODE[request["kind"]](request)
        except AudioProblem as problem:
            out.write(orjson.dumps({"problem": problem.detail}) + b"\n")
        except OSError as error:
            out.write(orjson.dumps({"problem": f"The audio cannot be read: {error.strerror or error}."}) + b"\n")
        except MemoryError:
            os._exit(99)
        else:
            out.write(orjson.dumps({"length": len(data)}) + b"\n" + data)
        out.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
