"""A Docker engine and an image of our own that misbehaves as its environment says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import DockerException, ImageNotFound

from labelbuddy_core.inference.runtimes import ownership
from labelbuddy_core.inference.specification import Specification

BASE_IMAGE = "labelbuddy/base:bookworm"
MISBEHAVING = "labelbuddy/misbehaving:test"


@pytest.fixture(scope="session")
def misbehaving() -> Any:
    """The engine, with the image `labelbuddy/misbehaving:test` on it."""
    try:
        client = docker.from_env()
        client.images.get(BASE_IMAGE)
    except (DockerException, ImageNotFound) as error:
        pytest.skip(f"SKIPPED container tests: {type(error).__name__} ({BASE_IMAGE} is made by .ci/docker-engine.sh)")
    client.images.build(path=str(Path(__file__).with_name("misbehaving")), tag=MISBEHAVING, rm=True)
    return client


@pytest.fixture
def instance(misbehaving: Any, tmp_path: Path) -> Iterator[str]:
    """The name of an installation; its containers and volumes are removed afterwards."""
    yield str(tmp_path)
    wanted = {"label": [f"{ownership.INSTANCE_LABEL}={tmp_path}"]}
    for container in misbehaving.containers.list(all=True, filters=wanted):
        container.remove(force=True)
    for volume in misbehaving.volumes.list(filters=wanted):
        volume.remove(force=True)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Something to send; the misbehaving model does not look at it."""
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    return path


MisbehavingModel = Callable[..., Specification]


@pytest.fixture
def model() -> MisbehavingModel:
    """A specification of the misbehaving image: how, and with which resources."""

    def make(misdeed: str = "", *, transport: str | None = None, **resources: Any) -> Specification:
        return Specification.model_validate(
            {
                "name": f"misbehaving {misdeed}".strip(),
                "image": MISBEHAVING,
                "transport": transport,
                "output_schema": [{"type": "region", "labels": ["x"]}],
                "resources": {"memory": "128m", "cpus": 0.5, "timeout_seconds": 30, **resources},
                "environment": {"MISDEED": misdeed} if misdeed else {},
            }
        )

    return make
