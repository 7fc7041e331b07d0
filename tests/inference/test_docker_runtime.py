"""Models in containers on a real Docker engine: hardened, reaped after a crash, and clear about what is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import DockerException, ImageNotFound, NotFound

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.runtimes.data_volumes import data_volume
from labelbuddy_core.inference.runtimes.docker_engine import DockerRuntime
from labelbuddy_core.inference.specification import Specification, parse_specification
from labelbuddy_core.settings import ROOT

pytestmark = pytest.mark.docker

IMAGE = "labelbuddy/musicnn:0.1.0"


@pytest.fixture(scope="module")
def engine() -> Any:
    try:
        client = docker.from_env()
        client.images.get(IMAGE)
    except (DockerException, ImageNotFound) as error:
        pytest.skip(f"SKIPPED container tests: {type(error).__name__} ({IMAGE} is built by model_containers/build.sh)")
    return client


@pytest.fixture(autouse=True)
def nothing_stays(engine: Any, tmp_path: Path) -> Iterator[None]:
    """Volumes of this installation are removed after each test."""
    yield
    for volume in engine.volumes.list(filters={"label": f"labelbuddy.instance={tmp_path}"}):
        volume.remove(force=True)


@pytest.fixture
def runtime(nothing_stays: None, tmp_path: Path) -> Iterator[DockerRuntime]:
    made = DockerRuntime("", str(tmp_path), ["labelbuddy/*"])
    yield made
    made.stop("musicnn")


def musicnn() -> Specification:
    return parse_specification((ROOT / "model_containers" / "musicnn" / "model.yaml").read_text())


def test_musicnn_answers_from_a_container_without_network_or_privileges(
    runtime: DockerRuntime, engine: Any, tmp_path: Path
) -> None:
    said: list[str] = []
    endpoint = runtime.ensure_running("musicnn", musicnn(), said.append)
    assert said[0] == "Starting the container"
    assert ModelClient(endpoint).info()["name"] == "musicnn"
    (container,) = engine.containers.list(filters={"label": f"labelbuddy.instance={tmp_path}"})
    host = container.attrs["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] == host["MemorySwap"] == 2 * 1024**3
    assert host["PidsLimit"] > 0
    assert {mount["Destination"]: mount["Type"] for mount in container.attrs["Mounts"]} == {
        "/run/labelbuddy": "bind",
        "/data": "volume",
    }
    assert container.attrs["Config"]["User"] != "0:0"
    inside = container.exec_run(["python3", "-c", INSIDE]).output.decode()
    assert "CapEff:\t0000000000000000" in inside
    assert "root file system: read-only" in inside
    assert "network: unreachable" in inside


def test_a_model_that_needs_a_gpu_is_told_that_the_engine_has_none(
    runtime: DockerRuntime, engine: Any, tmp_path: Path
) -> None:
    if "nvidia" in engine.info().get("Runtimes", {}):
        pytest.skip("SKIPPED: this engine has GPUs")
    wish = musicnn()
    with pytest.raises(ModelProblem) as refused:
        runtime.ensure_running(
            "musicnn", wish.model_copy(update={"resources": wish.resources.model_copy(update={"gpu": True})}), print
        )
    assert refused.value.detail == (
        "The model asks for a GPU and this Docker engine offers none: set resources.gpu to false, or add one."
    )
    assert engine.containers.list(all=True, filters={"label": f"labelbuddy.instance={tmp_path}"}) == []


INSIDE = """
print(open('/proc/self/status').read())
try: open('/x', 'w'); print('root file system: writable')
except OSError: print('root file system: read-only')
import socket
try: socket.create_connection(('192.0.2.1', 80), 2); print('network: reachable')
except OSError: print('network: unreachable')
"""


def test_a_container_that_a_killed_app_left_behind_is_removed(engine: Any, tmp_path: Path) -> None:
    code = (
        "import os\n"
        "from labelbuddy_core.inference.runtimes.docker_engine import DockerRuntime\n"
        "from labelbuddy_core.inference.specification import parse_specification\n"
        f"r = DockerRuntime('', {str(tmp_path)!r}, ['*'])\n"
        f"text = open({str(ROOT / 'model_containers' / 'musicnn' / 'model.yaml')!r}).read()\n"
        "r.ensure_running('musicnn', parse_specification(text), lambda _: None)\n"
        "print(r._running['musicnn'].container.id, flush=True); os.kill(os.getpid(), 9)\n"
    )
    left = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    identity = left.stdout.strip()
    assert engine.containers.get(identity).status == "running"
    assert DockerRuntime("", str(tmp_path), ["*"]).reap() == 1
    with pytest.raises(NotFound):
        engine.containers.get(identity)


def test_volumes_that_a_killed_app_left_behind_are_removed(engine: Any, tmp_path: Path) -> None:
    instance, image = str(tmp_path), engine.images.get(IMAGE)
    names = {key: data_volume(engine, image, instance, key) for key in ("m", "m@training-1", "m@training-2")}

    def left() -> set[str]:
        there = {one.name for one in engine.volumes.list(filters={"label": f"labelbuddy.instance={instance}"})}
        return {key for key, name in names.items() if name in there}

    another = DockerRuntime("", instance, ["*"])  # one that has never run the model
    another.remove_data("m@training-1")
    assert left() == {"m", "m@training-2"}
    assert another.remove_data_of_others(lambda key: key == "m") == 1
    assert left() == {"m"}
    another.remove_data("m@training-9")  # there is none: no error
    DockerRuntime(f"unix://{tmp_path}/none.sock", instance, ["*"]).remove_data("m")  # nor where there is no engine
    assert left() == {"m"}


def test_an_image_that_is_not_there_or_not_allowed_is_told(engine: Any, tmp_path: Path) -> None:
    missing = Specification(image="labelbuddy/nothing-of-this-name:1")
    with pytest.raises(ModelProblem, match="could not be pulled"):
        DockerRuntime("", str(tmp_path), ["*"]).ensure_running("x", missing, lambda _: None)
    with pytest.raises(ModelProblem, match="LABELBUDDY_ALLOWED_IMAGES"):
        DockerRuntime("", str(tmp_path), ["lab/*"]).ensure_running("x", missing, lambda _: None)


def test_no_engine_is_told_with_the_remedy(tmp_path: Path) -> None:
    runtime = DockerRuntime(f"unix://{tmp_path}/none.sock", str(tmp_path), ["*"])
    with pytest.raises(ModelProblem, match="No Docker engine answers"):
        runtime.ensure_running("x", Specification(image="a"), lambda _: None)
