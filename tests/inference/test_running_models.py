"""Running models as one worker keeps them: started on demand, kept, measured, restarted with pauses, stopped."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.domain.states import ModelState
from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.model_logs import BoundedLog, log_path, tail
from labelbuddy_core.inference.model_report import ModelReport
from labelbuddy_core.inference.restarts import LIMIT, Restarts
from labelbuddy_core.inference.running_models import RunningModels
from labelbuddy_core.inference.runtimes import deaths
from labelbuddy_core.inference.runtimes.images import PullProgress
from labelbuddy_core.inference.runtimes.process import ProcessRuntime
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import Settings

SCRIPT = str(Path(__file__).with_name("odd_model.py"))
MOODS = ("good", "dies", "crash")


class Kept:
    """A manager of processes and all that it reported."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.reports: list[ModelReport] = []
        self.runtime = ProcessRuntime(folder, {mood: (SCRIPT, mood) for mood in MOODS}, logs=folder / "logs")
        self.manager = RunningModels(
            Settings(data=folder, **settings),
            self.reports.append,
            runtimes={"process": self.runtime},
            restarts=Restarts(sleep=lambda _: None),
        )

    def states(self, key: str) -> list[ModelState]:
        found = [report.state for report in self.reports if report.model == key]
        return [state for place, state in enumerate(found) if place == 0 or found[place - 1] is not state]


def process(mood: str, **resources: Any) -> Specification:
    return Specification.model_validate({"process": mood, "resources": resources})


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path, model_idle_seconds=0.0)
    yield made
    made.manager.close()


def test_a_model_is_starting_busy_ready_and_stopped_in_turn(kept: Kept) -> None:
    with kept.manager.running("m", process("good"), lambda _: None):
        pass
    kept.manager.look()
    kept.manager.stop("m")
    assert kept.states("m") == [ModelState.STARTING, ModelState.BUSY, ModelState.READY, ModelState.STOPPED]


def test_several_models_run_at_once(kept: Kept) -> None:
    with (
        kept.manager.running("one", process("good"), lambda _: None) as (first, _),
        kept.manager.running("two", process("good"), lambda _: None) as (second, _),
    ):
        assert first.health()["status"] == second.health()["status"] == "ready"


def test_an_unused_model_is_stopped_but_not_one_in_use_or_kept_warm(kept: Kept) -> None:
    kept.manager.warm("warm", process("good", keep_warm=True))
    with kept.manager.running("m", process("good"), lambda _: None):
        kept.manager.stop_idle()
        assert kept.runtime.status("m").state == "running"
    time.sleep(0.01)
    kept.manager.stop_idle()
    assert kept.runtime.status("m").state == "stopped"
    assert kept.runtime.status("warm").state == "running"


def test_a_model_whose_file_changed_is_started_anew(kept: Kept) -> None:
    kept.manager.warm("m", process("good"))
    first = kept.runtime._running["m"].process.pid
    kept.manager.warm("m", process("good", cpus=1))
    assert kept.runtime._running["m"].process.pid != first


def test_a_model_that_dies_while_it_predicts_says_so_and_is_counted(kept: Kept, tmp_path: Path) -> None:
    audio = tmp_path / "a.wav"
    audio.write_bytes(b"RIFF")
    running = kept.manager.running("m", process("dies"), lambda _: None)
    with pytest.raises(ModelProblem, match=r"ended while it ran \(status 3\)"), running as (client, _):
        client.predict(audio, {})
    report = kept.manager.report("m")
    assert report is not None
    assert (report.state, report.restarts) == (ModelState.FAILED, 1)


def test_a_death_that_several_users_meet_counts_once_and_all_hear_the_cause(kept: Kept, tmp_path: Path) -> None:
    audio = tmp_path / "a.wav"
    audio.write_bytes(b"RIFF")
    told: list[str] = []
    all_there = threading.Barrier(4)

    def use() -> None:
        try:
            with kept.manager.running("m", process("good"), lambda _: None) as (client, _):
                all_there.wait(30)
                all_there.wait(30)
                client.predict(audio, {})
        except ModelProblem as problem:
            told.append(problem.detail)

    users = [threading.Thread(target=use, daemon=True) for _ in range(3)]
    for user in users:
        user.start()
    all_there.wait(30)
    kept.runtime._running["m"].process.kill()
    kept.runtime._running["m"].process.wait()
    all_there.wait(30)
    for user in users:
        user.join(30)
    report = kept.manager.report("m")
    assert report is not None
    assert report.restarts == 1
    assert len(told) == 3
    assert all("killed from outside (SIGKILL)" in one for one in told)


def test_a_model_that_dies_unused_is_noticed(kept: Kept) -> None:
    kept.manager.warm("m", process("good"))
    kept.runtime._running["m"].process.kill()
    kept.runtime._running["m"].process.wait()
    kept.manager.look()
    assert kept.reports[-1].state is ModelState.FAILED
    assert "killed from outside (SIGKILL)" in kept.reports[-1].detail


