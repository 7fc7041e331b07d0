"""Loads a model in the background, so that `/health` can answer meanwhile, and knows how that went."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Literal

log = logging.getLogger(__name__)

Status = Literal["starting", "ready", "failed"]


class Loader:
    """`status` and, in words, `detail`."""

    def __init__(self, load: Callable[[], None]) -> None:
        self._load = load
        self.status: Status = "starting"
        self.detail = "Loading the weights"

    def start(self) -> None:
        """Begin loading; returns at once."""
        threading.Thread(target=self._run, name="loader", daemon=True).start()

    def _run(self) -> None:
        try:
            self._load()
        except Exception as error:
            log.exception("loading failed")
            self.detail, self.status = f"{type(error).__name__}: {error}", "failed"
        else:
            self.detail, self.status = "", "ready"
