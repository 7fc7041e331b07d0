"""Where the uploaded bytes of a recording are read from by what works on files."""

from __future__ import annotations

from pathlib import Path

from labelbuddy_core.audio.storage import BlobStore, original_key
from labelbuddy_core.errors import NotFound


def local_original(store: BlobStore, sha256: str, folder: Path) -> Path:
    """A local file with the original bytes: the blob itself, or a copy of it in `folder`."""
    key = original_key(sha256)
    local = store.local_path(key)
    if local is not None:
        if not local.exists():
            raise NotFound("The audio file is missing from the storage; upload it again.")
        return local
    copy = folder / "original"
    store.fetch_to(key, copy)
    return copy
