"""A copy that every browser plays: AAC in MP4, at most two channels, on the same time line.

For browsers that refuse the usual copy. Run as `python -m labelbuddy_core.audio.compatible_copy` by `sandbox`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from labelbuddy_core.audio import sandbox, sandbox_server
from labelbuddy_core.audio.alignment import Excerpts, is_aligned
from labelbuddy_core.audio.decoding import Block, Decoder
from labelbuddy_core.audio.playback import AacCopy
from labelbuddy_core.errors import AudioProblem

COPY_NAME = "compatible.m4a"
MEDIA_TYPE = "audio/mp4"
_RATES = frozenset({16_000, 22_050, 24_000, 32_000, 44_100, 48_000})
_OTHER_RATE = 48_000

Progress = Callable[[float], None]


def make(source: Path, target: Path, frames: int, on_progress: Progress) -> None:
    """Decode `source` (of `frames` samples) and write the copy.

    Raises `AudioProblem` also when the copy would not be on the time line within 5 ms.
    """
    with Decoder(source) as decoder:
        found = decoder.format
        rate = found.sample_rate if found.sample_rate in _RATES else _OTHER_RATE
        channels = min(found.channels, 2) if found.channels <= 2 else 1
        copy = AacCopy(target, replace(found, sample_rate=rate, channels=channels))
        excerpts = Excerpts(rate)
        for block in _resampled(decoder.blocks(), found.sample_rate, rate, channels):
            if block.shape[1]:
                copy.add(block)
                excerpts.add(block)
            on_progress(min(1.0, decoder.frames / max(1, frames)))
        copy.finish()
    if not is_aligned(target, excerpts):
        target.unlink()
        raise AudioProblem("No copy of this recording could be made that keeps its time exactly; use another browser.")


def _resampled(blocks: Iterator[Block], rate: int, wanted: int, channels: int) -> Iterator[Block]:
    """Blocks at another rate; more than two channels become one, so that each is heard."""
    resampler = soxr.ResampleStream(rate, wanted, channels, dtype="float32") if rate != wanted else None
    for block in blocks:
        few = block.mean(axis=0, keepdims=True) if block.shape[0] > 2 else block
        if resampler is None:
            yield few
        else:
            yield _channels_first(resampler.resample_chunk(_samples_first(few, channels)), channels)
    if resampler is not None:
        nothing = np.zeros((0, channels) if channels > 1 else 0, np.float32)
        yield _channels_first(resampler.resample_chunk(nothing, last=True), channels)


def _samples_first(block: Block, channels: int) -> Any:
    return np.ascontiguousarray(block.T) if channels > 1 else block[0]


def _channels_first(samples: Any, channels: int) -> Block:
    return np.ascontiguousarray(samples.T) if channels > 1 else samples[np.newaxis]


def make_isolated(
    source: Path, target: Path, frames: int, *, timeout: float, memory_bytes: int, on_progress: Progress
) -> None:
    """`make` in a child process with limits on time (seconds) and memory (bytes)."""
    request = {"source": str(source), "target": str(target), "frames": frames}
    sandbox.run(__spec__.name, request, timeout=timeout, memory_bytes=memory_bytes, on_progress=on_progress)


def main(request: dict[str, Any], on_progress: Progress) -> dict[str, Any]:
    """The child's side of `make_isolated`."""
    make(Path(request["source"]), Path(request["target"]), request["frames"], on_progress)
    return {}


if __name__ == "__main__":
    sandbox_server.serve(main)
