"""The containers of `compose.yaml` for real: started, worked in over HTTPS, replaced by new ones, and nothing is lost.

Needs a Docker engine, Compose 2.24 or later, and images that stand in for those of Docker Hub, which are made by
`tests/setup/stand_ins/make.sh`; without them this file is skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest
import soundfile

from labelbuddy_core.settings import ROOT

HOST = "labels.example.org"
PERSON = {"username": "mona", "name": "Mona", "email": "mona@example.org", "password": "correct horse battery"}
IMAGES = ("labelbuddy/test-python", "labelbuddy/test-postgres", "labelbuddy/test-caddy")
OVERRIDE = f"""
services:
  proxy: {{image: labelbuddy/test-caddy, ports: !override ["127.0.0.1:0:443"]}}
  database: {{image: labelbuddy/test-postgres}}
  worker: {{image: labelbuddy/test-app, build: !reset null}}
  app:
    image: labelbuddy/test-app
    build:
      context: {ROOT}
      args: {{BASE_IMAGE: labelbuddy/test-python, PIP_EXTRA_INDEX_URL: ""}}
"""

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(900)]


def compose_program() -> list[str] | None:
    """The command line of Compose: a program of its own, or a part of Docker's."""
    of_its_own = os.environ.get("LABELBUDDY_COMPOSE", str(ROOT / ".cache" / "compose" / "docker-compose"))
    for words in ([of_its_own], ["docker", "compose"]):
        if shutil.which(words[0]):
            said = subprocess.run([*words, "version", "--short"], capture_output=True, text=True)
            found = re.match(r"v?(\d+)\.(\d+)", said.stdout)
            if said.returncode == 0 and found and (int(found[1]), int(found[2])) >= (2, 24):
                return words
    return None


class Stack:
    """The containers, reached through the proxy alone."""

    def __init__(self, program: list[str], folder: Path) -> None:
        self._folder = folder
        files = ["-f", str(ROOT / "compose.yaml"), "-f", str(folder / "stand-ins.yaml")]
        self._command = [*program, "-p", f"labelbuddy-{uuid4().hex[:8]}", "--project-directory", str(folder), *files]
        self._cookie = ""

    def run(self, *words: str) -> str:
        environment = {**os.environ, "LABELBUDDY_PUBLIC_URL": f"https://{HOST}", "DOCKER_BUILDKIT": "0"}
        done = subprocess.run([*self._command, *words], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def start(self) -> None:
        """Start it, and learn where the proxy is and whom it is signed by."""
        self.run("up", "--detach", "--wait", "--build")
        self._port = int(self.run("port", "proxy", "443").rsplit(":", 1)[1])
        authority = self._folder / "root.crt"
        self.run("cp", "proxy:/data/caddy/pki/authorities/local/root.crt", str(authority))
        trust = ssl.create_default_context(cafile=str(authority))
        self._client = httpx.Client(verify=trust, timeout=60, headers={"Origin": f"https://{HOST}", "Host": HOST})

    def ask(self, method: str, path: str, **named: Any) -> httpx.Response:
        headers = {**named.pop("headers", {}), **({"Cookie": self._cookie} if self._cookie else {})}
        url = f"https://127.0.0.1:{self._port}{path}"
        reply = self._client.request(method, url, headers=headers, extensions={"sni_hostname": HOST}, **named)
        assert reply.is_success, (method, path, reply.status_code, reply.text[:500])
        return reply

    def sign_in(self) -> None:
        signed_in = self.ask("POST", "/api/v1/session", json={name: PERSON[name] for name in ("username", "password")})
        self._cookie = signed_in.headers["set-cookie"].split(";")[0]

    def upload(self, project: str, name: str, data: bytes) -> str:
        """Send a file; returns the id of the task that the worker made of it."""
        place = f"/api/v1/projects/{project}/uploads/{uuid4().hex}?offset=0&name={name}&size={len(data)}"
        self.ask("PUT", place, content=data, headers={"Content-Type": "application/octet-stream"})

        def task() -> str:
            found = self.ask("GET", f"/api/v1/projects/{project}/tasks").json()["items"]
            return next((one["id"] for one in found if one["recording"]["name"] == name), "")

        return until(task)


def until(found: Callable[[], Any], seconds: float = 120.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.5)
    return answer


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    program = compose_program()
    if program is None:
        pytest.skip("SKIPPED compose.yaml for real: there is no Compose 2.24 or later (LABELBUDDY_COMPOSE names one)")
    for image in IMAGES:
        if subprocess.run(["docker", "image", "inspect", image], capture_output=True).returncode:
            pytest.skip(f"SKIPPED compose.yaml for real: no image {image} (tests/setup/stand_ins/make.sh makes it)")
    (tmp_path / "stand-ins.yaml").write_text(OVERRIDE)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "database_password").write_text(f"{uuid4().hex}\n")
    (tmp_path / "secrets" / "database_password").chmod(0o644)
    (tmp_path / "deploy").mkdir()
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()  # in a closed network, as docs/deployment.md says
    (tmp_path / "deploy" / "Caddyfile").write_text(caddy.replace("\theader Strict", "\ttls internal\n\theader Strict"))
    made = Stack(program, tmp_path)
    try:
        yield made
    finally:
        made.run("down", "--volumes", "--timeout", "20")


def sound(folder: Path, seed: int) -> bytes:
    path = folder / "noise.wav"
    soundfile.write(path, np.random.default_rng(seed).uniform(-0.3, 0.3, 16000 * 5), 16000)
    return path.read_bytes()


def test_what_was_labeled_is_there_after_every_container_was_replaced(stack: Stack, tmp_path: Path) -> None:
    """One test for what takes half a minute to start."""
    stack.start()
    token = until(lambda: re.search(r"token: (\S+)", stack.run("logs", "app")))[1]
    stack.ask("POST", "/api/v1/setup", json={"token": token, "user": PERSON})
    stack.sign_in()
    new = {"name": "Sounds", "template": "sound-events", "labels": [{"name": "Dog"}]}
    made = stack.ask("POST", "/api/v1/projects", json=new).json()
    project, label = made["id"], made["labels"][0]["id"]
    stack.ask("PUT", f"/api/v1/projects/{project}/members/mona", json={"roles": ["manager", "annotator"]})
    data = sound(tmp_path, 1)
    task = stack.upload(project, "first.wav", data)
    assert stack.ask("POST", f"/api/v1/projects/{project}/tasks/next").json()["id"] == task
    region = {"id": "r1", "start": 0.5, "end": 1.5, "label": label, "origin": {"kind": "human"}}
    put = {"op": "put", "collection": "regions", "id": "r1", "value": region}
    save = {"client": str(uuid4()), "sequence": 1, "base_revision": 0, "operations": [put]}
    stack.ask("PATCH", f"/api/v1/tasks/{task}/annotation", json=save)

    stack.run("down", "--timeout", "20")  # the containers are gone, their volumes are not
    stack.start()

    kept = stack.ask("GET", f"/api/v1/tasks/{task}/annotation").json()  # also the session of before
    assert [(one["start"], one["end"], one["label"]) for one in kept["document"]["regions"]] == [(0.5, 1.5, label)]
    assert stack.ask("GET", f"/api/v1/tasks/{task}/original").content == data
    assert stack.upload(project, "second.wav", sound(tmp_path, 2)) != task  # and the worker works again
    answer = stack.ask("GET", "/api/v1/ready").json()
    assert answer["ready"] is True, answer
