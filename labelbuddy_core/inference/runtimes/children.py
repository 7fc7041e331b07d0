"""Child processes that end with this one, even when it is killed."""

from __future__ import annotations

import ctypes
import os
import signal
from concurrent.futures import ThreadPoolExecutor

SPAWNER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="child-spawner")
"""The kernel ends a child when the thread that made it ends, not only with the process: this thread lives as long."""

_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """In a child that `SPAWNER` made, before it becomes another program: be killed when process `parent` ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
