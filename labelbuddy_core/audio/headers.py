"""What headers announce about a file's length, read directly: FFmpeg corrects such claims silently, we compare."""

from __future__ import annotations

import struct
from pathlib import Path

_UNKNOWN_SIZES = frozenset({0, 0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF})


def wav_frames(path: Path) -> int | None:
    """Frames that the `data` chunk of a RIFF/RF64 WAV announces, or None when it is no WAV or does not say."""
    with path.open("rb") as file:
        riff = file.read(12)
        if len(riff) < 12 or riff[:4] not in (b"RIFF", b"RF64") or riff[8:] != b"WAVE":
            return None
        frame_bytes, large = 0, None
        while len(header := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", header)
            if name == b"data":
                announced = large if size == 0xFFFFFFFF and large else size
                return announced // frame_bytes if frame_bytes and announced not in _UNKNOWN_SIZES else None
            body = file.read(min(size, 64)) if name in (b"fmt ", b"ds64") else b""
            if name == b"fmt " and len(body) >= 16:
                frame_bytes = struct.unpack_from("<H", body, 12)[0]
            elif name == b"ds64" and len(body) >= 16:
                large = struct.unpack_from("<Q", body, 8)[0]
            file.seek(size + size % 2 - len(body), 1)
    return None


def is_riff(path: Path) -> bool:
    """Whether a WAV is of the plain kind, and not RF64 or BW64 (EBU Tech 3306)."""
    with path.open("rb") as file:
        return file.read(4) == b"RIFF"


def has_mp3_length(path: Path) -> bool:
    """Whether an MP3 carries a Xing or Info tag, so that its announced length is counted and not guessed."""
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3" and len(head) == 10:
            size = (head[6] << 21) | (head[7] << 14) | (head[8] << 7) | head[9]  # 7 bits a byte (id3.org, ID3v2.3)
            file.seek(10 + size)
        else:
            file.seek(0)
        first = file.read(4096)
    return b"Xing" in first or b"Info" in first
