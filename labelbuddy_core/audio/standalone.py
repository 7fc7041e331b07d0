"""What an editor without LabelBuddy's server needs of a recording, from one pass over its samples.

Beside what `ingest` makes there is a WAV file of all samples, 16 bits each: the browser reads stretches of it by byte
range, where it would ask the server for them. Run as `python -m labelbuddy_core.audio.standalone` by `sandbox`:
foreign bytes are decoded in a process of their own.
"""

from __future__ import annotations

import struct
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from labelbuddy_core.audio import sandbox, sandbox_server
from labelbuddy_core.audio.decoding import Block
from labelbuddy_core.audio.ingest import Derived, Progress, derive
from labelbuddy_core.errors import AudioProblem

SAMPLES_NAME = "samples.wav"
SAMPLES_OFFSET = 44
"""Bytes before the first sample."""
MAX_BYTES = (1 << 32) - (1 << 16)
"""Of all samples together: more than a WAV file's header can say."""


class SamplesFile:
    """Writes decoded blocks as a WAV file of 16 bits, whose header is always `SAMPLES_OFFSET` bytes long."""

    def __init__(self, target: Path) -> None:
        self._file = target.open("wb")
        self._file.write(bytes(SAMPLES_OFFSET))
        self._length = 0

    def __enter__(self) -> SamplesFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, block: Block) -> None:
        """Take samples of shape (channels, frames). Raises `AudioProblem` when they become too many."""
        data = np.clip(np.round(block.T * 32767.0), -32768, 32767).astype("<i2").tobytes()
        self._length += len(data)
        if self._length > MAX_BYTES:
            raise AudioProblem("The recording is too long for the editor: its samples fill more than 4 GB. Cut it.")
        self._file.write(data)

    def finish(self, sample_rate: int, channels: int) -> None:
        """Write the header."""
        frame = 2 * channels
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, sample_rate, frame * sample_rate, frame, 16)
        self._file.seek(0)
        self._file.write(b"RIFF" + struct.pack("<I", self._length + SAMPLES_OFFSET - 8) + b"WAVE")
        self._file.write(form + struct.pack("<4sI", b"data", self._length))


def prepare(source: Path, folder: Path, on_progress: Progress) -> Derived:
    """Write peaks, playback copy and samples into `folder`. Raises `AudioProblem`."""
    with SamplesFile(folder / SAMPLES_NAME) as samples:
        derived = derive(source, folder, on_progress, also=samples.add)
        samples.finish(derived.sample_rate, derived.channels)
    return derived


def prepare_isolated(source: Path, folder: Path, *, timeout: float, memory_bytes: int) -> Derived:
    """`prepare` in a child process with limits on time (seconds) and memory (bytes)."""
    request = {"source": str(source), "folder": str(folder)}
    return Derived(**sandbox.run(__spec__.name, request, timeout=timeout, memory_bytes=memory_bytes))


def main(request: dict[str, Any], on_progress: Progress) -> dict[str, Any]:
    """The child's side of `prepare_isolated`."""
    return asdict(prepare(Path(request["source"]), Path(request["folder"]), on_progress))


if __name__ == "__main__":
    sandbox_server.serve(main)
