"""Stretches of a recording, as models receive and releases hold them: cut on the time line, mixed and resampled, as
WAV or FLAC.

Run as `python -m labelbuddy_core.audio.excerpt` by `sandbox`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from labelbuddy_core.audio import sandbox, sandbox_server
from labelbuddy_core.audio.decoding import Block, Decoder

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Cut:
    """A stretch of a recording (seconds) and the file that it is written to: WAV, or FLAC by the suffix."""

    target: Path
    start: float
    stop: float


def write_excerpt(
    source: Path, target: Path, start: float, stop: float, *, sample_rate: int | None, channels: int | None
) -> int:
    """Write seconds `start` to `stop` of the recording as 16-bit WAV, or FLAC by the suffix of `target`.

    Returns the number of frames written.
    `sample_rate` (Hz) and `channels` (1 mixes all) None keep what the recording has. Raises `AudioProblem`.
    """
    return write_excerpts(source, [Cut(target, start, stop)], sample_rate=sample_rate, channels=channels)


def write_excerpts(source: Path, cuts: Sequence[Cut], *, sample_rate: int | None, channels: int | None) -> int:
    """`write_excerpt` for many stretches of a recording, which is decoded once; returns the frames of all together."""
    with Decoder(source) as decoder:
        rate, mono = decoder.format.sample_rate, channels == 1
        shape = _Shape(rate, sample_rate or rate, 1 if mono else decoder.format.channels, mono)
        waiting = deque(sorted(cuts, key=lambda cut: cut.start))
        writing: list[_Writing] = []
        written = at = 0
        for block in decoder.blocks():
            while waiting and round(waiting[0].start * rate) < at + block.shape[1]:
                writing.append(_Writing(waiting.popleft(), shape))
            for one in writing:
                one.take(block, at)
            at += block.shape[1]
            written += sum(one.finish() for one in writing if one.last <= at)
            writing = [one for one in writing if one.last > at]
            if not writing and not waiting:
                break
        return written + sum(one.finish() for one in [*writing, *(_Writing(cut, shape) for cut in waiting)])


@dataclass(frozen=True)
class _Shape:
    """What samples are like before and after."""

    rate: int
    out_rate: int
    channels: int
    mono: bool


class _Writing:
    """A file being written; frames `first` to `last` of the recording go into it."""

    def __init__(self, cut: Cut, shape: _Shape) -> None:
        self.first, self.last = round(cut.start * shape.rate), round(cut.stop * shape.rate)
        self._shape = shape
        self._resampler = (
            soxr.ResampleStream(shape.rate, shape.out_rate, shape.channels, dtype="float32")
            if shape.out_rate != shape.rate
            else None
        )
        kind = "FLAC" if cut.target.suffix == ".flac" else "WAV"
        self._file = soundfile.SoundFile(cut.target, "w", shape.out_rate, shape.channels, subtype="PCM_16", format=kind)
        self._written = 0

    def take(self, block: Block, at: int) -> None:
        """Write what is wanted of a block that begins at frame `at`."""
        wanted = _overlap(block, at, self.first, self.last)
        if wanted is not None:
            self._written += _write(self._file, wanted, self._shape.mono, self._resampler, finish=False)

    def finish(self) -> int:
        """Close the file; returns how many frames are in it."""
        if self._resampler is not None:
            nothing = np.zeros((self._shape.channels, 0), np.float32)
            self._written += _write(self._file, nothing, False, self._resampler, finish=True)
        self._file.close()
        return self._written


def _overlap(block: Block, at: int, first: int, last: int) -> Block | None:
    begin, end = max(first - at, 0), min(last - at, block.shape[1])
    return block[:, begin:end] if begin < end else None


def _write(
    file: soundfile.SoundFile, block: Block, mono: bool, resampler: soxr.ResampleStream | None, *, finish: bool
) -> int:
    samples = (_mixed(block) if mono else block).T
    if resampler is not None:
        samples = resampler.resample_chunk(np.ascontiguousarray(samples), last=finish)
    file.write(np.clip(samples, -1.0, 1.0))
    return len(samples)


def _mixed(block: Block) -> Block:
    """The mean of the channels. Decoded channels lie interleaved, where `numpy.mean` takes ten times as long."""
    mixed = block[0].copy()
    for channel in block[1:]:
        mixed += channel
    return mixed[None] / np.float32(len(block))


def write_excerpt_isolated(
    source: Path,
    target: Path,
    start: float,
    stop: float,
    *,
    sample_rate: int | None,
    channels: int | None,
    timeout: float,
    memory_bytes: int,
) -> int:
    """`write_excerpt` in a child process with limits on time (seconds) and memory (bytes)."""
    return write_excerpts_isolated(
        source,
        [Cut(target, start, stop)],
        sample_rate=sample_rate,
        channels=channels,
        timeout=timeout,
        memory_bytes=memory_bytes,
    )


def write_excerpts_isolated(
    source: Path,
    cuts: Sequence[Cut],
    *,
    sample_rate: int | None,
    channels: int | None,
    timeout: float,
    memory_bytes: int,
) -> int:
    """`write_excerpts` in a child process with limits on time (seconds) and memory (bytes)."""
    request = {
        "source": str(source),
        "cuts": [[str(cut.target), cut.start, cut.stop] for cut in cuts],
        "sample_rate": sample_rate,
        "channels": channels,
    }
    return sandbox.run(__spec__.name, request, timeout=timeout, memory_bytes=memory_bytes)["frames"]


def main(request: dict[str, Any], _on_progress: Progress) -> dict[str, Any]:
    """The child's side of `write_excerpts_isolated`."""
    frames = write_excerpts(
        Path(request["source"]),
        [Cut(Path(target), start, stop) for target, start, stop in request["cuts"]],
        sample_rate=request["sample_rate"],
        channels=request["channels"],
    )
    return {"frames": frames}


if __name__ == "__main__":
    sandbox_server.serve(main)
