"""A container that misbehaves is contained and explained in a sentence with a remedy, while another one works on."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.domain.states import ModelState
from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.model_logs import MAX_FILE_BYTES, log_path, tail
from labelbuddy_core.inference.model_report import ModelReport
from labelbuddy_core.inference.restarts import Restarts
from labelbuddy_core.inference.running_models import RunningModels
from labelbuddy_core.inference.runtimes.docker_engine import DockerRuntime
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import Settings

pytestmark = pytest.mark.docker

Model = Callable[..., Specification]
Answer = dict[str, Any]


class House:
    """A manager with a good model that runs, and what was reported about each model."""

    def __init__(self, settings: Settings, runtime: DockerRuntime) -> None:
        self.reports: dict[str, ModelReport] = {}
        self.runtime = runtime
        self.manager = RunningModels(
            settings, self._note, runtimes={"image": runtime}, restarts=Restarts(sleep=lambda _: None)
        )

    def _note(self, report: ModelReport) -> None:
        self.reports[report.model] = report

    def ask(self, key: str, specification: Specification, recording: Path) -> Answer:
        with self.manager.running(key, specification, lambda _: None) as (client, _):
            return client.predict(recording, {})


@pytest.fixture
def house(instance: str, model: Model, recording: Path, tmp_path: Path) -> Iterator[House]:
    settings = Settings(data=tmp_path / "data", model_data_bytes=32 * 1024**2)
    made = House(settings, DockerRuntime("", instance, ["labelbuddy/*"], logs=tmp_path / "logs", patience=15.0))
    made.ask("good", model(), recording)
    yield made
    made.manager.close()


@pytest.mark.parametrize(
    ("misdeed", "resources", "sentence"),
    [
        ("forks", {"memory": "2g", "timeout_seconds": 20}, r"most processes and threads that it may have"),
        ("memory", {}, r"needs more than 128 MB of memory: raise resources.memory"),
        ("temporary-disk", {"memory": "512m"}, r"No space left on device.*/tmp holds 256 MB"),
        ("hangs", {"timeout_seconds": 2}, r"did not answer within 2 s\. Raise resources.timeout_seconds"),
        ("late", {"timeout_seconds": 2}, r"did not answer within 2 s\. Raise resources.timeout_seconds"),
        ("crashes", {}, r"ended while it ran \(status 134\): its program gave up by itself \(SIGABRT\)"),
        ("garbage", {}, r"something else than JSON.*It works"),
        ("huge", {}, r"larger than 64 MB and was refused"),
        ("exits", {}, r"ended while it started \(status 1\).*weights.safetensors"),
        ("never-ready", {}, r"not ready after 15 s .*'starting'.*LABELBUDDY_MODEL_START_SECONDS"),
    ],
)
def test_a_misdeed_is_explained_and_touches_no_other_model(
    misdeed: str, resources: dict[str, Any], sentence: str, house: House, model: Model, recording: Path
) -> None:
    with pytest.raises(ModelProblem) as problem:
        house.ask("bad", model(misdeed, **resources), recording)
    assert re.search(sentence, problem.value.detail), problem.value.detail
    assert house.ask("good", model(), recording)["regions"]
    assert house.reports["good"].restarts == 0


def test_a_model_that_fills_its_data_is_stopped_and_emptied(house: House, model: Model, recording: Path) -> None:
    problem = _in_thread(lambda: house.ask("bad", model("data-disk"), recording))
    deadline = time.monotonic() + 60
    while "in /data" not in _detail(house, "bad") and time.monotonic() < deadline:
        house.manager.look()
        time.sleep(0.1)
    assert isinstance(problem(), ModelProblem)
    assert "more than 32 MB in /data" in house.reports["bad"].detail
    assert "LABELBUDDY_MODEL_DATA_BYTES" in house.reports["bad"].detail
    assert house.ask("good", model(), recording)["regions"]


def _detail(house: House, key: str) -> str:
    return house.reports[key].detail if key in house.reports else ""


def _in_thread(do: Callable[[], Any]) -> Callable[[], Exception]:
    """Run in a thread; the returned function waits for the exception that it ends with."""
    found: list[Exception] = []

    def run() -> None:
        try:
            do()
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()

    def wait() -> Exception:
        thread.join(60)
        return found[0]

    return wait


def test_a_model_that_contradicts_its_file_is_told_to_the_manager(house: House, model: Model, recording: Path) -> None:
    house.ask("bad", model("contradicts"), recording)
    assert house.reports["bad"].notes == (
        "The model says it is version '2', its file says '1'.",
        "Its file declares labels that the model does not know: x.",
        "The model knows labels that its file does not declare: y.",
    )


def test_a_model_that_talks_without_end_fills_no_disk(
    house: House, model: Model, recording: Path, tmp_path: Path
) -> None:
    house.ask("bad", model("talks"), recording)
    files = list((tmp_path / "logs").glob("bad.log*"))
    assert files
    assert all(file.stat().st_size <= MAX_FILE_BYTES for file in files)
    assert len(tail(log_path(tmp_path / "logs", "bad"), 10).splitlines()) == 10


def test_a_model_that_keeps_crashing_is_left_alone_until_a_person_starts_it(
    house: House, model: Model, recording: Path
) -> None:
    for _ in range(5):
        with pytest.raises(ModelProblem, match="status 1"):
            house.ask("bad", model("exits"), recording)
    with pytest.raises(ModelProblem, match="ended 5 times within 10 minutes and is left alone"):
        house.ask("bad", model("exits"), recording)
    assert not house.manager.may_start("bad")
    house.manager.start("bad", model())
    assert house.reports["bad"].state is ModelState.READY


def test_what_a_model_uses_is_measured(house: House) -> None:
    house.manager.look()
    time.sleep(0.3)
    house.manager.look()
    report = house.reports["good"]
    assert report.state is ModelState.READY
    assert report.memory is not None
    assert 1024**2 < report.memory < 128 * 1024**2
    assert report.cpu is not None
    assert report.digest.startswith("sha256:")
    assert (report.device, report.runtime) == ("cpu", "container")
