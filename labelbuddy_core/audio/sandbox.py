"""Run audio code in processes of its own with limits on time and memory, so that a malicious file harms nobody else.

Every request has a fresh process: a copy (fork) of a server that has imported what the code needs and never touches a
file itself, which takes milliseconds where starting Python with its libraries takes seconds. Both sides talk in JSON
lines over pipes: a request, then `progress`, `result` or `problem`, then `ended` with the exit status.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from labelbuddy_core.errors import AudioProblem

OUT_OF_MEMORY = 99
"""Exit status of a process that noticed it."""
_MAX_LINE = 1 << 20
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "NUMBA_CACHE_DIR")

Progress = Callable[[float], None]

_lock = threading.Lock()
_idle: dict[str, list[_Server]] = {}


def run(
    module: str,
    request: dict[str, Any],
    *,
    timeout: float,
    memory_bytes: int,
    on_progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Have a process of `python -m module` answer a request; returns its result.

    `timeout` is in seconds of wall time. Raises `AudioProblem` with what the process said, or with what became of it.
    An exception from `on_progress` (a cancelled job) ends the process and passes on.
    """
    request = {**request, "limits": {"memory": memory_bytes, "cpu": int(timeout) + 1}}
    while True:
        server = _take(module)
        used = server.answered > 0
        try:
            result = server.ask(request, timeout, on_progress)
        except _Gone:
            server.close()
            if used:
                continue  # it had ended for want of work
            raise AudioProblem("The decoder could not be started; the server's memory may be full.") from None
        except _Told as told:
            _give_back(module, server)
            raise AudioProblem(_cause(told, timeout, memory_bytes)) from None
        except BaseException:
            server.close()
            raise
        _give_back(module, server)
        return result


def close() -> None:
    """End the servers that wait."""
    with _lock:
        waiting = [server for servers in _idle.values() for server in servers]
        _idle.clear()
    for server in waiting:
        server.close()


def child_environment() -> dict[str, str]:
    """What a process that touches uploaded bytes sees of the environment: no secrets, one thread."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**environment, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class _Gone(Exception):
    """The server has ended without an answer."""


class _Told(Exception):
    """The process ended with a problem, in its own words or by its exit status alone."""

    def __init__(self, problem: str | None, status: int) -> None:
        super().__init__()
        self.problem, self.status = problem, status


class _Server:
    """A process that makes one fresh copy of itself a request."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            env=child_environment(),
            bufsize=0,
        )
        self.answered = 0

    def ask(self, request: dict[str, Any], timeout: float, on_progress: Progress) -> dict[str, Any]:
        """The result. After any exception but `_Told` the server must be closed."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(orjson.dumps(request) + b"\n")
        except BrokenPipeError:
            raise _Gone from None
        result = problem = None
        for message in self._messages(time.monotonic() + timeout, timeout):
            if "ended" in message:
                self.answered += 1
                if result is None:
                    raise _Told(problem, message["ended"])
                return result
            if "progress" in message:
                on_progress(message["progress"])
            else:
                result, problem = message.get("result"), message.get("problem")
        raise _Gone

    def _messages(self, deadline: float, timeout: float) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        waiting = b""
        while True:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise AudioProblem(_too_slow(timeout))
            chunk = os.read(descriptor, 65536)
            if not chunk or len(waiting) > _MAX_LINE:
                return
            *whole, waiting = (waiting + chunk).split(b"\n")
            yield from map(orjson.loads, whole)

    def close(self) -> None:
        """End the process, and with it the copy that is at work."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _take(module: str) -> _Server:
    with _lock:
        servers = _idle.get(module)
        if servers:
            return servers.pop()
    return _Server(module)


def _give_back(module: str, server: _Server) -> None:
    with _lock:
        _idle.setdefault(module, []).append(server)


def _cause(told: _Told, timeout: float, memory_bytes: int) -> str:
    if told.problem is not None:
        return told.problem
    if told.status == -signal.SIGXCPU:
        return _too_slow(timeout)
    if told.status in (-signal.SIGKILL, OUT_OF_MEMORY):
        return f"Decoding needed more than {memory_bytes // 1024**2} MB of memory and was stopped."
    return "The decoder crashed on this file. It is damaged, or of a kind that cannot be read; export it again."


def _too_slow(timeout: float) -> str:
    return f"Decoding took longer than {timeout:.0f} s and was stopped. The file may be damaged; export it again."
