"""kill -9 of the worker while a release is made: it goes on, and its bytes are those of one that was left in peace."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from studio import Studio

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Release
from labelbuddy_core.services.releases import releases
from labelbuddy_core.settings import ROOT, get_settings

RECORDINGS = 30


@pytest.mark.slow
def test_a_release_goes_on_after_its_worker_was_killed(empty_studio: Studio) -> None:
    studio = empty_studio
    for number in range(RECORDINGS):
        for task in studio.record(f"song {number}.wav", 4):
            studio.annotate(task, ("r1", 0.0, 4.0, "dog"))
    peaceful = studio.make(audio="clips", sample_rate=16_000)
    with get_database().write() as session:
        session.query(Release).delete()
    shutil.rmtree(get_settings().data / "storage" / "releases")
    begun = studio.begin(audio="clips", sample_rate=16_000)
    work = get_settings().data / "work" / f"release-{begun['id']}"
    running = worker()
    try:
        for reached in (lambda: clips(work) >= 20, lambda: clips(work) >= 70):
            wait_until(lambda reached=reached: reached() or state(studio, begun["id"]) != "making")
            os.kill(running.pid, signal.SIGKILL)
            running.wait()
            assert state(studio, begun["id"]) == "making"
            running = worker()
        wait_until(lambda: state(studio, begun["id"]) == "published")
    finally:
        running.kill()
        running.wait()
    assert releases.get_release(studio.manager, begun["id"])["sha256"] == peaceful["sha256"]


def worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "labelbuddy_core.worker"], cwd=ROOT, env=os.environ.copy())


def clips(work: Path) -> int:
    return len(list((work / "clips").glob("*.flac")))


def state(studio: Studio, release: str) -> str:
    return releases.get_release(studio.manager, release)["state"]


def wait_until(happened: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)
