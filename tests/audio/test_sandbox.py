"""Whatever a decoder does to itself, the next file is decoded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.audio import sandbox
from labelbuddy_core.errors import AudioProblem
from labelbuddy_core.settings import ROOT

MODULE = "tests.audio.sandboxed_code"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    sandbox.close()
    yield
    sandbox.close()


def ask(kind: str, *, timeout: float = 20.0, memory: int = 2 << 30, **more: Any) -> dict[str, Any]:
    return sandbox.run(MODULE, {"kind": kind}, timeout=timeout, memory_bytes=memory, **more)


def test_each_request_has_a_process_that_remembers_nothing() -> None:
    first, second = ask("well"), ask("well")
    assert first["process"] != second["process"]
    assert first["asked"] == second["asked"] == ["well"]
    assert first["server"] == second["server"]


@pytest.mark.parametrize(
    ("kind", "says"),
    [("crash", "The decoder crashed"), ("fill", "more than 2048 MB of memory"), ("complain", "It hums.")],
)
def test_what_goes_wrong_is_told_and_the_next_request_is_answered(kind: str, says: str) -> None:
    with pytest.raises(AudioProblem, match=says):
        ask(kind)
    assert ask("well")["asked"] == ["well"]


@pytest.mark.parametrize("kind", ["sleep", "burn"])
def test_what_takes_too_long_is_ended(kind: str) -> None:
    with pytest.raises(AudioProblem, match="longer than 1 s"):
        ask(kind, timeout=1.0)
    assert ask("well")["asked"] == ["well"]


def test_a_cancellation_ends_the_process_at_work() -> None:
    class Cancelled(Exception):
        pass

    def cancel(_fraction: float) -> None:
        raise Cancelled

    server = ask("well")["server"]
    with pytest.raises(Cancelled):
        ask("sleep", on_progress=cancel)
    assert not Path(f"/proc/{server}").exists()


def test_a_server_that_was_killed_is_replaced() -> None:
    server = ask("well")["server"]
    os.kill(server, signal.SIGKILL)
    time.sleep(0.2)
    assert ask("well")["server"] != server


def test_secrets_of_the_environment_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("LABELBUDDY_DATABASE_URL", "x")
    seen = ask("well")["environment"]
    assert not [name for name in seen if name.startswith(("AWS_", "LABELBUDDY_"))]


def test_nothing_is_left_when_the_asking_process_is_killed() -> None:
    code = (
        f"from labelbuddy_core.audio import sandbox\n"
        f"answer = sandbox.run({MODULE!r}, {{'kind': 'well'}}, timeout=20, memory_bytes=2 << 30)\n"
        f"print(answer['server'], flush=True)\n"
        f"sandbox.run({MODULE!r}, {{'kind': 'sleep'}}, timeout=60, memory_bytes=2 << 30)\n"
    )
    asking = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert asking.stdout is not None
    server = int(asking.stdout.readline())
    time.sleep(0.5)
    (copy,) = [int(one) for one in Path(f"/proc/{server}/task/{server}/children").read_text().split()]
    asking.kill()
    asking.wait()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{server}").exists() or Path(f"/proc/{copy}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
