"""Requests as they are received: short audio in memory, long audio in a temporary file, datasets beside the runs."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import IO

from flask import Request

_IN_MEMORY = 32 * 1024**2
"""Requests up to this size (bytes) are received in memory: a clip of a minute or two is not worth a file."""


class Received(Request):
    """A request of the contract."""

    dataset_folder: Path | None = None
    """Where a dataset is received, set by the route that takes one: it may be larger than the temporary folder."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if total_content_length is not None and total_content_length <= _IN_MEMORY:
            return io.BytesIO()
        if self.dataset_folder is not None:
            return tempfile.TemporaryFile(dir=self.dataset_folder)
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)
