"""A lock for each key, so that starting one model does not hold up another."""

from __future__ import annotations

import threading


class KeyedLocks:
    """Locks by name, made when first asked for."""

    def __init__(self) -> None:
        self._locks: dict[str, threading.RLock] = {}
        self._guard = threading.Lock()

    def of(self, key: str) -> threading.RLock:
        """The lock of this key."""
        with self._guard:
            return self._locks.setdefault(key, threading.RLock())
