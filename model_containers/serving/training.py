"""Training runs: one at a time, in the background, written down after every epoch, cancelled between epochs.

A run has a folder in `LABELBUDDY_DATA` (`/data`): `run.json`, the dataset, and what the model keeps there. After a
crash of the container the run can be continued with what it had kept. Weights that a run left at `run.weights` become
those of its version, which `/weights/{version}` gives out.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from model_containers.serving.apart import UnknownVersionError, VersionsApart
from model_containers.serving.dataset import Dataset, read, unpack
from model_containers.serving.run import Cancelled, Run, Trainer
from model_containers.serving.versions import KeptVersions

log = logging.getLogger(__name__)

_ID = re.compile("[0-9a-f]{16,64}")


class RunRefusedError(Exception):
    """A run cannot be begun, continued or found; `status` is the one of the answer."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


class TrainingRuns:
    """The runs of a container; `apart` holds versions besides, where the model can."""

    def __init__(self, model: Trainer, folder: Path | None = None, apart: VersionsApart | None = None) -> None:
        self._model, self._apart = model, apart
        data = folder or Path(os.environ.get("LABELBUDDY_DATA", "/data"))
        self._folder, self._versions = data / "runs", KeptVersions(data)
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()
        for kept in sorted(self._folder.glob("*/run.json")) if self._folder.is_dir() else []:
            try:
                self._runs[kept.parent.name] = Run.restored(kept.parent)
            except (OSError, ValueError, KeyError):
                log.warning("the run in %s cannot be read", kept.parent)

    @property
    def folder(self) -> Path | None:
        """Where runs are kept; None where there is no place for them."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None
        return self._folder

    @property
    def working(self) -> bool:
        """Whether a run is going on."""
        return any(run.state == "running" for run in self._runs.values())

    def begin(
        self,
        archive: IO[bytes],
        parameters: Mapping[str, Any],
        name: str = "",
        apart: str | None = None,
        run_id: str = "",
    ) -> Run:
        """Begin a run on a dataset. Raises `DatasetError`, or `RunRefusedError` while another runs.

        `name` is the version that it is to make, `apart` as of a `Run`. Who gives it an id of their own (`run_id`) may
        ask again when no answer came: a run that was begun is not begun twice. Raises `ValueError` for what is no name.
        """
        if name:
            self._versions.path(name)
        if run_id and not _ID.fullmatch(run_id):
            raise RunRefusedError(422, "`run`: the id of a run is 16 to 64 digits from 0-9 and a-f.")
        with self._lock:
            if run_id in self._runs:
                return self._runs[run_id]
            self._refuse_second()
            pupil = self._pupil(apart)
            folder = self._folder / (run_id or secrets.token_hex(8))
            shutil.rmtree(folder, ignore_errors=True)  # of a process that ended before the run was written down
            try:
                (folder / "dataset").mkdir(parents=True)
            except OSError as error:
                raise RunRefusedError(507, f"There is no place to keep a run: {error}.") from None
            try:
                dataset = unpack(archive, folder / "dataset")
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            run = Run(folder, parameters, name, apart)
            self._start(run, dataset, pupil)
            return run

    def resume(self, run_id: str) -> Run:
        """Continue a run that the end of the container interrupted. Raises `RunRefusedError`."""
        with self._lock:
            self._refuse_second()
            run = self.get(run_id)
            if run.state != "interrupted":
                raise RunRefusedError(409, f"The run is {run.state}; only an interrupted one can be continued.")
            pupil = self._pupil(run.apart)
            run.state = "running"
            self._start(run, read(run.folder / "dataset"), pupil)
            return run

    def forget(self, run_id: str) -> None:
        """Remove a run that has ended, with what it kept, and its weights where it learned apart.

        Raises `RunRefusedError`.
        """
        with self._lock:
            run = self.get(run_id)
            if run.state == "running":
                raise RunRefusedError(409, "The run is going on; cancel it first.")
            if run.apart is not None:
                self._versions.remove(run.version or run.name)
            shutil.rmtree(run.folder, ignore_errors=True)
            del self._runs[run_id]

    def get(self, run_id: str) -> Run:
        """One run; raises `RunRefusedError` when there is none."""
        if run_id not in self._runs:
            raise RunRefusedError(404, f"There is no run {run_id!r}.")
        return self._runs[run_id]

    def _pupil(self, apart: str | None) -> Trainer:
        if apart is None:
            return self._model
        if self._apart is None:
            raise RunRefusedError(422, "This model cannot learn apart: it has no `apart`.")
        try:
            return self._apart.pupil(apart)
        except UnknownVersionError as error:
            raise RunRefusedError(410, str(error)) from None

    def _refuse_second(self) -> None:
        if self.working:
            raise RunRefusedError(409, "Another run is going on; one at a time is trained.")

    def _start(self, run: Run, dataset: Dataset, pupil: Trainer) -> None:
        run.keep()
        self._runs[run.id] = run
        threading.Thread(target=self._work, args=(run, dataset, pupil), name=f"train-{run.id}", daemon=True).start()

    def _work(self, run: Run, dataset: Dataset, pupil: Trainer) -> None:
        try:
            version = pupil.train(dataset, run.parameters, run)
            if run.weights.exists():
                self._versions.take(run.weights, version)
            self._end(run, "cancelled" if run.was_cancelled else "succeeded", version=version)
        except Cancelled:
            self._end(run, "cancelled")
        except Exception as error:
            log.exception("training failed")
            self._end(run, "failed", f"{type(error).__name__}: {error}")

    def _end(self, run: Run, state: str, detail: str = "", version: str | None = None) -> None:
        with self._lock:  # who sees that it has ended may let it be forgotten: not before its folder is as it stays
            run.state, run.detail, run.version = state, detail, version
            run.keep()
            shutil.rmtree(run.folder / "dataset", ignore_errors=True)
