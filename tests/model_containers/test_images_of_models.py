"""Images of YOHO and PANNs: the packages are shared, each adds little to them, and the contract is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import torch
from docker.errors import DockerException
from running_models import ROOT

from model_containers.panns import network
from model_containers.panns.checkpoints import checkpoint

pytestmark = [pytest.mark.docker, pytest.mark.timeout(1500)]


@pytest.fixture(scope="module")
def engine() -> Any:
    try:
        client = docker.from_env(timeout=120)
        client.ping()
    except DockerException as error:
        pytest.skip(f"no Docker engine answers ({type(error).__name__}); .ci/docker-engine.sh starts one")
    return client


@pytest.fixture(scope="module")
def images(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Images of a copy of this checkout, under other names; PANNs with random weights of its lightest network."""
    folder = tmp_path_factory.mktemp("images") / "model_containers"
    shutil.copytree(ROOT / "model_containers", folder, ignore=shutil.ignore_patterns("__pycache__", "*.pth", "*.h5"))
    file = folder / "panns" / "files" / checkpoint("mobilenet-v2").file
    torch.save({"model": network.build("mobilenet-v2").state_dict()}, file)
    found = {}
    for name in ("yoho", "panns"):
        declared = folder / name / "model.yaml"
        tag = f"labelbuddy/{name}:image-test-{os.getpid()}"  # no other process of the tests removes it
        lines = declared.read_text().splitlines()
        declared.write_text("\n".join(f"image: {tag}" if line.startswith("image:") else line for line in lines))
        environment = {**os.environ, "PYTHON": sys.executable}
        built = subprocess.run(
            [folder / "build.sh", name], capture_output=True, text=True, check=False, env=environment
        )
        assert built.returncode == 0, f"{built.stdout[-2000:]}\n{built.stderr[-2000:]}"
        found[name] = engine.images.get(tag)
    yield found
    for image in found.values():  # the layers stay for the next build; a container may be on its way out
        engine.images.remove(image.tags[0], noprune=True, force=True)


def test_the_images_share_their_packages_and_each_adds_less_than_50_mb(images: dict[str, Any]) -> None:
    # the system and the packages, PyTorch among them
    system_and_packages = [image.attrs["RootFS"]["Layers"][:2] for image in images.values()]
    assert system_and_packages[0] == system_and_packages[1]
    for name, image in images.items():
        sizes = [one["Size"] for one in image.history()]  # the newest layer first
        packages = sizes.index(max(sizes))
        assert sizes[packages] > 300_000_000
        assert sum(sizes[:packages]) < 50_000_000, name


@pytest.mark.parametrize("name", ["yoho", "panns"])
def test_an_image_keeps_the_contract(images: dict[str, Any], name: str, tmp_path: Path) -> None:
    command = [ROOT / "bin" / "labelbuddy", "model", "check", images[name].tags[0]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-2000:]}"
    assert "BROKEN" not in done.stdout
