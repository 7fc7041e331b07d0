"""Memory of the Chromium that this process started: of its pages' processes, and of all of them (Linux)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE = b"--type=renderer"
EVERY = 0.05
"""Seconds between two looks at a page's process."""


class Family:
    """The processes that this one started, and theirs. A look asks only about processes that are new."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._members: set[int] = set()

    def look(self) -> list[int]:
        """All members now."""
        alive = {int(name) for name in os.listdir("/proc") if name.isdecimal()}  # noqa: PTH208
        new = {pid: _parent(pid) for pid in alive - self._known}
        self._known = alive
        self._members = (self._members & alive) | {os.getpid()}
        while born := {pid for pid, parent in new.items() if parent in self._members} - self._members:
            self._members |= born
        return sorted(self._members)


def proportional(kind: bytes = b"") -> float:
    """Megabytes (2²⁰) of the Chromium processes of a kind, or of all, shared pages counted once (PSS)."""
    return sum(_kilobytes(pid, "smaps_rollup", "Pss:") for pid in Family().look() if _is(pid, kind)) / 1024


@contextmanager
def peak_of_a_page() -> Iterator[Callable[[], float]]:
    """A function that says the largest resident set a page's process has had since, in megabytes (2²⁰).

    The kernel's own maximum is read every 50 ms, so that it is known of a page that crashes as well.
    """
    peak, ended, family = [0.0], threading.Event(), Family()

    def look() -> None:
        for pid in family.look():
            if _is(pid, PAGE):
                peak[0] = max(peak[0], _kilobytes(pid, "status", "VmHWM:") / 1024)

    def watch() -> None:
        while not ended.wait(EVERY):
            look()

    def so_far() -> float:
        return peak[0]

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield so_far
    finally:
        ended.set()
        thread.join()


def _is(pid: int, kind: bytes) -> bool:
    """Whether a process is Chromium's, of a kind."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"chromium" in command and kind in command


def _parent(pid: int) -> int:
    """Who started a process; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _kilobytes(pid: int, file: str, field: str) -> int:
    """A figure of a process; 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/{file}").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith(field)), 0)
