"""Read a TensorFlow V2 checkpoint with numpy only, every tensor checked by its CRC-32C.

The index is a LevelDB table of protobuf messages (tensorflow/core/protobuf/tensor_bundle.proto and
leveldb/doc/table_format.md describe both); the data file holds the tensors' bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_MAGIC = 0xDB4775248B80FB57
_TYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8"}
_POLYNOMIAL = 0x82F63B78


class CheckpointError(ValueError):
    """The bytes are not a checkpoint, or are damaged."""


@dataclass(frozen=True)
class _Entry:
    dtype: str
    shape: tuple[int, ...]
    offset: int
    size: int
    checksum: int


def read_checkpoint(index: bytes, data: bytes) -> dict[str, npt.NDArray[np.float32]]:
    """The tensors of a checkpoint by name. Raises `CheckpointError` for damaged bytes."""
    if len(index) < 48 or struct.unpack("<Q", index[-8:])[0] != _MAGIC:
        raise CheckpointError("this is not the index of a TensorFlow checkpoint")
    try:
        return dict(_tensors(index, data))
    except (struct.error, IndexError, UnicodeDecodeError):
        raise CheckpointError("the index of the checkpoint is damaged") from None


def _tensors(index: bytes, data: bytes) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    footer, at = index[-48:], 0
    for _ in range(2):
        _, at = _varint(footer, at)
    offset, at = _varint(footer, at)
    size, _ = _varint(footer, at)
    for _, handle in _block(index, offset, size):
        start, at = _varint(handle, 0)
        length, _ = _varint(handle, at)
        for key, value in _block(index, start, length):
            if key:
                yield key.decode(), _tensor(key.decode(), _entry(value), data)


def _tensor(name: str, entry: _Entry, data: bytes) -> npt.NDArray[np.float32]:
    raw = data[entry.offset : entry.offset + entry.size]
    if _masked_crc(raw) != entry.checksum:
        raise CheckpointError(f"the tensor {name} is damaged")
    return np.frombuffer(raw, entry.dtype).reshape(entry.shape).copy()


def _entry(message: bytes) -> _Entry:
    fields = dict.fromkeys(range(1, 7), 0)
    shape: tuple[int, ...] = ()
    for number, value in _fields(message):
        if number == 2 and isinstance(value, bytes):
            shape = tuple(_dimension(part) for inner, part in _fields(value) if inner == 2 and isinstance(part, bytes))
        elif isinstance(value, int):
            fields[number] = value
    if fields[1] not in _TYPES:
        raise CheckpointError(f"tensors of type {fields[1]} are not supported")
    return _Entry(_TYPES[fields[1]], shape, fields[4], fields[5], fields[6])


def _dimension(message: bytes) -> int:
    return next((value for number, value in _fields(message) if number == 1 and isinstance(value, int)), 0)


def _block(index: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a table block; keys share prefixes."""
    raw = index[offset : offset + size]
    if len(raw) < size or index[offset + size] != 0:
        raise CheckpointError("compressed or truncated blocks are not supported")
    end = size - 4 - 4 * struct.unpack_from("<I", raw, size - 4)[0]
    at, key = 0, b""
    while at < end:
        shared, at = _varint(raw, at)
        fresh, at = _varint(raw, at)
        length, at = _varint(raw, at)
        key = key[:shared] + raw[at : at + fresh]
        at += fresh
        yield key, raw[at : at + length]
        at += length


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field numbers and values of a protobuf message."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        match tag & 7:
            case 0:
                value, at = _varint(message, at)
                yield tag >> 3, value
            case 2:
                length, at = _varint(message, at)
                yield tag >> 3, message[at : at + length]
                at += length
            case 5:
                yield tag >> 3, struct.unpack_from("<I", message, at)[0]
                at += 4
            case 1:
                yield tag >> 3, struct.unpack_from("<Q", message, at)[0]
                at += 8
            case kind:
                raise CheckpointError(f"unexpected protobuf wire type {kind}")


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ _POLYNOMIAL if value & 1 else value >> 1
        table.append(value)
    return table


_TABLE = _crc_table()


def _masked_crc(raw: bytes) -> int:
    """CRC-32C, rotated and offset as TensorFlow stores it."""
    value = 0xFFFFFFFF
    for byte in raw:
        value = _TABLE[(value ^ byte) & 255] ^ (value >> 8)
    value ^= 0xFFFFFFFF
    return (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF
