"""What the code of a job sees: its arguments, durable steps, a way to tell progress, and whether it is still wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class JobCancelled(Exception):
    """Raised inside a job when a person cancelled it; the job ends without counting as failed."""


class StepRunner(Protocol):
    """Runs a function once per job and name: after a crash a finished step gives its kept result instead."""

    def __call__(self, name: str, function: Callable[[], Any]) -> Any: ...


@dataclass(frozen=True)
class JobContext:
    """One run of a job. Its code must do everything that has effects, or reads what may change, inside a step.

    A step that was interrupted by a crash runs again, so its effects must be idempotent. What steps return must be
    JSON values.
    """

    id: str
    arguments: dict[str, Any]
    run_step: StepRunner
    tell: Callable[[float, str], None]
    is_cancelled: Callable[[], bool]

    def step(self, name: str, function: Callable[..., T], *args: Any) -> T:
        """Run `function(*args)` durably under `name`; raises `JobCancelled` instead when the job was cancelled."""
        self.check()
        return self.run_step(name, lambda: function(*args))

    def check(self) -> None:
        """Raises `JobCancelled` when a person cancelled the job; call it inside long steps."""
        if self.is_cancelled():
            raise JobCancelled

    def progress(self, fraction: float, message: str) -> None:
        """Show how far the job is (0 … 1) and what it is doing."""
        self.tell(min(max(fraction, 0.0), 1.0), message)


JobCode = Callable[[JobContext], dict[str, Any]]
"""What a kind of job does; returns its result as JSON values."""


class JobBoard(Protocol):
    """Where jobs are written down; the worker's side of it (implemented by `services.job_runs`)."""

    def begin(self, job_id: str) -> dict[str, Any] | None:
        """Mark the job as running and return {kind, arguments}, or None when it is not wanted any more."""
        ...

    def tell(self, job_id: str, fraction: float, message: str) -> None:
        """Write down progress."""
        ...

    def is_cancelled(self, job_id: str) -> bool:
        """Whether a person cancelled the job."""
        ...

    def finish(self, job_id: str, state: str, result: dict[str, Any] | None, problem: str | None) -> None:
        """Write down the end; a cancelled job stays cancelled."""
        ...

    def unfinished(self) -> list[tuple[str, str, str]]:
        """(id, queue, state) of every job that is queued or running, oldest first."""
        ...
