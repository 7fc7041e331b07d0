"""The image of audio-language models with tiny checkpoints in its /data, run as LabelBuddy runs it.

To build the image takes minutes and gigabytes, so that this is done by hand (`model_containers/build.sh
audio_language`); where the engine has it, it is tested.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml
from docker.errors import DockerException, ImageNotFound
from running_models import ROOT, SocketSession, wait_for

from model_containers.serving.contract import check

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(900)]

IMAGE = yaml.safe_load((ROOT / "model_containers/audio_language/model.yaml").read_text())["image"]


@pytest.fixture(scope="module")
def engine() -> Any:
    try:
        client = docker.from_env(timeout=120)
        client.images.get(IMAGE)
    except ImageNotFound:
        pytest.skip(f"SKIPPED the image {IMAGE}: it is not built; model_containers/build.sh audio_language builds it")
    except DockerException as error:
        pytest.skip(f"no Docker engine answers ({type(error).__name__}); .ci/docker-engine.sh starts one")
    return client


@pytest.fixture(scope="module")
def tiny(transformers_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random networks of the real classes."""
    folder = tmp_path_factory.mktemp("tiny")
    script = Path(__file__).with_name("tiny_audio_language.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    subprocess.run([str(transformers_python), str(script), str(folder)], cwd=ROOT, env=environment, check=True)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


@pytest.fixture(
    params=[{}, {"LABELBUDDY_PRECISION": "4bit"}, {"LABELBUDDY_THINKING": "on"}], ids=["whole", "4bit", "think"]
)
def session(engine: Any, tiny: Path, request: pytest.FixtureRequest) -> Iterator[SocketSession]:
    """A container without a network and without rights that serves the tiny Audio Flamingo 3."""
    folder = Path(tempfile.mkdtemp(prefix="lb-test-"))
    user = os.getuid() or 65534
    os.chown(folder, user, -1)
    running = engine.containers.run(
        IMAGE,
        detach=True,
        init=True,
        read_only=True,
        network_mode="none",
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        pids_limit=128,
        mem_limit="3g",
        tmpfs={"/tmp": "rw,noexec,nosuid,nodev,size=256m,mode=1777"},
        user=f"{user}:{user}",
        volumes={
            str(folder): {"bind": "/run/labelbuddy", "mode": "rw"},
            str(tiny): {"bind": "/data", "mode": "ro"},
        },
        environment={
            "LABELBUDDY_SOCKET": "/run/labelbuddy/s",
            "LABELBUDDY_VARIANT": "audioflamingo3",
            "LABELBUDDY_MAX_TOKENS": "8",
            **request.param,
        },
    )
    opened = SocketSession(folder / "s")
    try:
        health = wait_for(
            lambda: (said := opened("GET", "/health").json())["status"] != "starting" and said, "loading", 300
        )
        assert health["status"] == "ready", health["detail"]
        yield opened
    finally:
        opened.close()
        running.remove(force=True, v=True)
        shutil.rmtree(folder, ignore_errors=True)


def test_the_hardened_container_keeps_the_contract_with_a_tiny_checkpoint(session: SocketSession) -> None:
    assert not [one for one in check(session, patience=120) if not one.kept]
