"""A training run in a hardened container: what it learns is kept in its volume, given out, and put into another one."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from typing import Any

import docker
import pytest
from docker.errors import DockerException
from schoolroom import YAML, School

from labelbuddy_core.inference.runtimes.ownership import INSTANCE_LABEL, instance_of
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.settings import ROOT, get_settings

BASE = "labelbuddy/musicnn:0.1.0"
IMAGE = "labelbuddy/musicnn:training-test"


@pytest.fixture
def engine() -> Iterator[Any]:
    """A Docker engine with an image of musicnn that has the code of this checkout."""
    try:
        client = docker.from_env()
        client.images.get(BASE)
    except DockerException as error:
        pytest.skip(f"SKIPPED container tests: {type(error).__name__} ({BASE} is built by model_containers/build.sh)")
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        lines = f"FROM {BASE}\nCOPY model_containers /opt/labelbuddy/model_containers\n".encode()
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(lines)
        archive.addfile(entry, io.BytesIO(lines))
        for part in ("__init__.py", "serving", "musicnn"):
            archive.add(ROOT / "model_containers" / part, f"model_containers/{part}")
    context.seek(0)
    client.images.build(fileobj=context, custom_context=True, tag=IMAGE, rm=True)
    yield client
    instance = f"{INSTANCE_LABEL}={instance_of(get_settings().data)}"
    for container in client.containers.list(all=True, filters={"label": instance}):
        container.remove(force=True)
    for volume in client.volumes.list(filters={"label": instance}):
        volume.remove(force=True)
    client.images.remove(IMAGE, force=True)


@pytest.mark.slow
@pytest.mark.docker
@pytest.mark.timeout(900)
def test_a_container_learns_and_its_version_runs_in_another(
    music_school: School, annotator: Actor, engine: Any
) -> None:
    school = music_school
    school.teach(12, person=annotator)
    yaml = YAML.replace("name: pupil", "name: contained").replace("process: musicnn", f"image: {IMAGE}")
    school.model = models.create_model(school.manager, yaml)["id"]
    model_links.link_model(school.manager, school.project, school.model, label_map={"guitar": "low"})
    run = school.work(school.start(epochs=20))
    assert (run["state"], run["version"]) == ("succeeded", f"tuned-{run['id']}")
    assert len(run["epochs"]) == 20
    assert "problem" not in run["comparison"]
    assert run["version"] in run["comparison"]["figures"][0]["values"]
    instance = f"{INSTANCE_LABEL}={instance_of(get_settings().data)}"
    running = [one.name for one in engine.containers.list(filters={"label": instance})]
    assert len(running) == 2  # the two that were compared; the one that learned is gone, and so is its volume
    assert len(engine.volumes.list(filters={"label": instance})) == 2
