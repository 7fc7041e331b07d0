"""What several processes compile and keep in one place is compiled by one of them at a time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from model_containers.serving.compiling import compiling_alone

WAIT_AND_SAY = """
from model_containers.serving.compiling import compiling_alone
print("wants", flush=True)
with compiling_alone():
    print("compiles", flush=True)
"""


def test_a_second_process_waits_until_the_first_has_compiled() -> None:
    with compiling_alone():
        second = subprocess.Popen([sys.executable, "-c", WAIT_AND_SAY], stdout=subprocess.PIPE, text=True)
        assert second.stdout is not None
        assert second.stdout.readline() == "wants\n"
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(0.5)
    assert second.communicate(timeout=60)[0] == "compiles\n"


def test_a_process_that_is_killed_lets_the_next_one_compile() -> None:
    script = f"{WAIT_AND_SAY}    import time; time.sleep(600)"
    first = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert [first.stdout.readline(), first.stdout.readline()] == ["wants\n", "compiles\n"]
    first.kill()
    first.communicate(timeout=60)
    with compiling_alone():
        pass
