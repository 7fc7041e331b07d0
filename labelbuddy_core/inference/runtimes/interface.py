"""What every runtime offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.specification import Specification

Progress = Callable[[str], None]
"""Takes a sentence that says what is being done."""


class Runtime(Protocol):
    """Runs models of one kind. `key` names a model; the same key twice is the same running model."""

    def ensure_running(self, key: str, specification: Specification, on_progress: Progress) -> Endpoint:
        """Start the model unless it runs, wait until it is ready. Raises `ModelProblem` with what to do."""
        ...

    def status(self, key: str) -> str:
        """stopped, running, or what went wrong."""
        ...

    def stop(self, key: str) -> None:
        """Stop the model; one that does not run is no error."""
        ...
