"""Jobs run in a real worker process, survive its death, and stop when cancelled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.database import get_database
from labelbuddy_core.errors import InvalidState, NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start_worker(data_folder: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str = "local", *adopt: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        script = Path(__file__).with_name("counting_worker.py")
        process = subprocess.Popen([sys.executable, str(script), name, *adopt], env=environment)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def submit(actor: Actor, kind: str, **arguments: Any) -> str:
    with get_database().write() as session:
        return jobs.submit(session, actor, kind, arguments)["id"]


def wait_for(actor: Actor, job: str, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(300):
        found = jobs.get_job(actor, job)
        if reached(found):
            return found
        time.sleep(0.05)
    raise AssertionError(f"the job stayed {found}")


def ended(job: dict[str, Any]) -> bool:
    return job["state"] in ("succeeded", "failed", "cancelled")


def test_a_job_runs_shows_progress_and_ends_with_its_result(
    start_worker: Start, make_user: Callable[..., Actor], tmp_path: Path
) -> None:
    actor = make_user()
    start_worker()
    job = submit(actor, "count", log=str(tmp_path / "log"))
    middle = wait_for(actor, job, lambda found: 0 < found["progress"] < 1)
    assert middle["message"].startswith("Counted to")
    assert wait_for(actor, job, ended)["result"] == {"counted": 10}


def test_after_a_kill_the_finished_steps_are_not_done_again(
    start_worker: Start, make_user: Callable[..., Actor], tmp_path: Path
) -> None:
    actor = make_user()
    log = tmp_path / "log"
    first = start_worker()
    job = submit(actor, "count", log=str(log))
    wait_for(actor, job, lambda found: found["progress"] >= 0.4)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    start_worker()
    assert wait_for(actor, job, ended)["state"] == "succeeded"
    lines = [int(line) for line in log.read_text().split()]
    assert sorted(set(lines)) == list(range(10))
    assert len(lines) <= 11, "only the step that was interrupted may run twice"


def test_another_worker_continues_what_a_dead_one_left(
    start_worker: Start, make_user: Callable[..., Actor], tmp_path: Path
) -> None:
    actor = make_user()
    first = start_worker("one")
    job = submit(actor, "count", log=str(tmp_path / "log"))
    wait_for(actor, job, lambda found: found["progress"] >= 0.3)
    first.kill()
    first.wait()
    start_worker("two", "one")
    assert wait_for(actor, job, ended)["state"] == "succeeded"


def test_a_cancelled_job_stops_at_its_next_step_and_stays_cancelled(
    start_worker: Start, make_user: Callable[..., Actor], tmp_path: Path
) -> None:
    actor = make_user()
    log = tmp_path / "log"
    start_worker()
    job = submit(actor, "count", log=str(log))
    wait_for(actor, job, lambda found: found["progress"] > 0)
    assert jobs.cancel_job(actor, job)["state"] == "cancelled"
    time.sleep(1.0)
    counted = len(log.read_text().split())
    time.sleep(0.5)
    assert len(log.read_text().split()) == counted < 10
    with pytest.raises(InvalidState):
        jobs.cancel_job(actor, job)


def test_an_unexpected_error_fails_the_job_without_telling_secrets(
    start_worker: Start, make_user: Callable[..., Actor]
) -> None:
    actor = make_user()
    start_worker()
    found = wait_for(actor, submit(actor, "fail"), ended)
    assert found["state"] == "failed"
    assert "ValueError" in found["problem"]
    assert "secret" not in found["problem"]


def test_a_job_of_somebody_else_does_not_exist(make_user: Callable[..., Actor]) -> None:
    job = submit(make_user(), "count", log="unused")
    with pytest.raises(NotFound):
        jobs.get_job(make_user(), job)