def test_a_model_that_starts_can_be_stopped(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.runtime = ProcessRuntime(tmp_path, {"slow": ("-c", "import time; time.sleep(60)")})
    kept.manager = RunningModels(Settings(data=tmp_path), kept.reports.append, runtimes={"process": kept.runtime})
    problems: list[str] = []

    def start() -> None:
        try:
            kept.manager.start("m", process("slow"))
        except ModelProblem as problem:
            problems.append(problem.detail)

    thread = threading.Thread(target=start)
    thread.start()
    while not kept.reports:
        time.sleep(0.01)
    kept.manager.stop("m")
    thread.join(20)
    assert problems == ["The model was stopped while it started."]
    assert kept.runtime.status("m").state == "stopped"


def test_a_model_that_is_stopped_as_somebody_begins_to_use_it_counts_as_stopped(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = kept.manager._ready

    def ready_and_stopped(*arguments: Any) -> Any:
        endpoint = ready(*arguments)
        kept.manager.stop("m")
        return endpoint

    monkeypatch.setattr(kept.manager, "_ready", ready_and_stopped)
    with kept.manager.endpoint("m", process("good"), lambda _: None):
        pass
    assert kept.states("m")[-1] is ModelState.STOPPED


def test_a_model_outlives_the_thread_that_started_it(kept: Kept) -> None:
    thread = threading.Thread(target=lambda: kept.manager.start("m", process("good")))
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert kept.runtime.status("m").state == "running"


def test_what_a_model_wrote_is_in_its_log(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="I cannot start"):
        kept.manager.warm("m", process("crash"))
    assert tail(log_path(tmp_path / "logs", "m"), 5) == "I cannot start"


def test_restarts_come_after_longer_and_longer_pauses_and_end() -> None:
    clock = [0.0]
    restarts = Restarts(clock=lambda: clock[0])
    pauses = []
    for _ in range(LIMIT - 1):
        restarts.died("m", "It broke.")
        pauses.append(restarts.remaining("m"))
    assert pauses == [0.0, 1.0, 2.0, 4.0]
    restarts.died("m", "It broke.")
    with pytest.raises(ModelProblem, match=r"ended 5 times within 10 minutes.*It broke"):
        restarts.wait("m", lambda _: None)
    clock[0] = 601.0
    assert (restarts.count("m"), restarts.exhausted("m")) == (0, False)


def test_deaths_of_one_model_do_not_hold_up_another() -> None:
    restarts = Restarts()
    for _ in range(LIMIT):
        restarts.died("m", "It broke.")
    restarts.wait("other", lambda _: None)
    restarts.forgive("m")
    restarts.wait("m", lambda _: None)


def test_a_log_never_grows_beyond_two_files_and_counts_what_it_left_out(tmp_path: Path) -> None:
    log = BoundedLog(tmp_path / "m.log", max_bytes=1000, per_second=5000)
    for number in range(2000):
        log.write(f"line {number}\n".encode())
    assert {file.name for file in tmp_path.iterdir()} == {"m.log", "m.log.1"}
    assert all(file.stat().st_size <= 1000 for file in tmp_path.iterdir())


def test_names_of_models_stay_in_the_folder_of_logs(tmp_path: Path) -> None:
    paths = {log_path(tmp_path, name) for name in ("a/b", "a_b", "..", "a b", "é" * 80)}
    assert len(paths) == 5
    assert {path.parent for path in paths} == {tmp_path}


@pytest.mark.parametrize(
    ("status", "said", "sentence"),
    [
        (3, "boom", r"status 3\)\. It wrote last: boom"),
        (139, "", r"segmentation fault\)\. It wrote nothing"),
        (127, "", "not found in the image"),
        (1, "OSError: [Errno 28] No space left on device", "keep files in /data"),
        (1, "RuntimeError: can't start new thread", "most processes and threads"),
        (1, "OSError: [Errno 30] Read-only file system: '/cache'", "write to /tmp or /data"),
        (1, "socket.gaierror: Temporary failure in name resolution", "into the image"),
    ],
)
def test_a_death_is_explained_with_a_remedy(status: int, said: str, sentence: str) -> None:
    assert re.search(sentence, deaths.ended(status, said, starting=True))


def test_memory_is_told_in_the_units_of_the_file() -> None:
    assert "more than 2 GB" in deaths.needs_memory(2 * 1024**3)
    assert "more than 300 MB" in deaths.needs_memory(300 * 1024**2)


def test_a_pull_adds_up_the_bytes_of_its_layers() -> None:
    pull = PullProgress("lab/model:1")
    for layer, current in (("a", 1_000_000), ("b", 500_000)):
        pull.take({"id": layer, "status": "Downloading", "progressDetail": {"current": current, "total": 2_000_000}})
    assert pull.sentence() == "Pulling lab/model:1: 1.5 of 4.0 MB"
    for layer in ("a", "b"):
        pull.take({"id": layer, "status": "Extracting", "progressDetail": {"current": 1, "total": 9}})
    assert pull.sentence() == "Unpacking lab/model:1 (4.0 MB)"
