"""kill -9 of the worker in the middle of an import: it goes on, and each file comes in once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labelbuddy_core.services.recordings import import_reports, imports, recordings
from labelbuddy_core.settings import ROOT
from tests.imports.conftest import Place

FILES = 120
KILLS = 3


@pytest.mark.slow
def test_an_import_goes_on_after_its_worker_was_killed(place: Place, lab: Path) -> None:
    chance = random.Random(5)
    for number in range(FILES):
        (lab / f"{number:03}.wav").write_bytes(b"RIFF" + chance.randbytes(400_000))
    begun = imports.begin_import(*place, str(lab))

    def worker() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "labelbuddy_core.worker"], cwd=ROOT, env=os.environ.copy())

    def added() -> int:
        return import_reports.get_import(place[0], begun["id"])["files"]["added"]

    running = worker()
    try:
        for kill in range(1, KILLS + 1):
            wait_until(lambda kill=kill: added() >= kill * FILES // (KILLS + 2))
            os.kill(running.pid, signal.SIGKILL)
            running.wait()
            assert added() < FILES
            running = worker()
        wait_until(lambda: import_reports.get_import(place[0], begun["id"])["job"]["state"] == "succeeded")
    finally:
        running.kill()
        running.wait()
    assert import_reports.get_import(place[0], begun["id"])["job"]["result"] == {"added": FILES}
    assert recordings.list_recordings(*place, limit=1)["total"] == FILES
    assert not list((lab.parent / "data" / "storage" / "imports").glob("*"))


def wait_until(happened: object, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)
