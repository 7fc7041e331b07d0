"""The stretches of a recording that a model receives: cut on the time line, mixed and resampled, as WAV or FLAC.

Run as `python -m labelbuddy_core.audio.excerpt` by `sandbox`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from labelbuddy_core.audio import sandbox, sandbox_server
from labelbuddy_core.audio.decoding import Block, Decoder
from labelbuddy_core.audio.exact_files import exact_file, read_samples

Progress = Callable[[float], None]

_BLOCK_FRAMES = 1 << 17

Reading = Callable[[Path, Sequence["_Wanted"]], bool]
"""Reads the wanted stretches of a source, or says that it cannot."""


@dataclass(frozen=True)
class Stretch:
    """Seconds `start` to `stop` of a recording, to be written to `target` (WAV, or FLAC by its suffix)."""

    target: Path
    start: float
    stop: float


def write_excerpts(
    source: Path, stretches: Sequence[Stretch], *, sample_rate: int | None, channels: int | None
) -> list[int]:
    """Write stretches of a recording, in the order of their beginnings, as 16-bit files; the source is read once.

    Returns the number of frames of each. `sample_rate` (Hz) and `channels` (1 mixes all) None keep what the recording
    has. Raises `AudioProblem`.
    """
    for read in (_from_exact_file, _from_the_beginning):
        frames = _written(read, source, stretches, sample_rate, channels)
        if frames is not None:
            return frames
    raise AssertionError("decoding suits every source")


def _written(
    read: Reading, source: Path, stretches: Sequence[Stretch], sample_rate: int | None, channels: int | None
) -> list[int] | None:
    """The frames of each stretch; None when this way of reading does not suit the source."""
    wanted = [_Wanted(stretch, sample_rate, mono=channels == 1) for stretch in stretches]
    try:
        suits = read(source, wanted)
    finally:
        frames = [one.finish() for one in wanted]
    return frames if suits else None


class _Wanted:
    """One stretch on its way into its file."""

    def __init__(self, stretch: Stretch, sample_rate: int | None, *, mono: bool) -> None:
        self._stretch, self._sample_rate, self._mono = stretch, sample_rate, mono
        self._file: soundfile.SoundFile | None = None
        self._resampler: soxr.ResampleStream | None = None
        self._written = 0
        self.first = self.last = 0

    def open(self, rate: int, channels: int) -> None:
        """Begin the file; the source has `channels` at `rate` Hz, and the stretch lies from `first` to `last` in it."""
        self.first, self.last = round(self._stretch.start * rate), round(self._stretch.stop * rate)
        out_rate, out_channels = self._sample_rate or rate, 1 if self._mono else channels
        if out_rate != rate:
            self._resampler = soxr.ResampleStream(rate, out_rate, out_channels, dtype="float32")
        target = self._stretch.target
        kind = "FLAC" if target.suffix == ".flac" else "WAV"
        self._file = soundfile.SoundFile(target, "w", out_rate, out_channels, subtype="PCM_16", format=kind)

    def take(self, block: Block, at: int) -> None:
        """Write what of a block that begins at sample `at` belongs to the stretch."""
        begin, end = max(self.first - at, 0), min(self.last - at, block.shape[1])
        if begin < end:
            samples = block[:, begin:end]
            self._write((_mixed(samples) if self._mono else samples).T, finish=False)

    def finish(self) -> int:
        """End the file; returns its frames."""
        if self._file is not None:
            if self._resampler is not None:
                self._write(np.zeros((0, self._file.channels), np.float32), finish=True)
            self._file.close()
        return self._written

    def _write(self, samples: Block, *, finish: bool) -> None:
        assert self._file is not None
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(np.ascontiguousarray(samples), last=finish)
        # what libsndfile does with floats, in a quarter of the time
        self._file.write(np.rint(np.clip(samples, -1.0, 1.0) * np.float32(32767)).astype(np.int16))
        self._written += len(samples)


def _from_exact_file(source: Path, wanted: Sequence[_Wanted]) -> bool:
    """Read the stretches where libsndfile finds any sample; False for other files, and for what it does not read."""
    try:
        with exact_file(source) as file:
            if file is None:
                return False
            for one in wanted:
                one.open(file.samplerate, file.channels)
            if max(one.last for one in wanted) > file.frames:
                return False  # its header tells less than it holds: decoding finds out
            return all(_all_read(file, one) for one in wanted)
    except soundfile.LibsndfileError:
        return False


def _all_read(file: soundfile.SoundFile, one: _Wanted) -> bool:
    file.seek(one.first)
    for at in range(one.first, one.last, _BLOCK_FRAMES):
        frames = min(_BLOCK_FRAMES, one.last - at)
        block = read_samples(file, frames)
        if block.shape[1] < frames:
            return False
        one.take(block, at)
    return True


def _from_the_beginning(source: Path, wanted: Sequence[_Wanted]) -> bool:
    """Decode as far as the last stretch; True, for there is no other way."""
    with Decoder(source) as decoder:
        for one in wanted:
            one.open(decoder.format.sample_rate, decoder.format.channels)
        at, end = 0, max(one.last for one in wanted)
        for block in decoder.blocks():
            for one in wanted:
                one.take(block, at)
            at += block.shape[1]
            if at >= end:
                break
    return True


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
    """`write_excerpts` of one stretch in a child process with limits on time (seconds) and memory (bytes)."""
    return write_excerpts_isolated(
        source,
        [Stretch(target, start, stop)],
        sample_rate=sample_rate,
        channels=channels,
        timeout=timeout,
        memory_bytes=memory_bytes,
    )[0]


def write_excerpts_isolated(
    source: Path,
    stretches: Sequence[Stretch],
    *,
    sample_rate: int | None,
    channels: int | None,
    timeout: float,
    memory_bytes: int,
) -> list[int]:
    """`write_excerpts` in a child process with limits on time (seconds) and memory (bytes)."""
    request = {
        "source": str(source),
        "stretches": [[str(one.target), one.start, one.stop] for one in stretches],
        "sample_rate": sample_rate,
        "channels": channels,
    }
    return sandbox.run(__spec__.name, request, timeout=timeout, memory_bytes=memory_bytes)["frames"]


def main(request: dict[str, Any], _on_progress: Progress) -> dict[str, Any]:
    """The child's side of `write_excerpts_isolated`."""
    stretches = [Stretch(Path(target), start, stop) for target, start, stop in request["stretches"]]
    frames = write_excerpts(
        Path(request["source"]), stretches, sample_rate=request["sample_rate"], channels=request["channels"]
    )
    return {"frames": frames}


if __name__ == "__main__":
    sandbox_server.serve(main)
