"""Models that come with LabelBuddy, each as a child process with limits, on a Unix socket that only we can open."""

from __future__ import annotations

import collections
import contextlib
import os
import resource
import shutil
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.model_logs import BoundedLog, log_path
from labelbuddy_core.inference.runtimes import deaths
from labelbuddy_core.inference.runtimes.children import SPAWNER, end_with
from labelbuddy_core.inference.runtimes.interface import ModelEnded, Progress, Status, Usage
from labelbuddy_core.inference.runtimes.locks import KeyedLocks
from labelbuddy_core.inference.runtimes.socket_folders import socket_folder
from labelbuddy_core.inference.runtimes.waiting import PATIENCE_SECONDS, wait_until_ready
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import ROOT

BUNDLED: Mapping[str, tuple[str, ...]] = {
    name: ("-m", f"model_containers.{name}")
    for name in ("audio_language", "baseline", "musicnn", "panns", "yoho", "yoho.experimental")
}
"""Name in the specification to the arguments of Python that serve the model."""

_KEPT_LINES = 200
_LINE_BYTES = 4096
_LAST_WORDS = 20
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")


@dataclass
class _Running:
    process: subprocess.Popen[bytes]
    folder: Path
    endpoint: Endpoint
    specification: Specification
    said: collections.deque[str] = field(default_factory=lambda: collections.deque(maxlen=_KEPT_LINES))
    reader: threading.Thread | None = None
    ready: bool = False


