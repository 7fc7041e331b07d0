"""Damaged audio files: real ones of every kind, changed by a seeded generator in the ways that break decoders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.encoding import encode

KINDS = ("wav", "flac", "mp3", "m4a", "aac", "ogg", "opus", "webm", "aiff")
_SECONDS = 0.25
_HEADER = 256
_EXTREMES = (b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80\x00\x00\x00")


def seeds(folder: Path) -> dict[str, bytes]:
    """A small valid file of every kind."""
    sound = synthesis.music(np.random.default_rng(0), _SECONDS)
    stereo = np.stack([sound, 0.3 * sound])
    made = {}
    for kind in KINDS:
        path = folder / f"seed.{kind}"
        encode([stereo if kind in ("wav", "mp3", "flac") else sound[np.newaxis]], _rate(kind), path)
        made[kind] = path.read_bytes()
    return made


def _rate(kind: str) -> int:
    return 48_000 if kind in ("opus", "webm") else synthesis.RATE


def damaged(valid: dict[str, bytes], seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """`count` inputs as (how it was made, bytes); the same seed gives the same inputs."""
    random = np.random.default_rng(seed)
    kinds = sorted(valid)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        data = bytearray(valid[kind])
        how = _WAYS[int(random.integers(len(_WAYS)))]
        other = valid[kinds[int(random.integers(len(kinds)))]]
        data = how(data, other, random)
        if random.random() < 0.3:
            data = _flip(data, other, random)
        yield f"{kind} {how.__name__.strip('_')} #{number}", bytes(data)


def _flip(data: bytearray, _other: bytes, random: np.random.Generator) -> bytearray:
    """Change a few bytes anywhere."""
    for at in random.integers(0, max(1, len(data)), int(random.integers(1, 40))):
        if at < len(data):
            data[at] = int(random.integers(256))
    return data


def _flip_header(data: bytearray, _other: bytes, random: np.random.Generator) -> bytearray:
    """Change a few bytes where sizes, rates and counts stand."""
    for at in random.integers(0, min(_HEADER, len(data)), int(random.integers(1, 12))):
        data[at] = int(random.integers(256))
    return data


def _extreme(data: bytearray, _other: bytes, random: np.random.Generator) -> bytearray:
    """Put the largest, smallest and most negative numbers into the header."""
    for at in random.integers(0, min(_HEADER, len(data) - 4), int(random.integers(1, 4))):
        data[at : at + 4] = _EXTREMES[int(random.integers(len(_EXTREMES)))]
    return data


def _cut(data: bytearray, _other: bytes, random: np.random.Generator) -> bytearray:
    """End too early."""
    return data[: int(random.integers(0, len(data)))]


def _gap(data: bytearray, _other: bytes, random: np.random.Generator) -> bytearray:
    """Lose a piece in the middle."""
    first, last = sorted(random.integers(0, len(data), 2).tolist())
    return data[:first] + data[last:]


def _repeat(data: bytearray, _other: bytes, random: np.random.Generator) -> bytearray:
    """Have a piece many times."""
    first, last = sorted(random.integers(0, len(data), 2).tolist())
    piece = data[first : min(last, first + 4000)]
    return data[:first] + piece * int(random.integers(2, 20)) + data[first:]


def _graft(data: bytearray, other: bytes, random: np.random.Generator) -> bytearray:
    """Begin like one kind of file and go on like another."""
    at = int(random.integers(4, min(len(data), 2000)))
    return data[:at] + other[at:]


def _noise(data: bytearray, _other: bytes, random: np.random.Generator) -> bytearray:
    """Keep the header; everything else is noise."""
    at = int(random.integers(12, _HEADER))
    return data[:at] + random.bytes(len(data) - at if len(data) > at else 100)


_WAYS = (_flip, _flip_header, _flip_header, _extreme, _extreme, _cut, _gap, _repeat, _graft, _noise)
