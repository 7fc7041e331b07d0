"""The other side of `sandbox`: a process that makes a fresh, limited copy of itself for each request."""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import orjson

from labelbuddy_core.audio.sandbox import OUT_OF_MEMORY, Progress
from labelbuddy_core.errors import AudioProblem

Code = Callable[[dict[str, Any], Progress], dict[str, Any]]

_IDLE_SECONDS = 120.0
_PROGRESS_SECONDS = 0.2
_MAX_FILE = 64 * 1024**3
_PR_SET_PDEATHSIG = 1
_STDIN, _STDOUT = 0, 1
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h


def serve(code: Code, warm: Callable[[], object] = lambda: None) -> None:
    """Answer requests, one after the other, until nobody asks any more.

    `warm` does once, before the first request, what every request would do: import, compile.
    """
    _reuse_memory()
    warm()
    while line := _next_request():
        request = orjson.loads(line)
        server = os.getpid()
        copy = os.fork()
        if copy == 0:
            _answer(code, request, server)
        _tell({"ended": _status(copy)})


def _reuse_memory() -> None:
    """Keep freed blocks of samples for the next: to give each back and ask for it again costs more than to decode."""
    library = ctypes.CDLL(None)
    library.mallopt(_M_TRIM_THRESHOLD, 64 * 1024**2)
    library.mallopt(_M_MMAP_THRESHOLD, 8 * 1024**2)


def _next_request() -> bytes:
    """The next line; empty when the other side is gone, or silent for too long."""
    held = b""
    while not held.endswith(b"\n"):
        ready, _, _ = select.select([_STDIN], [], [], _IDLE_SECONDS)
        chunk = os.read(_STDIN, 1 << 20) if ready else b""
        if not chunk:
            return b""
        held += chunk
    return held


def _status(copy: int) -> int:
    """How a copy ended; it ends at once when the other side is gone."""
    handle = os.pidfd_open(copy)
    ready, _, _ = select.select([handle, _STDIN], [], [])
    os.close(handle)
    if _STDIN in ready:
        os.kill(copy, signal.SIGKILL)
        sys.exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])


def _answer(code: Code, request: dict[str, Any], server: int) -> None:
    """In the copy: set the limits, run the code, answer, end."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _STDIN)
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
            _tell({"progress": fraction})

    status = 1
    try:
        _tell({"result": code(request, tell)})
        status = 0
    except AudioProblem as problem:
        _tell({"problem": problem.detail})
    except MemoryError:
        status = OUT_OF_MEMORY
    except OSError as error:
        _tell({"problem": f"The file could not be processed: {error.strerror or error}."})
    finally:
        os._exit(status)


def _tell(message: dict[str, Any]) -> None:
    data = orjson.dumps(message) + b"\n"
    while data:
        data = data[os.write(_STDOUT, data) :]