class ProcessRuntime:
    """Starts bundled models; they end with this process, even when it is killed. What they write goes to `logs`, what
    they keep to a folder for each in `data` (left out: in their temporary folder, which goes when they end)."""

    def __init__(
        self,
        weights: Path,
        bundled: Mapping[str, tuple[str, ...]] = BUNDLED,
        *,
        logs: Path | None = None,
        data: Path | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._weights = weights
        self._data = data
        self._bundled = bundled
        self._logs = logs
        self._patience = patience
        self._running: dict[str, _Running] = {}
        self._locks = KeyedLocks()

    def ensure_running(self, key: str, specification: Specification, on_progress: Progress) -> Endpoint:
        """Start the model unless it runs. Raises `ModelProblem` when it is not bundled or does not become ready."""
        with self._locks.of(key):
            running = self._running.get(key)
            if running is not None and running.process.poll() is None and running.specification == specification:
                if not running.ready:  # somebody gave up waiting for it
                    self._wait(key, running, on_progress)
                return running.endpoint
            if running is not None:
                self._forget(key)
            on_progress("Starting the model")
            running = self._start(key, specification)
            self._running[key] = running
            self._wait(key, running, on_progress)
            return running.endpoint

    def endpoint(self, key: str) -> Endpoint | None:
        running = self._running.get(key)
        return running.endpoint if running is not None and running.ready else None

    def status(self, key: str) -> Status:
        running = self._running.get(key)
        if running is None:
            return Status("stopped")
        cause = _cause_of_death(running)
        return Status("running") if cause is None else Status("ended", cause)

    def usage(self, key: str) -> Usage | None:
        running = self._running.get(key)
        used = None if running is None else _usage(running.process.pid)
        place = self._place(key)
        return used if used is None or place is None else replace(used, data=_bytes_below(place))

    def logs(self, key: str, lines: int) -> str:
        running = self._running.get(key)
        return "" if running is None else "\n".join(list(running.said)[-lines:])

    def stop(self, key: str) -> None:
        with self._locks.of(key):
            self._forget(key)

    def reap(self) -> int:
        """Nothing to do: the system ends our children with us."""
        return 0

    def remove_data(self, key: str) -> None:
        """Stop the model and remove what it keeps."""
        self.stop(key)
        place = self._place(key)
        if place is not None:
            shutil.rmtree(place, ignore_errors=True)

    def remove_data_of_others(self, wanted: Callable[[str], bool]) -> int:
        """Remove what was kept under keys that are not wanted any more."""
        if self._data is None or not self._data.is_dir():
            return 0
        left = [one for one in self._data.iterdir() if not wanted(urllib.parse.unquote(one.name))]
        for place in left:
            shutil.rmtree(place, ignore_errors=True)
        return len(left)

    def _place(self, key: str) -> Path | None:
        """Where a model keeps what it learns."""
        return None if self._data is None else self._data / urllib.parse.quote(key, safe="")

    def close(self) -> None:
        """Nothing is left."""

    def _wait(self, key: str, running: _Running, on_progress: Progress) -> None:
        try:
            wait_until_ready(running.endpoint, on_progress, lambda: _cause_of_death(running), self._patience)
        except ModelEnded:
            self._forget(key)
            raise
        running.ready = True

    def _start(self, key: str, specification: Specification) -> _Running:
        name = specification.process or ""
        if name not in self._bundled:
            known = ", ".join(sorted(self._bundled))
            raise ModelProblem(f"No model called {name!r} comes with LabelBuddy; `process` can be: {known}.")
        folder = socket_folder()
        socket = folder / "s"
        place = self._place(key) or folder / "data"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        environment = {
            **{variable: os.environ[variable] for variable in _KEPT_VARIABLES if variable in os.environ},
            "LABELBUDDY_SOCKET": str(socket),
            "LABELBUDDY_WEIGHTS": str(self._weights / name),
            "LABELBUDDY_DATA": str(place),
            "LABELBUDDY_THREADS": str(max(1, round(min(specification.resources.cpus, os.cpu_count() or 1)))),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(folder),
        }
        parent, memory = os.getpid(), specification.resources.memory
        process = SPAWNER.submit(
            subprocess.Popen,
            [sys.executable, *self._bundled[name]],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: _confine(parent, memory),
        ).result()
        timeout = specification.resources.timeout_seconds
        endpoint = Endpoint(socket=str(socket), timeout_seconds=timeout, digest=name)
        running = _Running(process, folder, endpoint, specification)
        log = BoundedLog(log_path(self._logs, key)) if self._logs is not None else None
        running.reader = threading.Thread(target=_read, args=(running, log), name=f"log of {key}", daemon=True)
        running.reader.start()
        return running

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


def _read(running: _Running, log: BoundedLog | None) -> None:
    """Take what the process writes, so that it never waits for us; a line may be cut."""
    output: IO[bytes] | None = running.process.stdout
    if output is None:
        return
    with output:
        while line := output.readline(_LINE_BYTES):
            running.said.append(line.decode("utf-8", "replace").rstrip("\n"))
            if log is not None:
                log.write(line)


def _confine(parent: int, memory: int) -> None:
    """In the child, before it becomes the model: die with the parent, yield to others, limit memory and files.

    The limit is on data (heap and anonymous maps): PyTorch reserves far more address space than it uses.
    """
    end_with(parent)
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_DATA, (memory * 2, memory * 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cause_of_death(running: _Running) -> str | None:
    status = running.process.poll()
    if status is None:
        return None
    if running.reader is not None:
        running.reader.join(timeout=1.0)  # its last words are still on their way
    said = "\n".join(list(running.said)[-_LAST_WORDS:])
    if "MemoryError" in said or "bad_alloc" in said or "can't allocate memory" in said:
        return deaths.needs_memory(running.specification.resources.memory)
    return deaths.ended(status if status >= 0 else 128 - status, said, starting=not running.ready)


def _bytes_below(place: Path) -> int:
    total = 0
    for path in place.rglob("*"):
        with contextlib.suppress(OSError):  # it may have gone meanwhile
            total += path.stat().st_size
    return total


def _usage(pid: int) -> Usage | None:
    """What a process and its children use together: a server may have its weights in a child."""
    parts = [part for one in _family(pid) if (part := _own_usage(one)) is not None]
    if not parts:
        return None
    return Usage(
        memory=sum(part.memory for part in parts),
        cpu_seconds=sum(part.cpu_seconds for part in parts),
        processes=sum(part.processes or 0 for part in parts),
    )


def _family(pid: int) -> list[int]:
    try:
        named = [one.read_text().split() for one in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return [pid]
    return [pid, *(member for names in named for name in names for member in _family(int(name)))]


def _own_usage(pid: int) -> Usage | None:
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return None
    ticks = int(status[11]) + int(status[12])
    return Usage(
        memory=pages * os.sysconf("SC_PAGE_SIZE"),
        cpu_seconds=ticks / os.sysconf("SC_CLK_TCK"),
        processes=int(status[17]),
    )
