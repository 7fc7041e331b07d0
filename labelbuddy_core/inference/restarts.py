"""How often a model that ends by itself is started again, and after how long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.runtimes.interface import Progress

LIMIT = 5
"""Deaths within the window after which a model is left alone."""
WINDOW_SECONDS = 600.0
_FIRST_SECONDS = 1.0
_LONGEST_SECONDS = 60.0
_LOOK_SECONDS = 0.2


class Restarts:
    """Deaths by model. The first restart comes at once, the next ones after 1, 2, 4 … seconds."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._deaths: dict[str, list[tuple[float, str]]] = {}
        self._lock = threading.Lock()

    def died(self, key: str, cause: str) -> None:
        """Note that the model ended by itself."""
        with self._lock:
            self._deaths.setdefault(key, []).append((self._clock(), cause))

    def forgive(self, key: str) -> None:
        """A person wants it started: forget its deaths."""
        with self._lock:
            self._deaths.pop(key, None)

    def count(self, key: str) -> int:
        """Deaths within the window."""
        return len(self._recent(key))

    def exhausted(self, key: str) -> bool:
        """Whether the model is left alone for now."""
        return self.count(key) >= LIMIT

    def remaining(self, key: str) -> float:
        """Seconds until the model may be started again; 0 when it may now."""
        deaths = self._recent(key)
        if len(deaths) < 2:
            return 0.0
        pause = min(_FIRST_SECONDS * 2 ** (len(deaths) - 2), _LONGEST_SECONDS)
        return max(0.0, deaths[-1][0] + pause - self._clock())

    def wait(self, key: str, on_progress: Progress) -> None:
        """Wait until the model may be started. Raises `ModelProblem` when it ended too often."""
        deaths = self._recent(key)
        if len(deaths) >= LIMIT:
            raise ModelProblem(
                f"The model ended {len(deaths)} times within {WINDOW_SECONDS / 60:.0f} minutes and is left alone; "
                f"start it on the model page when the cause is mended. The last time: {deaths[-1][1]}"
            )
        while (seconds := self.remaining(key)) > 0:
            on_progress(f"Waiting before the model is started again (it ended {len(deaths)} times)")
            self._sleep(min(seconds, _LOOK_SECONDS))

    def _recent(self, key: str) -> list[tuple[float, str]]:
        oldest = self._clock() - WINDOW_SECONDS
        with self._lock:
            recent = [death for death in self._deaths.get(key, ()) if death[0] > oldest]
            if recent:
                self._deaths[key] = recent
            else:
                self._deaths.pop(key, None)
            return recent
