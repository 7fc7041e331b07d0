"""kill -9 of model, worker and app in turn in the middle of a batch: every recording is predicted exactly once."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import DockerException
from laboratory import Lab
from sqlalchemy import func, select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Prediction, ProjectModel
from labelbuddy_core.inference.runtimes.ownership import INSTANCE_LABEL, instance_of
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.predictions import prediction_requests
from labelbuddy_core.settings import ROOT
from model_containers.musicnn import fetch

RECORDINGS = 200
IMAGE = "labelbuddy/musicnn:0.1.0"


class App:
    """Web server and worker under the supervisor, on the data folder of the test."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.supervisor = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "labelbuddy_core.supervisor", "--port", str(self.port)]
        with (self.data.parent / "console").open("ab") as console:
            started = subprocess.Popen([*command, "--data", str(self.data)], cwd=ROOT, stdout=console, stderr=console)
        wait_until(self._ready, 90)
        return started

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/ready", timeout=5) as answer:
                return bool(json.load(answer)["ready"])
        except OSError:
            return False

    def kill(self) -> None:
        """The supervisor is killed; its children must end by themselves before the next start."""
        children = descendants(self.supervisor.pid)
        os.kill(self.supervisor.pid, signal.SIGKILL)
        self.supervisor.wait()
        wait_until(lambda: not [pid for pid in children if running(pid)], 60)
        self.supervisor = self._start()

    def kill_worker(self) -> None:
        (worker,) = named(self.supervisor.pid, "labelbuddy_core.worker")
        os.kill(worker, signal.SIGKILL)

    def stop(self) -> None:
        self.supervisor.terminate()
        self.supervisor.wait(timeout=60)


def wait_until(reached: Callable[[], Any], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"not reached within {seconds} s"
        time.sleep(0.05)


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in read_of_process(task).split():
            found += [int(child), *descendants(int(child))]
    return found


def named(pid: int, part: str) -> list[int]:
    return [one for one in descendants(pid) if part.encode() in read_of_process(Path(f"/proc/{one}/cmdline"))]


def read_of_process(path: Path) -> bytes:
    """A process may end between its listing and this reading; it then has nothing to say."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="session")
def weights() -> None:
    try:
        fetch.fetch(ROOT / ".cache" / "models" / "musicnn")
    except RuntimeError as error:
        pytest.skip(f"no weights of musicnn: {error}")


@pytest.fixture
def app(lab: Lab, data_folder: Path) -> Iterator[App]:
    made = App(data_folder)
    yield made
    made.stop()


@pytest.fixture
def batch(lab: Lab, app: App) -> Callable[[str], str]:
    """Asks a model about 200 recordings; returns the job."""

    def ask(name: str) -> str:
        lab.record(RECORDINGS)
        (model,) = [one["id"] for one in models.list_models(lab.manager) if one["name"] == name]
        model_links.link_model(lab.manager, lab.project, model, threshold=0.2, label_map={"loud": "speech"})
        return prediction_requests.predict_project(lab.manager, lab.project, model)["id"]

    return ask


def kept() -> int:
    with get_database().read() as session:
        return session.scalar(select(func.count()).select_from(Prediction)) or 0


def survives(app: App, job: str, kill_model: Callable[[], None]) -> None:
    for share, kill in ((0.15, kill_model), (0.4, app.kill_worker), (0.65, app.kill), (0.85, kill_model)):
        wait_until(lambda share=share: kept() >= share * RECORDINGS, 180)
        kill()
    wait_until(lambda: ended(job), 240)
    with get_database().read() as session:
        row = session.get_one(Job, job)
        counts = list(session.execute(select(Prediction.task_id, func.count()).group_by(Prediction.task_id)))
        assert (row.state, row.problem) == ("succeeded", None)
        assert row.result is not None
        assert (row.result["predicted"], row.result["failed"]) == (RECORDINGS, 0)
    assert len(counts) == RECORDINGS
    assert {count for _, count in counts} == {1}


def ended(job: str) -> bool:
    with get_database().read() as session:
        return session.get_one(Job, job).state in ("succeeded", "failed", "cancelled")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_recording_is_predicted_once_by_a_bundled_model(
    weights: None, app: App, batch: Callable[[str], str]
) -> None:
    def kill_model() -> None:
        processes = named(app.supervisor.pid, "model_containers.musicnn")
        wait_until(lambda: processes or processes.extend(named(app.supervisor.pid, "model_containers.musicnn")), 60)
        os.kill(processes[0], signal.SIGKILL)

    survives(app, batch("musicnn"), kill_model)


@pytest.mark.slow
@pytest.mark.docker
@pytest.mark.timeout(600)
def test_every_recording_is_predicted_once_by_a_container(lab: Lab, app: App, batch: Callable[[str], str]) -> None:
    try:
        engine = docker.from_env()
        engine.images.get(IMAGE)
    except DockerException as error:
        pytest.skip(f"SKIPPED container tests: {type(error).__name__} ({IMAGE} is built by model_containers/build.sh)")
    models.create_model(lab.manager, (ROOT / "model_containers" / "musicnn" / "model.yaml").read_text())

    def kill_model() -> None:
        def mine() -> list[Any]:
            return [one for one in engine.containers.list() if one.image.tags == [IMAGE]]

        wait_until(mine, 60)
        mine()[0].kill("SIGKILL")

    try:
        survives(app, batch("musicnn-container"), kill_model)
    finally:  # what a killed worker ran is removed within a minute by the next one, which the test does not wait for
        instance = f"{INSTANCE_LABEL}={instance_of(app.data)}"
        for container in engine.containers.list(all=True, filters={"label": instance}):
            container.remove(force=True)
    with get_database().read() as session:
        assert all(session.scalars(select(Prediction.digest)))
        assert session.scalar(select(func.count()).select_from(ProjectModel)) == 1
