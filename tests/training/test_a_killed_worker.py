"""kill -9 of the worker in the middle of a training run: it goes on after the last epoch, with nothing done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from schoolroom import School

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.training import training_progress, training_runs
from labelbuddy_core.settings import ROOT

EPOCHS = 800


class Worker:
    """The worker process of an installation."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "labelbuddy_core.worker"], cwd=ROOT, stdout=output, stderr=output
            )

    def kill(self) -> None:
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = self._start()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def worker(music_school: School, tmp_path: Path) -> Iterator[Worker]:
    made = Worker(tmp_path / "worker.log")
    yield made
    made.stop()


def wait_until(reached: Callable[[], bool], seconds: float = 600.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"not reached within {seconds} s"
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_run_survives_the_end_of_its_worker(music_school: School, annotator: Actor, worker: Worker) -> None:
    school = music_school
    school.teach(12, person=annotator)
    run = school.start(epochs=EPOCHS, batch=1)
    wait_until(lambda: training_progress.known_epochs(int(run)) >= 2)
    worker.kill()
    at_the_kill = training_progress.known_epochs(int(run))
    wait_until(lambda: school.see(run)["state"] not in ("queued", "running"))
    found = school.see(run)
    assert (found["state"], found["problem"], found["version"]) == ("succeeded", None, f"tuned-{run}")
    assert [row["epoch"] for row in found["epochs"]] == list(range(1, EPOCHS + 1))
    assert found["comparison"]["figures"]
    words = [line["text"] for line in found["log"]]
    (resumed,) = [line for line in words if line.startswith("The model goes on after epoch")]
    assert int(resumed.split()[-1].strip(".")) >= at_the_kill
    assert sum(line.startswith("The model gets the examples") for line in words) == 1


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_run_is_stopped_while_a_worker_does_it(music_school: School, annotator: Actor, worker: Worker) -> None:
    school = music_school
    school.teach(12, person=annotator)
    run = school.start(epochs=5000, batch=1)
    wait_until(lambda: training_progress.known_epochs(int(run)) >= 1)
    training_runs.stop_run(school.manager, run)
    wait_until(lambda: school.see(run)["state"] not in ("queued", "running"))
    found = school.see(run)
    assert (found["state"], found["version"]) == ("succeeded", f"tuned-{run}")
    assert len(found["epochs"]) < 5000
    assert found["best_epoch"] in range(1, len(found["epochs"]) + 1)
