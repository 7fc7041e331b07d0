"""A few processes that read stretches of recordings for the web server, which itself never decodes uploaded bytes.

A process that crashes, hangs or grows is replaced; the request that did it fails with a readable reason.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import orjson

from labelbuddy_core.audio.sandbox import child_environment
from labelbuddy_core.errors import AudioProblem, Busy

_MODULE = "labelbuddy_core.audio.window_reader"
_MAX_REQUESTS = 2000
"""A process is replaced after so many, so that what leaks in a decoder does not grow."""
_IDLE_SECONDS = 120.0


class _Reader:
    """One child process."""

    def __init__(self, memory_bytes: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", _MODULE, str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            env=child_environment(),
            bufsize=0,
        )
        self.answered = 0
        self.idle_since = 0.0

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, request: dict[str, Any], timeout: float) -> bytes:
        """The answer's bytes. Raises `AudioProblem`; after `BrokenPipeError` or `TimeoutError` it must be closed."""
        assert self._process.stdin is not None
        deadline = time.monotonic() + timeout
        self._process.stdin.write(orjson.dumps(request) + b"\n")
        held = bytearray()
        while b"\n" not in held:
            held += self._read(deadline)
        line, _, rest = bytes(held).partition(b"\n")
        answer = orjson.loads(line)
        self.answered += 1
        if "problem" in answer:
            raise AudioProblem(answer["problem"])
        data = bytearray(rest)
        while len(data) < answer["length"]:
            data += self._read(deadline)
        return bytes(data)

    def _read(self, deadline: float) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        chunk = os.read(descriptor, 1 << 20)
        if not chunk:
            raise BrokenPipeError
        return chunk

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class DecoderPool:
    """At most `size` processes, started when they are needed and ended when they are not."""

    def __init__(self, size: int, *, memory_bytes: int, timeout: float) -> None:
        self._free = threading.Semaphore(size)
        self._memory_bytes = memory_bytes
        self._timeout = timeout
        self._lock = threading.Lock()
        self._idle: list[_Reader] = []
        self._sweeper: threading.Timer | None = None
        self._closed = False

    def ask(self, kind: str, path: Path, **values: Any) -> bytes:
        """What a process answers to {kind, path, …}. Raises `AudioProblem`, and `Busy` when none is free in time."""
        if not self._free.acquire(timeout=self._timeout):
            raise Busy("The server is busy drawing other recordings; try again in a moment.")
        try:
            return self._answer({"kind": kind, "path": str(path), **values})
        finally:
            self._free.release()

    def _answer(self, request: dict[str, Any]) -> bytes:
        while True:
            reader = self._take()
            used = reader.answered > 0
            try:
                data = reader.ask(request, self._timeout)
            except AudioProblem:
                self._give_back(reader)
                raise
            except (BrokenPipeError, TimeoutError) as error:
                reader.close()
                if used and isinstance(error, BrokenPipeError):
                    continue  # it may have died of something else; a new one tells
                raise AudioProblem("This stretch of the recording could not be decoded; the file is damaged.") from None
            self._give_back(reader)
            return data

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            if self._sweeper is not None:
                self._sweeper.cancel()
        for reader in idle:
            reader.close()

    def _take(self) -> _Reader:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return _Reader(self._memory_bytes)

    def _give_back(self, reader: _Reader) -> None:
        reader.idle_since = time.monotonic()
        with self._lock:
            if not self._closed and reader.answered < _MAX_REQUESTS:
                self._idle.append(reader)
                self._sweep_later()
                return
        reader.close()

    def _sweep_later(self) -> None:
        if self._sweeper is None:
            self._sweeper = threading.Timer(_IDLE_SECONDS, self._sweep)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _sweep(self) -> None:
        oldest = time.monotonic() - _IDLE_SECONDS
        with self._lock:
            self._sweeper = None
            unused = [reader for reader in self._idle if reader.idle_since <= oldest]
            self._idle = [reader for reader in self._idle if reader.idle_since > oldest]
            if self._idle:
                self._sweep_later()
        for reader in unused:
            reader.close()
