"""The recordings that the audio benchmarks use: music in stereo at 44.1 kHz, the same for everybody who runs them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.decoding import Block
from labelbuddy_core.audio.encoding import encode

LENGTHS = {"30 s": 30, "5 min": 300, "1 h": 3600, "6 h": 21_600}

ENCODED = 4320
"""Seconds that are really encoded to MP3; longer files have their packets several times."""


def write(path: Path, seconds: int, *, variable: bool = False) -> Path:
    """A recording of so many seconds, encoded by the suffix of `path`; 30 s of music again and again."""
    part = np.stack([synthesis.music(np.random.default_rng(seed), 30.0) for seed in (1, 2)])

    def blocks(length: int) -> Iterator[Block]:
        for _ in range(length // 30):
            yield part

    if path.suffix != ".mp3" or seconds <= ENCODED:
        encode(blocks(seconds), synthesis.RATE, path, variable=variable)
        return path
    with tempfile.TemporaryDirectory() as folder:
        once = Path(folder) / path.name
        encode(blocks(ENCODED), synthesis.RATE, once, variable=variable)
        repeat(once, path, seconds // ENCODED)
    return path


def repeat(source: Path, path: Path, times: int) -> None:
    """A file with the packets of `source` again and again: what encoding all of it would take an hour for."""
    with av.open(str(source)) as reading, av.open(str(path), "w", format="mp3") as writing:
        stream = writing.add_stream_from_template(reading.streams.audio[0])
        packets = [(bytes(packet), packet.duration) for packet in reading.demux(audio=0) if packet.size]
        time_base, at = reading.streams.audio[0].time_base, 0
        for data, duration in packets * times:
            packet = av.Packet(data)
            packet.stream, packet.time_base, packet.pts, packet.dts = stream, time_base, at, at
            packet.duration = duration or 0
            at += packet.duration
            writing.mux(packet)
