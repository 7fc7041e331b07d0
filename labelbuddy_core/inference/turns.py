"""Who may ask a model now: one at a time, and a second ahead of its turn while the model is quick."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUICK_SECONDS = 2.0
"""A model that answers faster is handed the next audio while it still works on the last; a slower one gains nothing,
and the time-out of the second question would run while it waits."""


class Turns:
    """Turns at one model. `ahead` says that its server takes a second request and lets it wait (our own kit does)."""

    def __init__(self, *, ahead: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._ahead, self._clock = ahead, clock
        self._changed = threading.Condition()
        self._asking = 0
        self._quick = False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn and have it. What fails, or takes long, makes the next ones wait for each other."""
        with self._changed:
            self._changed.wait_for(lambda: self._asking < (2 if self._quick else 1))
            self._asking += 1
        began, answered = self._clock(), False
        try:
            yield
            answered = True
        finally:
            with self._changed:
                self._asking -= 1
                self._quick = self._ahead and answered and self._clock() - began < QUICK_SECONDS
                self._changed.notify_all()
