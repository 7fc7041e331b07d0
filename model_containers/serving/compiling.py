"""Librosa compiles parts of itself where they are first used, and keeps them on disk for the next process.

Numba, which does it, does not bear two processes that compile the same part at once: what they leave on disk may not
fit together, and crashes every process that reads it from then on (github.com/numba/numba/issues/10128). So one waits
for the other. The lock is on librosa itself, which everybody finds and which lies beside what is compiled.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def compiling_alone() -> Iterator[None]:
    """No other process of this installation that asks for it compiles meanwhile; a process that is killed lets go."""
    found = importlib.util.find_spec("librosa")
    if found is None or found.origin is None:
        yield
        return
    with Path(found.origin).open("rb") as librosa:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(librosa, fcntl.LOCK_EX)
        yield
