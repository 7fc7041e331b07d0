"""Event files of TensorBoard, byte by byte; TensorBoard's own reader takes them."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

from labelbuddy_core.formats.tensorboard import Step, crc32c, event_file

BEGAN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def records(file: bytes) -> list[bytes]:
    """The data of a file's records, whose checksums are checked."""
    found = []
    while file:
        (length,) = struct.unpack("<Q", file[:8])
        data = file[12 : 12 + length]
        for content, kept in ((file[:8], file[8:12]), (data, file[12 + length : 16 + length])):
            value = crc32c(content)
            rotated = (value >> 15) | ((value << 17) & 0xFFFFFFFF)
            assert struct.unpack("<I", kept)[0] == (rotated + 0xA282EAD8) % 2**32
        found.append(data)
        file = file[16 + length :]
    return found


def test_the_checksum_is_that_of_rfc_3720() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(bytes(range(32))) == 0x46DD794E


def test_a_file_begins_with_its_version() -> None:
    (first,) = records(event_file(BEGAN, []))
    assert first == b"\x09" + struct.pack("<d", BEGAN.timestamp()) + b"\x1a\x0dbrain.Event:2"


def test_a_step_has_its_number_and_its_scalars() -> None:
    step = Step(300, BEGAN, {"loss": 0.5, "f1/höher": 0.25})
    _, data = records(event_file(BEGAN, [step]))
    name = "f1/höher".encode()
    values = b"\x0a\x0b\x0a\x04loss\x15" + struct.pack("<f", 0.5)
    values += b"\x0a" + bytes([len(name) + 7]) + b"\x0a" + bytes([len(name)]) + name + b"\x15" + struct.pack("<f", 0.25)
    head = b"\x09" + struct.pack("<d", BEGAN.timestamp()) + b"\x10\xac\x02"
    assert data == head + b"\x2a" + bytes([len(values)]) + values


def test_lengths_above_127_take_two_bytes() -> None:
    step = Step(1, BEGAN, {f"f1/label {number}": 0.0 for number in range(20)})
    _, data = records(event_file(BEGAN, [step]))
    length = len(data) - 14
    assert data[11:14] == bytes([0x2A, length & 0x7F | 0x80, length >> 7])
