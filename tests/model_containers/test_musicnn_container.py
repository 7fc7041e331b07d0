"""The image of musicnn, built and run as LabelBuddy runs it: no network, no rights, a read-only root, a Unix socket."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import soundfile
import yaml
from docker.errors import DockerException
from running_models import ROOT, SocketSession, music, wait_for

from model_containers.serving.contract import check

pytestmark = [pytest.mark.docker, pytest.mark.timeout(1500)]

SPECIFICATION = yaml.safe_load((ROOT / "model_containers/musicnn/model.yaml").read_text())


@pytest.fixture(scope="module")
def engine() -> Any:
    try:
        client = docker.from_env(timeout=120)
        client.ping()
    except DockerException as error:
        pytest.skip(f"no Docker engine answers ({type(error).__name__}); .ci/docker-engine.sh starts one")
    return client


@pytest.fixture(scope="module")
def image(engine: Any) -> Any:
    """The image of this working tree: layers that did not change come from the engine's cache."""
    built = subprocess.run([ROOT / "model_containers/build.sh", "musicnn"], capture_output=True, text=True, check=False)
    assert built.returncode == 0, f"{built.stdout[-2000:]}\n{built.stderr[-2000:]}"
    return engine.images.get(SPECIFICATION["image"])


@pytest.fixture(scope="module")
def container(engine: Any, image: Any) -> Iterator[tuple[Any, SocketSession]]:
    folder = Path(tempfile.mkdtemp(prefix="lb-test-"))
    user = os.getuid() or 65534
    os.chown(folder, user, -1)
    running = engine.containers.run(
        image.id,
        detach=True,
        init=True,
        read_only=True,
        network_mode="none",
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        pids_limit=128,
        mem_limit="2g",
        memswap_limit="2g",
        nano_cpus=2_000_000_000,
        tmpfs={
            "/tmp": "rw,noexec,nosuid,nodev,size=256m,mode=1777",
            "/data": "rw,noexec,nosuid,nodev,size=64m,mode=1777",
        },
        user=f"{user}:{user}",
        volumes={str(folder): {"bind": "/run/labelbuddy", "mode": "rw"}},
        environment={"LABELBUDDY_SOCKET": "/run/labelbuddy/s"},
    )
    session = SocketSession(folder / "s")
    try:
        health = wait_for(
            lambda: (said := session("GET", "/health").json())["status"] != "starting" and said, "loading", 120
        )
        assert health["status"] == "ready", health["detail"]
        yield running, session
    finally:
        session.close()
        running.remove(force=True, v=True)
        shutil.rmtree(folder, ignore_errors=True)


def test_the_image_says_that_it_serves_a_socket_and_needs_no_root(image: Any) -> None:
    assert image.labels["org.labelbuddy.socket"] == "1"
    assert image.attrs["Config"]["User"] == "65534:65534"


def test_the_hardened_container_keeps_the_contract(container: tuple[Any, SocketSession]) -> None:
    assert [finding for finding in check(container[1]) if not finding.kept] == []


def test_it_is_the_model_that_its_specification_declares(container: tuple[Any, SocketSession]) -> None:
    info = container[1]("GET", "/info").json()
    assert info["version"] == SPECIFICATION["version"]
    assert [output["labels"] for output in SPECIFICATION["output_schema"]] == [info["labels"]] * 2
    assert info["sample_rate"] == SPECIFICATION["input_schema"]["sample_rate"]


def test_container_and_process_give_the_same_answer(container: tuple[Any, SocketSession], weights: Path) -> None:
    from model_containers.musicnn.app import MusicnnModel
    from model_containers.serving import Options

    buffer = io.BytesIO()
    soundfile.write(buffer, music(9.0), 16_000, format="WAV", subtype="FLOAT")
    files = {"audio": ("clip.wav", buffer.getvalue())}
    theirs = container[1]("POST", "/predict", files=files, data={"options": json.dumps({"threshold": 0})}).json()
    model = MusicnnModel(weights)
    model.load()
    ours = model.predict(music(9.0), Options(threshold=0.0))
    expected = {tag.label: tag.score for tag in ours.tags}
    assert {tag["label"]: tag["score"] for tag in theirs["tags"]} == pytest.approx(expected, abs=1e-5)


def test_it_has_no_network_no_rights_and_cannot_write(container: tuple[Any, SocketSession]) -> None:
    running, _ = container
    code = (
        "import os, socket\n"
        "status = open('/proc/1/status').read()\n"
        "print('CapEff:\\t0000000000000000' in status, os.getuid() != 0, os.listdir('/sys/class/net') == ['lo'])\n"
        "try: open('/opt/x', 'w')\n"
        "except OSError as error: print(error.errno)\n"
    )
    said = running.exec_run(["python", "-c", code]).output.decode().split()
    assert said[:3] == ["True", "True", "True"]
    assert said[3] in {"13", "30"}


def test_more_audio_than_it_can_hold_is_refused_in_words(container: tuple[Any, SocketSession]) -> None:
    reply = container[1]("POST", "/predict", files={"audio": ("long.wav", bytes(250 * 1024**2))})
    assert reply.status_code == 413
    assert "240 MB" in reply.json()["detail"]


def test_it_stops_within_seconds_when_told(container: tuple[Any, SocketSession]) -> None:
    running, _ = container
    running.stop(timeout=20)
    running.reload()
    assert running.attrs["State"]["ExitCode"] in {0, 143}
    assert running.attrs["State"]["OOMKilled"] is False
