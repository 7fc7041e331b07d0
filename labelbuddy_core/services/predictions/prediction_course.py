"""How far a batch of predictions is: counts, rate, remaining time, and when to give it up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.errors import LabelBuddyError, ModelProblem, ModelStopped

HOPELESS = 5
"""So many failures of the model one after the other, and the rest is not tried."""

_TOLD_PROBLEMS = 20
_LATELY = 50
"""The rate is that of so many tasks."""


class Course:
    """Counts what became of `total` tasks, of which `predictions` were made before; `clock` gives seconds.

    `lengths` are the seconds of sound of each task that is left: the remaining time follows from them.
    """

    def __init__(
        self,
        total: int,
        predictions: list[str],
        clock: Callable[[], float],
        lengths: Mapping[int, float] | None = None,
    ) -> None:
        self.total = total
        self._lengths = dict(lengths or {})
        self.begun = False
        self._cause: str | None = None
        self._failures_told = 0
        self._predictions = predictions
        self._gone = self._failed = self._in_a_row = 0
        self._problems: list[str] = []
        self._clock = clock
        self._sound_left = sum(self._lengths.values())
        self._moments: deque[tuple[float, float]] = deque([(clock(), self._sound_left)], maxlen=_LATELY)
        """When a task was done with, and how much sound was left then."""

    def note(self, prediction: str | None, problem: LabelBuddyError | None, task_id: int) -> None:
        """Count a task that is done with."""
        self.begun = True
        self._sound_left -= self._lengths.pop(task_id, 0.0)
        self._moments.append((self._clock(), self._sound_left))
        if problem is None:
            self._in_a_row = 0
            if prediction is None:
                self._gone += 1
            else:
                self._predictions.append(prediction)
            return
        if isinstance(problem, ModelStopped):  # nobody knows what it would have answered
            self._cause = problem.detail
            return
        self._failed += 1
        self._in_a_row += isinstance(problem, ModelProblem)
        if len(self._problems) < _TOLD_PROBLEMS:
            self._problems.append(f"Task {task_id}: {problem.detail}" if self.total > 1 else problem.detail)
        if self._cause is not None:
            self._failures_told += self._failures_told > 0
            return
        if self._in_a_row >= min(HOPELESS, self.total):
            self._cause, self._failures_told = problem.detail, self._in_a_row
        elif self._done == self.total and not self._predictions and self._failed:
            self._cause = self._problems[0]

    @property
    def stopped(self) -> str | None:
        """Why the batch was given up, with what had not been tried by now; None while it goes on, or went through."""
        if self._cause is None:
            return None
        left = self.total - self._done
        if self._failures_told:
            rest = f" {self._failures_told} tasks failed in a row; {counted(left, 'was', 'were')} not tried."
        else:
            rest = f" {counted(left, 'task was', 'tasks were')} not tried." if self.total > 1 else ""
        return self._cause + (rest if left else "")

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self._done / self.total

    @property
    def message(self) -> str:
        """For example "34 of 200 · 21 a minute · 8 min left · 2 failed"."""
        parts = [f"{self._done} of {self.total}"]
        (began, sound_then), (last, sound_now) = self._moments[0], self._moments[-1]
        spent, counted = last - began, len(self._moments) - 1
        if spent > 0 and counted and self._done < self.total:
            parts.append(_rate(counted / spent))
            heard = sound_then - sound_now
            left = sound_now / heard if heard > 0 else (self.total - self._done) / counted
            parts.append(f"{_duration(left * spent)} left")
        if self._failed:
            parts.append(f"{self._failed} failed")
        return " · ".join(parts)

    def result(self, told: int) -> dict[str, Any]:
        """What the job says in the end; `predictions` are the first `told` of `predicted`."""
        return {
            "predictions": self._predictions[:told],
            "predicted": len(self._predictions),
            "failed": self._failed,
            "problems": self._problems,
        }

    @property
    def _done(self) -> int:
        return len(self._predictions) + self._gone + self._failed


def _rate(a_second: float) -> str:
    for unit, seconds in (("second", 1.0), ("minute", 60.0)):
        if a_second * seconds >= 1.0:
            return f"{a_second * seconds:.0f} a {unit}"
    return f"{a_second * 3600.0:.1f} an hour"


def _duration(seconds: float) -> str:
    if seconds < 90.0:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60.0)} min" if seconds < 5400.0 else f"{seconds / 3600.0:.1f} h"
