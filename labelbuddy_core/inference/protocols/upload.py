"""A form with a file in it that is sent as it is read: the file may be larger than the memory."""

from __future__ import annotations

import io
import secrets
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from urllib3.filepost import encode_multipart_formdata


class Upload:
    """`multipart/form-data` of fields and one file, read like a file that is open, once.

    Raises `OSError` for a file that cannot be opened, and when it ends before its time.
    """

    def __init__(self, name: str, file: Path, kind: str, fields: dict[str, bytes]) -> None:
        mark = secrets.token_bytes(32)
        form, self.content_type = encode_multipart_formdata({**fields, name: (file.name, mark, kind)})
        before, _, after = form.partition(mark)
        self._file = file.open("rb")
        self._parts: list[BinaryIO] = [io.BytesIO(before), self._file, io.BytesIO(after)]
        self._bytes = self._left = len(before) + file.stat().st_size + len(after)

    def __len__(self) -> int:
        """Bytes of the whole form."""
        return self._bytes

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; empty at the end."""
        wanted = self._left if size < 0 else min(size, self._left)
        found = b""
        while len(found) < wanted and self._parts:
            piece = self._parts[0].read(wanted - len(found))
            found += piece
            if not piece:
                self._parts.pop(0)
        if len(found) < wanted:
            raise OSError("The file became shorter while it was sent.")
        self._left -= wanted
        return found

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
