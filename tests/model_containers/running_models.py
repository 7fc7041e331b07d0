"""Running models, sessions on their sockets and seeded audio, for tests and benchmark of the model containers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import requests
import urllib3
from requests.adapters import HTTPAdapter

ROOT = Path(__file__).parents[2]
WEIGHTS = Path(os.environ.get("LABELBUDDY_MODELS") or ROOT / ".cache" / "models") / "musicnn"


def music(seconds: float, rate: int = 16_000) -> npt.NDArray[np.float32]:
    """A melody with overtones and a noisy beat, mono; the same numbers on every machine."""
    time_axis = np.arange(round(seconds * rate)) / rate
    notes = 220.0 * 2.0 ** (np.array([0, 4, 7, 12, 7, 4, 5, 9]) / 12.0)
    pitch = notes[(time_axis / 0.375).astype(int) % len(notes)]
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    melody = sum(np.sin(overtone * phase) / overtone for overtone in range(1, 6))
    beat = np.exp(-(time_axis % 0.5) * 30.0) * np.random.default_rng(7).standard_normal(len(time_axis))
    return (0.15 * melody + 0.2 * beat).astype(np.float32)


class SocketSession:
    """`requests` on a Unix socket."""

    def __init__(self, path: Path) -> None:
        self._base = f"http+unix://{quote(str(path), safe='')}"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("http+unix://", _SocketAdapter(str(path)))

    def __call__(self, method: str, path: str, **parts: Any) -> requests.Response:
        return self._session.request(method, self._base + path, timeout=120, **parts)

    def close(self) -> None:
        self._session.close()


class _SocketAdapter(HTTPAdapter):
    def __init__(self, path: str) -> None:
        self._path = path
        super().__init__()

    def get_connection_with_tls_context(self, *_args: Any, **_kwargs: Any) -> Any:
        return _SocketPool(self._path)

    def request_url(self, request: Any, proxies: Any) -> str:
        return request.path_url


class _SocketPool(urllib3.HTTPConnectionPool):
    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def _new_conn(self) -> Any:
        return _SocketConnection(self._path)


class _SocketConnection(urllib3.connection.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def _new_conn(self) -> Any:
        import socket

        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(120)
        connection.connect(self._path)
        return connection


def wait_for(condition: Callable[[], Any], what: str, patience: float = 60.0) -> Any:
    """The first true value of `condition`; fails when that takes too long."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            value = condition()
        except (OSError, requests.RequestException):
            value = None
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {patience:.0f} s")


@contextmanager
def running(
    module: str, folder: Path, *, python: Path | str = sys.executable, **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], SocketSession, Path]]:
    """A model as a process on a Unix socket in a folder: the process, a session to it, and its socket."""
    socket = folder / "s"
    process = subprocess.Popen(
        [str(python), "-m", module],
        cwd=ROOT,
        env={**os.environ, "LABELBUDDY_SOCKET": str(socket), "LABELBUDDY_THREADS": "1", **environment},
    )
    session = SocketSession(socket)
    try:
        wait_for(lambda: session("GET", "/health").status_code == 200, "binding")
        yield process, session, socket
    finally:
        session.close()
        process.terminate()
        process.wait(timeout=20)
