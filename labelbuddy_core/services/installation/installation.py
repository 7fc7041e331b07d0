"""Who uses a data folder: the web server and workers while they run, or one command that needs it for itself."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from labelbuddy_core.errors import InvalidState
from labelbuddy_core.settings import Settings

_LOCK = "in-use.lock"


def use(settings: Settings) -> IO[str]:
    """Note that this process works on the data folder until the returned file is closed or the process ends.

    Raises `InvalidState` while a command has the folder for itself.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    handle = (settings.data / _LOCK).open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise InvalidState(f"A command works on {settings.data} alone; start again when it is done.") from None
    return handle


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Have the data folder for oneself. Raises `InvalidState` while LabelBuddy runs on it."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with (settings.data / _LOCK).open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InvalidState(f"LabelBuddy is running on {settings.data}; stop it first.") from None
        yield


def sweep_work(settings: Settings, older_than: float, now: float) -> None:
    """Remove what a killed worker left half done `older_than` seconds ago; what is younger another may be doing."""
    work = settings.data / "work"
    if work.exists():
        for left in work.iterdir():
            if now - left.stat().st_mtime > older_than:
                shutil.rmtree(left, ignore_errors=True)
