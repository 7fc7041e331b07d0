"""The app as bin/run serves it: fast to start, one address, no page without the gate, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.sync.client import connect

from labelbuddy_core.settings import ROOT

pytestmark = pytest.mark.long

Start = Callable[..., tuple[subprocess.Popen[bytes], int]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the supervisor (what bin/run becomes) and waits until it answers."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(data: Path | None = None) -> tuple[subprocess.Popen[bytes], int]:
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "labelbuddy_core.supervisor",
            "--port",
            str(port),
            "--data",
            str(data or tmp_path / "d"),
        ]
        with (tmp_path / "console").open("ab") as console:
            process = subprocess.Popen(command, cwd=ROOT, stdout=console, stderr=console)
        running.append(process)
        wait_for(lambda: ready(port), 60)
        return process, port

    yield begin
    for process in running:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/ready", timeout=5) as answer:
            return json.load(answer)["ready"]
    except OSError:
        return False


def wait_for(reached: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if reached():
            return
        time.sleep(0.1)
    raise AssertionError("that did not happen in time")


def children(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    direct = [int(line) for line in found.stdout.split()]
    return direct + [grandchild for child in direct for grandchild in children(child)]


def test_the_console_shows_the_address_and_the_set_up_token(start: Start, tmp_path: Path) -> None:
    _, port = start()
    console = tmp_path / "console"
    wait_for(lambda: "token" in console.read_text(), 10)
    assert f"http://127.0.0.1:{port}" in console.read_text()


def test_when_the_supervisor_is_killed_nothing_is_left_behind(start: Start) -> None:
    process, port = start()
    family = children(process.pid)
    assert len(family) >= 2
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 15)
    assert not ready(port)


@pytest.mark.parametrize("which", ["uvicorn", "labelbuddy_core.worker"])
def test_what_dies_is_started_again(which: str, start: Start) -> None:
    process, port = start()
    found = [pid for pid in children(process.pid) if which in Path(f"/proc/{pid}/cmdline").read_text()]
    os.kill(found[0], signal.SIGKILL)
    wait_for(
        lambda: any(
            pid != found[0]
            and Path(f"/proc/{pid}/cmdline").exists()
            and which in Path(f"/proc/{pid}/cmdline").read_text()
            for pid in children(process.pid)
        ),
        20,
    )
    wait_for(lambda: ready(port), 30)


def test_a_port_in_use_is_told(start: Start, tmp_path: Path) -> None:
    _, port = start()
    command = [sys.executable, "-m", "labelbuddy_core.supervisor", "--port", str(port), "--data", str(tmp_path / "e")]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert "in use" in second.stdout


def test_no_page_runs_for_a_stranger_on_a_fresh_server(start: Start) -> None:
    """Streamlit serves pages beside the main script without its gate; ours are only reached through the gate.

    Regression test: the websocket of an anonymous visitor of /project on a server that nobody has opened yet must get
    the set-up or sign-in form and never a page's own script.
    """
    _, port = start()
    for page in ("project", "people", "dashboard", "account"):
        received = first_messages(port, page)
        assert b"Set up LabelBuddy" in received
        assert b"Sign out" not in received
        assert b"must not" not in received


def first_messages(port: int, page: str) -> bytes:
    """What an anonymous browser receives that asks for a page, until the form is there or nothing comes."""
    message = BackMsg()
    message.rerun_script.page_name = page
    received = b""
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", max_size=None) as connection:
        connection.send(message.SerializeToString())
        try:
            while b"Set up LabelBuddy" not in received:
                part = connection.recv(timeout=10)
                received += part if isinstance(part, bytes) else part.encode()
        except TimeoutError:
            return received
    return received


def test_the_hidden_setting_that_makes_reruns_fast_stays() -> None:
    """`runner.postScriptGC`: a full collection after every rerun costs 100 ms and loses events of the editor."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["runner"]["postScriptGC"] is False
    assert config["browser"]["gatherUsageStats"] is False
    from streamlit import config as streamlit_config

    assert "runner.postScriptGC" in streamlit_config.get_config_options()


def test_sentences_in_the_code_of_a_page_are_not_shown_on_it() -> None:
    """`runner.magicEnabled`: Streamlit would write every string that stands alone, as those that describe constants."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["runner"]["magicEnabled"] is False


def test_the_launcher_is_not_the_main_script() -> None:
    source = (ROOT / "app.py").read_text()
    assert '"pages" / "main.py"' in source
