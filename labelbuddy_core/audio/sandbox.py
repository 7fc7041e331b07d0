"""Run audio code in a child process with limits on time and memory, so that a malicious file harms nobody else.

The child gets its request as JSON on standard input and answers in JSON lines on standard output: `progress`, then
`result` or `problem`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from labelbuddy_core.errors import AudioProblem

_PR_SET_PDEATHSIG = 1
_MAX_LINE = 1 << 20
_MAX_FILE = 64 * 1024**3
_PROGRESS_SECONDS = 0.2

Progress = Callable[[float], None]
Code = Callable[[dict[str, Any], Progress], dict[str, Any]]


def run(
    module: str,
    request: dict[str, Any],
    *,
    timeout: float,
    memory_bytes: int,
    on_progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Run `python -m module` with a request and return its result.

    `timeout` is in seconds of wall time. Raises `AudioProblem` with what the child said, or with what became of it.
    An exception from `on_progress` (a cancelled job) ends the child and passes on.
    """
    request = {**request, "limits": {"memory": memory_bytes, "cpu": int(timeout) + 1}, "parent": os.getpid()}
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(orjson.dumps(request))
            process.stdin.close()
        deadline = time.monotonic() + timeout
        for line in _lines(process.stdout.fileno(), deadline):
            message = orjson.loads(line)
            if "result" in message:
                return message["result"]
            if "problem" in message:
                raise AudioProblem(message["problem"])
            on_progress(message["progress"])
        raise AudioProblem(_cause(process, deadline, timeout, memory_bytes))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _lines(descriptor: int, deadline: float) -> Any:
    waiting = b""
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([descriptor], [], [], left)
        if not ready:
            return
        chunk = os.read(descriptor, 65536)
        if not chunk or len(waiting) > _MAX_LINE:
            return
        *whole, waiting = (waiting + chunk).split(b"\n")
        yield from whole


def _cause(process: subprocess.Popen[bytes], deadline: float, timeout: float, memory_bytes: int) -> str:
    if time.monotonic() >= deadline:
        return f"Decoding took longer than {timeout:.0f} s and was stopped. The file may be damaged; export it again."
    try:
        status = process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        status = 0
    if status == -signal.SIGXCPU:
        return f"Decoding took longer than {timeout:.0f} s and was stopped. The file may be damaged; export it again."
    if status in (-signal.SIGKILL, 99):
        return f"Decoding needed more than {memory_bytes // 1024**2} MB of memory and was stopped."
    return "The decoder crashed on this file. It is damaged, or of a kind that cannot be read; export it again."


def serve(code: Code) -> None:
    """The child's side: read the request, set the limits, run the code, answer."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    request = orjson.loads(sys.stdin.buffer.read())
    if os.getppid() != request["parent"]:
        sys.exit(1)
    limits = request["limits"]
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"] + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_FILE, _MAX_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    last = 0.0

    def tell(fraction: float) -> None:
        nonlocal last
        if time.monotonic() - last >= _PROGRESS_SECONDS:
            last = time.monotonic()
            _answer({"progress": fraction})

    try:
        _answer({"result": code(request, tell)})
    except AudioProblem as problem:
        _answer({"problem": problem.detail})
    except MemoryError:
        os._exit(99)
    except OSError as error:
        _answer({"problem": f"The file could not be processed: {error.strerror or error}."})


def _answer(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(message) + b"\n")
    sys.stdout.buffer.flush()
