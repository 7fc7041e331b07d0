"""Real servers of other people's protocols, and an environment with their public libraries."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
import soundfile
from werkzeug.serving import make_server

HERE = Path(__file__).parent
LIBRARIES = (
    "label-studio-ml==1.0.9",
    "label-studio-tools==0.0.4",
    "redis==5.2.1",
    "rq==1.16.2",
    "setuptools<81",
    "openai==3.57.0",
)


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an environment with label-studio-ml and openai: LABELBUDDY_PROTOCOL_PYTHON, else made here by pip."""
    given = os.environ.get("LABELBUDDY_PROTOCOL_PYTHON")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("libraries")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run([str(python), "-m", "pip", "install", "-q", *LIBRARIES], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"the libraries cannot be installed here: {done.stderr.strip().splitlines()[-1][:200]}")
    return python


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Serves a WSGI application on a port of its own; returns its address."""
    servers = []

    def start(app: Any) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()


@pytest.fixture
def spawn() -> Iterator[Callable[..., str]]:
    """Runs a server as a process, told its port as last argument; returns its address once /health answers."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(*command: str, cwd: Path, health: str = "/health", patience: float = 120.0, **environment: str) -> str:
        port = free_port()
        with (cwd / "log").open("wb") as log:
            process = subprocess.Popen(
                [*command, str(port)], cwd=cwd, env={**os.environ, **environment}, stdout=log, stderr=log
            )
        processes.append(process)
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if requests.get(address + health, timeout=5).status_code < 500:
                    return address
            except requests.RequestException:
                time.sleep(0.2)
        raise AssertionError(f"the server did not start: {(cwd / 'log').read_text()[-2000:]}")

    yield start
    for process in processes:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """A WAV file with two seconds of a tone at half of full scale, 8 kHz."""
    path = tmp_path / "tone.wav"
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * 200 * np.arange(16_000) / 8_000), 8_000, subtype="PCM_16")
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def python() -> str:
    """The Python that runs the tests."""
    return sys.executable
