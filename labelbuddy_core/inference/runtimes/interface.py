"""What every runtime offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.specification import Specification

Progress = Callable[[str], None]
"""Takes a sentence that says what is being done; what it raises ends the wait."""


class ModelEnded(ModelProblem):
    """A model was started and is gone, or never became ready: starting it again may or may not help."""


@dataclass(frozen=True)
class Status:
    """`ended` is a model that was started and is gone by itself; `detail` then says why and what to do."""

    state: Literal["stopped", "running", "ended"]
    detail: str = ""


@dataclass(frozen=True)
class Usage:
    """What a running model uses: bytes of memory, seconds of processor time since it started, processes and threads,
    and bytes in its own `/data`. None where it is not known."""

    memory: int
    cpu_seconds: float
    processes: int | None = None
    data: int | None = None


class Runtime(Protocol):
    """Runs models of one kind. `key` names a model; the same key twice is the same running model."""

    def ensure_running(self, key: str, specification: Specification, on_progress: Progress) -> Endpoint:
        """Start the model unless it runs, wait until it is ready. Raises `ModelProblem` with what to do."""
        ...

    def endpoint(self, key: str) -> Endpoint | None:
        """Where the model answers, or None when it does not run or is not ready."""
        ...

    def status(self, key: str) -> Status:
        """Whether the model runs, and if it ended by itself, why."""
        ...

    def usage(self, key: str) -> Usage | None:
        """What the model uses, or None where that is not known."""
        ...

    def logs(self, key: str, lines: int) -> str:
        """The last lines that the model wrote."""
        ...

    def stop(self, key: str) -> None:
        """Stop the model; one that does not run is no error."""
        ...

    def reap(self) -> int:
        """Remove what a crash of this app left running; returns how many."""
        ...

    def remove_data(self, key: str) -> None:
        """Stop the model and remove what it keeps."""
        ...

    def remove_data_of_others(self, wanted: Callable[[str], bool]) -> int:
        """Remove what is kept under keys that are not wanted; returns of how many."""
        ...

    def close(self) -> None:
        """Let go of what is not a model; called when the worker ends, after its models have been stopped."""
        ...
