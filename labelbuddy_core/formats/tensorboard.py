"""Event files of TensorBoard, written without TensorFlow: scalars over steps.

A file is a row of records (TensorFlow's TFRecord): length, checksum of the length, data, checksum of the data;
checksums are CRC-32C, rotated and moved by a constant. The data are `Event` messages of Protocol Buffers: wall time
(field 1), step (2), and either the version of the file (3) or a summary (5) of values with a tag (1) and a number (2).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

_VERSION = b"brain.Event:2"
_POLYNOMIAL = 0x82F63B78
_MASK = 0xA282EAD8


@dataclass(frozen=True)
class Step:
    """What was measured at a step."""

    number: int
    at: datetime
    scalars: Mapping[str, float]


def event_file(began: datetime, steps: Iterable[Step]) -> bytes:
    """The file; `began` is the time of its first record. Times know their zone."""
    records = [_record(_time(began) + _bytes(3, _VERSION))]
    for step in steps:
        values = b"".join(
            _bytes(1, _bytes(1, tag.encode()) + b"\x15" + struct.pack("<f", value))
            for tag, value in step.scalars.items()
        )
        records.append(_record(_time(step.at) + b"\x10" + _varint(step.number) + _bytes(5, values)))
    return b"".join(records)


def crc32c(data: bytes) -> int:
    """CRC-32C (Castagnoli)."""
    value = 0xFFFFFFFF
    for byte in data:
        value = _TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", _masked(length)) + data + struct.pack("<I", _masked(data))


def _masked(data: bytes) -> int:
    value = crc32c(data)
    return ((value >> 15 | value << 17) + _MASK) & 0xFFFFFFFF


def _time(moment: datetime) -> bytes:
    return b"\x09" + struct.pack("<d", moment.timestamp())


def _bytes(field: int, content: bytes) -> bytes:
    return bytes([field << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _table() -> list[int]:
    found = []
    for number in range(256):
        value = number
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        found.append(value)
    return found


_TABLE = _table()
