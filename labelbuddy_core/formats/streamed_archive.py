"""The bytes of an archive while it is written, in blocks: nothing is kept, so that its size does not matter."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any


class Sink(io.RawIOBase):
    """Takes what the archive writes and hands it on in blocks; it cannot be sought, so nothing is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self, *, all_of_it: bool = False) -> Iterator[bytes]:
        if len(self._held) >= 64 * 1024 or (all_of_it and self._held):
            block = bytes(self._held)
            self._held.clear()
            yield block
