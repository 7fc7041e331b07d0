"""Blobs over HTTP: byte ranges, revalidation instead of caching, never compressed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from labelbuddy_core.errors import NotFound
from labelbuddy_core.services.recordings.recordings import Blob

_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
_BLOCK = 256 * 1024


def serve_blob(blob: Blob, request: Request, *, download: bool = False) -> Response:
    """The blob, the range of it that was asked for (206), 304 when the client has it, or 416.

    `private, no-cache` makes the browser ask again every time, so that a signed-out tab plays nothing from its cache.
    """
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Encoding": "identity",
        "ETag": f'"{blob.tag}"',
    }
    if download:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(blob.file_name)}"
    wanted = request.headers.get("range")
    if wanted is None and request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    size = _size(blob)
    if request.headers.get("if-range") not in (None, headers["ETag"]):
        wanted = None
    if wanted is None:
        start, stop, status = 0, size, 200
    else:
        found = _parse(wanted, size)
        if found is None:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        (start, stop), status = found, 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=blob.media_type)
    if stop - start <= _BLOCK:
        return Response(_read(blob, start, stop), status, headers, blob.media_type)
    return StreamingResponse(_stream(blob, start, stop), status, headers, blob.media_type)


def _size(blob: Blob) -> int:
    path = blob.path
    if path is None:
        return blob.store.size(blob.key)
    try:
        return path.stat().st_size
    except FileNotFoundError:
        raise NotFound("The audio is missing from the storage.") from None


def _parse(value: str, size: int) -> tuple[int, int] | None:
    """(start, stop) of a single range, or None when it cannot be satisfied."""
    match = _RANGE.match(value.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
    return (start, stop) if start < stop else None


def _read(blob: Blob, start: int, stop: int) -> bytes:
    path = blob.path
    if path is None:
        return blob.store.read_range(blob.key, start, stop)
    with path.open("rb") as file:
        file.seek(start)
        return file.read(stop - start)


def _stream(blob: Blob, start: int, stop: int) -> Iterator[bytes]:
    path: Path | None = blob.path
    if path is None:
        for at in range(start, stop, _BLOCK):
            yield blob.store.read_range(blob.key, at, min(at + _BLOCK, stop))
        return
    with path.open("rb") as file:
        file.seek(start)
        left = stop - start
        while left > 0 and (chunk := file.read(min(_BLOCK, left))):
            left -= len(chunk)
            yield chunk
