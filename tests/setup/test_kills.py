"""kill -9 of web server and worker, twenty times at random moments, while people upload, save, submit and review:
nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.services.accounts import sign_in
from labelbuddy_core.services.accounts.accounts import hash_password
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.settings import ROOT

KILLS = 20
FILES = 10
PASSWORD = "correct horse battery"


class Processes:
    """The web server and the worker, killed and started again."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._environment = {**os.environ, "LABELBUDDY_DATA": str(data), "PYTHONUNBUFFERED": "1"}
        self._commands = {
            "web": ["-m", "uvicorn", "app:app", "--port", str(self.port), "--log-level", "error"],
            "worker": ["-m", "labelbuddy_core.worker"],
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        for name in self._commands:
            self.start(name)

    def start(self, name: str) -> None:
        self._running[name] = subprocess.Popen(
            [sys.executable, *self._commands[name]],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self, name: str) -> None:
        os.kill(self._running[name].pid, signal.SIGKILL)
        self._running[name].wait()

    def stop(self) -> None:
        for name in self._running:
            self.kill(name)


class Person:
    """Somebody whose requests are repeated until the server has answered, as the editor and the upload do."""

    def __init__(self, port: int, actor: Actor) -> None:
        self._base = f"http://127.0.0.1:{port}/api/v1"
        token = sign_in.open_session(actor.id, address="test", user_agent="test").token
        self._cookies = {"lb_session": token}

    def until_answered(self, method: str, path: str, **body: Any) -> httpx.Response:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                answer = httpx.request(method, self._base + path, cookies=self._cookies, timeout=10, **body)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code < 500:
                return answer
        raise AssertionError(f"{method} {path} was never answered")


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(
    data_folder: Path,
    tmp_path: Path,
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
) -> None:
    chance = random.Random(5)
    manager, annotator, reviewer = (make_user(password_hash=hash_password(PASSWORD, "x")) for _ in range(3))
    project = make_project(managers=(manager,), annotators=(annotator,), reviewers=(reviewer,))
    task = add_task(project, duration=3600.0, annotators=(annotator,))
    files = []
    for number in range(FILES):
        path = tmp_path / f"clip-{number}.wav"
        encode([synthesis.speech(np.random.default_rng(number), 1.5)[np.newaxis]], synthesis.RATE, path)
        files.append(path.read_bytes())
    processes = Processes(data_folder)
    finished = threading.Event()
    acknowledged: dict[int, int] = {}
    problems: list[BaseException] = []

    def upload() -> None:
        person = Person(processes.port, manager)
        for number, data in enumerate(files):
            at = 0
            while True:
                part = data[at : at + 60_000]
                query = f"name=clip-{number}.wav&size={len(data)}&offset={at}"
                answer = person.until_answered("PUT", f"/projects/{project}/uploads/f{number}?{query}", content=part)
                if answer.status_code == 409:
                    at = answer.json()["offset"]
                    continue
                assert answer.status_code == 200, answer.text
                at = answer.json()["offset"]
                if answer.json()["complete"]:
                    break

    def save() -> None:
        person, client, base, number = Person(processes.port, annotator), str(uuid4()), 0, 0
        while not finished.is_set():
            value = {
                "id": f"r{number}",
                "start": number,
                "end": number + 0.5,
                "label": "speech",
                "origin": {"kind": "human"},
            }
            operation = {"op": "put", "collection": "regions", "id": f"r{number}", "value": value}
            body = {"client": client, "sequence": number, "base_revision": base, "operations": [operation]}
            answer = person.until_answered("PATCH", f"/tasks/{task}/annotation", json=body)
            assert answer.status_code == 200, answer.text
            base = answer.json()["revision"]
            acknowledged[number] = base
            number += 1
            time.sleep(0.02)

    def guarded(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                problems.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    try:
        uploading, saving = guarded(upload), guarded(save)
        for number in range(KILLS):
            name = "web" if number % 2 else "worker"
            time.sleep(chance.uniform(0.3, 3.5))
            processes.kill(name)
            processes.start(name)
        uploading.join()
        finished.set()
        saving.join()
        assert not problems, problems
        person = Person(processes.port, manager)
        for _ in range(600):
            found = person.until_answered("GET", f"/projects/{project}/recordings?state=ready").json()
            if found["total"] == FILES + 1:
                break
            time.sleep(0.2)
        assert found["total"] == FILES + 1, "every uploaded file is ready, once"
        assert person.until_answered("GET", f"/projects/{project}/tasks").json()["total"] == FILES + 1
        mine = Person(processes.port, annotator).until_answered("GET", f"/tasks/{task}/annotation").json()
        assert {region["id"] for region in mine["document"]["regions"]} == {f"r{number}" for number in acknowledged}
        assert mine["revision"] == len(acknowledged), "each save made one revision"
        submitted = Person(processes.port, annotator).until_answered(
            "POST", f"/tasks/{task}/annotation/submit", json={"revision": mine["revision"]}
        )
        review = {"revision": mine["revision"], "decision": "approve"}
        processes.kill("web")
        processes.start("web")
        decided = Person(processes.port, reviewer).until_answered(
            "POST", f"/annotations/{submitted.json()['id']}/reviews", json=review
        )
        assert decided.status_code == 201
    finally:
        finished.set()
        processes.stop()
