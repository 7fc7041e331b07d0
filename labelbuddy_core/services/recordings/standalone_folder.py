"""The folder that editors without LabelBuddy's server share: one folder a recording, the oldest ones go first."""

from __future__ import annotations

import contextlib
import mmap
import os
import shutil
import tempfile
import time
from functools import lru_cache
from pathlib import Path

from labelbuddy_core.audio.analysis import RECIPE as ANALYSIS_RECIPE
from labelbuddy_core.audio.ingest import RECIPE as INGEST_RECIPE
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.settings import get_settings

MAKING = "making-"
"""Folders of what is being made begin with this."""
OPEN_AT_ONCE = 16
_ABANDONED_SECONDS = 24 * 3600.0


@lru_cache(maxsize=1)
def shared_folder() -> Path:
    """A folder of this account alone: temporary folders are shared by all accounts of a machine."""
    folder = Path(tempfile.gettempdir()) / f"labelbuddy-editor-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise LabelBuddyError(f"{folder} belongs to somebody else, or others may write there. Remove it or set TMPDIR.")
    return folder


def folder_of(sha256: str) -> Path:
    """Where what is made of some audio is kept; the programs that made it are part of the name."""
    return shared_folder() / f"{INGEST_RECIPE}-{ANALYSIS_RECIPE}-{sha256}"


def view(path: Path) -> memoryview:
    """The bytes of a file as it is now; they stay when the file is deleted."""
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def make_room(keep: Path) -> None:
    """Remove the recordings that were opened longest ago until the others fit into the cache's size."""
    with contextlib.suppress(FileNotFoundError):  # another process makes room too
        folders = sorted((one for one in keep.parent.iterdir() if one.is_dir() and one != keep), key=_used)
        sizes = {one: sum(file.stat().st_size for file in one.iterdir() if file.is_file()) for one in [*folders, keep]}
        total = sum(sizes.values())
        for one in folders:
            abandoned = one.name.startswith(MAKING) and time.time() - _used(one) > _ABANDONED_SECONDS
            too_much = total > get_settings().cache_bytes and not one.name.startswith(MAKING)
            if abandoned or too_much:
                shutil.rmtree(one, ignore_errors=True)
                total -= sizes[one]


def _used(folder: Path) -> float:
    return folder.stat().st_mtime
