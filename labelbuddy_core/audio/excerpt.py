"""The stretch of a recording that a model receives: cut on the time line, mixed and resampled, as WAV or FLAC.

Run as `python -m labelbuddy_core.audio.excerpt` by `sandbox`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from labelbuddy_core.audio import sandbox, sandbox_server
from labelbuddy_core.audio.decoding import Block, Decoder

Progress = Callable[[float], None]


def write_excerpt(
    source: Path, target: Path, start: float, stop: float, *, sample_rate: int | None, channels: int | None
) -> int:
    """Write seconds `start` to `stop` of the recording as 16-bit WAV, or FLAC by the suffix of `target`.

    Returns the number of frames written.
    `sample_rate` (Hz) and `channels` (1 mixes all) None keep what the recording has. Raises `AudioProblem`.
    """
    with Decoder(source) as decoder:
        rate = decoder.format.sample_rate
        first, last = round(start * rate), round(stop * rate)
        mono = channels == 1
        out_rate, out_channels = sample_rate or rate, 1 if mono else decoder.format.channels
        resampler = soxr.ResampleStream(rate, out_rate, out_channels, dtype="float32") if out_rate != rate else None
        kind = "FLAC" if target.suffix == ".flac" else "WAV"
        written = at = 0
        with soundfile.SoundFile(target, "w", out_rate, out_channels, subtype="PCM_16", format=kind) as file:
            for block in decoder.blocks():
                wanted = _overlap(block, at, first, last)
                at += block.shape[1]
                if wanted is not None:
                    written += _write(file, wanted, mono, resampler, finish=False)
                if at >= last:
                    break
            if resampler is not None:
                written += _write(file, np.zeros((out_channels, 0), np.float32), False, resampler, finish=True)
        return written


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
    request = {
        "source": str(source),
        "target": str(target),
        "start": start,
        "stop": stop,
        "sample_rate": sample_rate,
        "channels": channels,
    }
    return sandbox.run(__spec__.name, request, timeout=timeout, memory_bytes=memory_bytes)["frames"]


def main(request: dict[str, Any], _on_progress: Progress) -> dict[str, Any]:
    """The child's side of `write_excerpt_isolated`."""
    frames = write_excerpt(
        Path(request["source"]),
        Path(request["target"]),
        request["start"],
        request["stop"],
        sample_rate=request["sample_rate"],
        channels=request["channels"],
    )
    return {"frames": frames}


if __name__ == "__main__":
    sandbox_server.serve(main)
