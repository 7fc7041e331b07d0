"""Join many small pieces into blocks of at least 64 KiB: a piece at a time is a hundred times slower to send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

BLOCK = 64 * 1024


def in_blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks of at least 64 KiB (the last may be shorter)."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= BLOCK:
            yield b"".join(held)
            held.clear()
            size = 0
    if held:
        yield b"".join(held)
