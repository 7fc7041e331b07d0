"""Two stages with a little look-ahead, so that a model never waits for the audio of the next task."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Generic, TypeVar

Item = TypeVar("Item")
Prepared = TypeVar("Prepared")
Done = TypeVar("Done")

_LOOK_SECONDS = 0.5


class Pipeline(Generic[Item, Prepared, Done]):
    """Prepares items in one thread while `width` threads ask about those that are prepared.

    `prepare(item)` and `ask(item, prepared, lane)` run in threads; `lane` (0 … width - 1) is one call's at a time. What
    they raise is raised by `results`; then and when `results` is closed, what has not begun is forgotten, and
    `discard(prepared)` is called for what was prepared in vain. When `look` raises, what is being asked has `grace`
    seconds to be given before.
    """

    def __init__(
        self,
        prepare: Callable[[Item], Prepared],
        ask: Callable[[Item, Prepared, int], Done],
        *,
        width: int = 1,
        ahead: int = 2,
        discard: Callable[[Prepared], None] = lambda _: None,
        look: Callable[[], None] = lambda: None,
        grace: float = 0.0,
    ) -> None:
        self._prepare, self._ask = prepare, ask
        self._width, self._ahead = width, ahead
        self._discard, self._look, self._grace = discard, look, grace
        self._ending = False

    def end(self) -> None:
        """Begin nothing more; what is being asked may still be given."""
        self._ending = True

    def results(self, items: Iterable[Item]) -> Generator[Done]:
        """What `ask` gave, in the order in which it was ready. `look` is called twice a second; it may raise."""
        remaining = iter(items)
        prepared: dict[Future[Done], tuple[Item, Future[Prepared]]] = {}
        lanes = list(range(self._width))
        preparing = ThreadPoolExecutor(1, "prepare")
        asking = ThreadPoolExecutor(self._width, "ask")

        def ask(item: Item, coming: Future[Prepared]) -> Done:
            ready = coming.result()
            lane = lanes.pop()
            try:
                return self._ask(item, ready, lane)
            finally:
                lanes.append(lane)

        def begin(count: int) -> None:
            for item in islice(remaining, count):
                coming = preparing.submit(self._prepare, item)
                prepared[asking.submit(ask, item, coming)] = (item, coming)

        try:
            begin(self._width + self._ahead)
            while prepared:
                done, _ = wait(prepared, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
                try:
                    self._look()
                except Exception:
                    yield from self._last(list(prepared))
                    raise
                for future in done:
                    del prepared[future]
                    if not self._ending:
                        begin(1)
                    yield future.result()
                if self._ending:
                    yield from self._last(list(prepared))
                    return
        finally:
            for future, (_, coming) in prepared.items():
                if future.cancel() and not coming.cancel():
                    coming.add_done_callback(self._forget)
            preparing.shutdown(wait=False)
            asking.shutdown(wait=False)

    def _last(self, futures: list[Future[Done]]) -> Generator[Done]:
        """What is still being asked, as far as it is ready in time; what has not begun does not begin."""
        pending = {future for future in futures if not future.cancel()}
        deadline = time.monotonic() + self._grace
        done = pending
        while pending and done:
            remaining = max(0.0, deadline - time.monotonic())
            done, pending = wait(pending, timeout=remaining, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done if future.exception() is None)

    def _forget(self, coming: Future[Prepared]) -> None:
        if not coming.cancelled() and coming.exception() is None:
            self._discard(coming.result())
