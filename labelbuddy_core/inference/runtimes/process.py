"""Models that come with LabelBuddy, each as a child process with limits, on a Unix socket that only we can open."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.runtimes.interface import Progress
from labelbuddy_core.inference.runtimes.waiting import wait_until_ready
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import ROOT

BUNDLED: Mapping[str, tuple[str, ...]] = {"musicnn": ("-m", "model_containers.musicnn")}
"""Name in the specification to the arguments of Python that serve the model."""

_PR_SET_PDEATHSIG = 1
_LOG_BYTES = 4000
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")


@dataclass
class _Running:
    process: subprocess.Popen[bytes]
    folder: Path
    endpoint: Endpoint
    log: Path
    specification: Specification
    ready: bool = False


_SOCKETS = "/tmp"  # noqa: S108 (folders in it are made with mode 0700 and a random name)
"""Not TMPDIR, which lies in the data folder: the path of a socket must stay below 100 bytes."""


class ProcessRuntime:
    """Starts bundled models; they end with this process, even when it is killed."""

    def __init__(self, weights: Path, bundled: Mapping[str, tuple[str, ...]] = BUNDLED) -> None:
        self._weights = weights
        self._bundled = bundled
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()

    def ensure_running(self, key: str, specification: Specification, on_progress: Progress) -> Endpoint:
        """Start the model unless it runs. Raises `ModelProblem` when it is not bundled or does not become ready."""
        with self._lock:
            running = self._running.get(key)
            if running is not None and running.process.poll() is None and running.specification == specification:
                if not running.ready:  # somebody gave up waiting for it
                    self._wait(key, running, on_progress)
                return running.endpoint
            if running is not None:
                self._forget(key)
            on_progress("Starting the model")
            running = self._start(specification)
            self._running[key] = running
            self._wait(key, running, on_progress)
            return running.endpoint

    def _wait(self, key: str, running: _Running, on_progress: Progress) -> None:
        try:
            wait_until_ready(running.endpoint, on_progress, lambda: _cause_of_death(running, running.specification))
        except ModelProblem:
            self._forget(key)
            raise
        running.ready = True

    def status(self, key: str) -> str:
        running = self._running.get(key)
        return "running" if running is not None and running.process.poll() is None else "stopped"

    def stop(self, key: str) -> None:
        with self._lock:
            self._forget(key)

    def _start(self, specification: Specification) -> _Running:
        name = specification.process or ""
        if name not in self._bundled:
            known = ", ".join(sorted(self._bundled))
            raise ModelProblem(f"No model called {name!r} comes with LabelBuddy; `process` can be: {known}.")
        folder = Path(tempfile.mkdtemp(prefix="lb-", dir=_SOCKETS))
        socket, log = folder / "s", folder / "log"
        environment = {
            **{variable: os.environ[variable] for variable in _KEPT_VARIABLES if variable in os.environ},
            "LABELBUDDY_SOCKET": str(socket),
            "LABELBUDDY_WEIGHTS": str(self._weights / name),
            "LABELBUDDY_THREADS": str(max(1, round(min(specification.resources.cpus, os.cpu_count() or 1)))),
            "TMPDIR": str(folder),
        }
        parent, memory = os.getpid(), specification.resources.memory
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *self._bundled[name]],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: _confine(parent, memory),
            )
        timeout = specification.resources.timeout_seconds
        endpoint = Endpoint(socket=str(socket), timeout_seconds=timeout, digest=name)
        return _Running(process, folder, endpoint, log, specification)

    def _forget(self, key: str) -> None:
        running = self._running.pop(key, None)
        if running is None:
            return
        running.process.terminate()
        try:
            running.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            running.process.kill()
            running.process.wait()
        shutil.rmtree(running.folder, ignore_errors=True)


def _confine(parent: int, memory: int) -> None:
    """In the child, before it becomes the model: die with the parent, yield to others, limit memory and files.

    The limit is on data (heap and anonymous maps): PyTorch reserves far more address space than it uses.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_DATA, (memory * 2, memory * 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cause_of_death(running: _Running, specification: Specification) -> str | None:
    status = running.process.poll()
    if status is None:
        return None
    tail = running.log.read_bytes()[-_LOG_BYTES:].decode("utf-8", "replace").strip().splitlines()[-3:]
    said = " / ".join(tail)
    if "MemoryError" in said or "alloc" in said:
        memory = specification.resources.memory // 1024**2
        return f"The model needs more than {memory} MB of memory: raise resources.memory in its file."
    return f"The model ended while it started (status {status}): {said or 'it said nothing'}"
