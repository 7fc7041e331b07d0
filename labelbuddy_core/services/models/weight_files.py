"""Files of weights: kept in the storage, fetched from it, and asked for the labels that they name."""

from __future__ import annotations

import hashlib
import json
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import orjson

from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.errors import Invalid, NotFound
from labelbuddy_core.inference.protocols.transport import MAX_FILE_BYTES
from labelbuddy_core.services.installation.blob_changes import changing_blobs
from labelbuddy_core.settings import get_settings

MAX_BYTES: Final = MAX_FILE_BYTES
"""Of weights that are registered; what a model gives is bounded likewise."""
MAX_FIELD_BYTES: Final = 64 * 1024**2
"""Of weights in a field of a page, which is held in memory; `server.maxUploadSize` of .streamlit/config.toml."""
_MAX_HEADER: Final = 16 * 1024**2


@contextmanager
def folder_for_weights() -> Iterator[Path]:
    """A folder for files of weights on their way; it is removed with what is left in it."""
    work = get_settings().data / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="weights-") as folder:
        yield Path(folder)


def keep_weights(file: Path) -> tuple[str, str]:
    """Move a file of weights into the storage; their key and SHA-256."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    key = f"weights/{digest}"
    with changing_blobs():
        open_store(get_settings()).put_file(key, file)
    return key, digest


def find_weights(key: str, folder: Path) -> Path:
    """A file with the weights under a key: that of the storage, or a copy in `folder`. Raises `NotFound`."""
    store = open_store(get_settings())
    local = store.local_path(key)
    if local is None:
        local = folder / "weights"
        store.fetch_to(key, local)
    if not local.exists():
        raise NotFound("The weights are missing from the storage.")
    return local


def labels_in(file: Path) -> list[str]:
    """The labels that a safetensors file names in its header: each one line of text, and once. Raises `Invalid`."""
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise Invalid(f"Weights have at most {MAX_BYTES // 1024**2} MB.", field="weights")
    try:
        with file.open("rb") as content:
            (length,) = struct.unpack("<Q", content.read(8))
            if length > min(_MAX_HEADER, size - 8):
                raise ValueError
            header = orjson.loads(content.read(length))
        about = header.get("__metadata__") or {}
    except (ValueError, struct.error, AttributeError):
        raise Invalid("This is no safetensors file.", field="weights") from None
    try:
        labels = json.loads(about["labels"])  # unlike orjson it reads halves of a character, which are told below
        if not isinstance(labels, list) or not labels or not all(isinstance(one, str) and one for one in labels):
            raise ValueError
    except (KeyError, ValueError, TypeError, RecursionError):
        raise Invalid(
            'The header of the file does not name its labels: add the metadata `labels`, a JSON list such as ["dog"].',
            field="weights",
        ) from None
    known: set[str] = set()
    for label in labels:
        if one_line(label, "weights") in known:
            raise Invalid(f"The labels in the header of the file name {label!r} twice.", field="weights")
        known.add(label)
    return labels
