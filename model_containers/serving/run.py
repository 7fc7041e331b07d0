"""A training run as the model sees it: it reports epochs, keeps checkpoints and leaves weights."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from model_containers.serving.dataset import Dataset


class Cancelled(Exception):
    """Raised in the model's training when somebody cancelled the run.

    A model that catches it and returns a version keeps what it has learned so far.
    """


class Diverged(ArithmeticError):
    """The loss is not a number any more."""


class Run:
    """A training run as the model sees it: report epochs, keep checkpoints in `folder`, leave weights at `weights`.

    `name` is the version that the run is to make; `best`, set by the model, the epoch whose weights it keeps. `apart`
    is None where the model itself learns, else the version that another of it begins with ("": as it is).
    """

    def __init__(
        self, folder: Path, parameters: Mapping[str, Any], name: str = "", apart: str | None = None
    ) -> None:  # fmt: skip
        self.folder = folder
        self.id = folder.name
        self.name = name or f"tuned-{self.id}"
        self.apart = apart
        self.weights = folder / "weights.safetensors"
        self.best: int | None = None
        self.parameters = dict(parameters)
        self.state = "running"
        self.detail = ""
        self.version: str | None = None
        self.rows: list[dict[str, float]] = []
        self.was_cancelled = False
        self._cancelled = threading.Event()
        self._writing = threading.RLock()
        self._epochs: int | None = None
        self._began = time.monotonic()
        self._first_done: float | None = None
        """When the first epoch that this process did was done: what came before it is not done again."""
        self._done_before = 0

    def epoch(self, number: int, of: int, **figures: float) -> None:
        """Report an epoch (from 1 on) with its figures, like `loss=0.3`; one that was reported before is replaced.

        What is undefined (not a number) is left out. Raises `Cancelled` when told to stop, `Diverged` when the loss is
        not a number.
        """
        if not math.isfinite(figures.get("loss", 0.0)):
            raise Diverged(f"the loss of epoch {number} is not a number; choose a lower learning_rate")
        stop = self._cancelled.is_set()  # before the row can be seen: who saw it and cancels gets one epoch more
        self._epochs, self.detail = of, ""
        told = {name: float(value) for name, value in figures.items() if math.isfinite(value)}
        with self._writing:
            self.rows = [*self.rows[: number - 1], {"epoch": number, **told}]
            self._first_done = self._first_done or time.monotonic()
            self.keep()
        if stop:
            self._heed()

    def tell(self, doing: str) -> None:
        """Say what is done before the first epoch. Raises `Cancelled` when told to stop."""
        self.detail = doing
        self._heed()

    def cancel(self) -> None:
        """Stop at the end of the present epoch."""
        self._cancelled.set()

    def _heed(self) -> None:
        if self._cancelled.is_set():
            self.was_cancelled = True
            raise Cancelled

    def keep(self) -> None:
        """Write the run down."""
        partial = self.folder / "run.json.partial"
        partial.write_text(json.dumps(self.as_json()), encoding="utf-8")
        partial.replace(self.folder / "run.json")

    def as_json(self) -> dict[str, Any]:
        """What `GET /train/{run}` answers; `eta` is in seconds. An epoch that can be seen is written down."""
        with self._writing:
            return self._as_json()

    def _as_json(self) -> dict[str, Any]:
        return {
            "run": self.id,
            "name": self.name,
            "apart": self.apart,
            "best": self.best,
            "state": self.state,
            "detail": self.detail,
            "version": self.version,
            "parameters": self.parameters,
            "epochs": self._epochs,
            "rows": self.rows,
            "eta": self._seconds_left(),
        }

    def _seconds_left(self) -> float | None:
        done = len(self.rows) - self._done_before
        if self.state != "running" or not self._epochs or done < 1 or self._first_done is None:
            return None
        now, left = time.monotonic(), self._epochs - len(self.rows)
        return (now - self._first_done) / (done - 1) * left if done > 1 else (now - self._began) * left

    @classmethod
    def restored(cls, folder: Path) -> Run:
        """A run as it was written down; one that was running when the container stopped is `interrupted`."""
        kept = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        run = cls(folder, kept["parameters"], kept.get("name", ""), kept.get("apart"))
        run.best = kept.get("best")
        run.state = "interrupted" if kept["state"] == "running" else kept["state"]
        run.detail, run.version, run.rows, run._epochs = kept["detail"], kept["version"], kept["rows"], kept["epochs"]
        run._done_before = len(run.rows)
        return run


@runtime_checkable
class Trainer(Protocol):
    """What a model may offer besides: `/train` exists for a model that has this method."""

    def train(self, dataset: Dataset, parameters: Mapping[str, Any], run: Run) -> str:
        """Train, calling `run.epoch` after every epoch, and from then on predict with the new weights.

        Checkpoints go to `run.folder`; `run.rows` has the epochs of an interrupted run that is continued. Weights to
        give out are left at `run.weights`. Returns the name of the new version: `run.name`, or one of its own.
        """
        ...
