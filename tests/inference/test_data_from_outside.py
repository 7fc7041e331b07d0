"""A folder of weights is copied into the /data of a container that has no way to download anything."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import DockerException, ImageNotFound

from labelbuddy_core.cli import main
from labelbuddy_core.errors import Invalid
from labelbuddy_core.inference.runtimes import data_volumes
from labelbuddy_core.inference.runtimes.docker_engine import DockerRuntime
from labelbuddy_core.inference.runtimes.socket_folders import container_user
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.models import model_weights, models
from labelbuddy_core.settings import Settings, get_settings

IMAGE = "labelbuddy/musicnn:0.1.0"


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"w" * 3_000_000)
    return folder


def test_the_archive_is_made_while_it_is_read_and_belongs_to_the_container_user(checkpoint: Path) -> None:
    blocks = list(data_volumes._streamed(checkpoint))
    assert len(blocks) > 2
    with tarfile.open(fileobj=io.BytesIO(b"".join(blocks))) as archive:
        entries = {entry.name: entry for entry in archive}
    assert sorted(entries) == ["tiny", "tiny/config.json", "tiny/model.safetensors"]
    assert {(entry.uid, entry.gid) for entry in entries.values()} == {container_user()}


@pytest.fixture
def engine() -> Any:
    try:
        client = docker.from_env()
        client.images.get(IMAGE)
    except (DockerException, ImageNotFound) as error:
        pytest.skip(f"SKIPPED container tests: {type(error).__name__} ({IMAGE} is built by model_containers/build.sh)")
    return client


@pytest.fixture
def runtime(engine: Any, tmp_path: Path) -> Iterator[DockerRuntime]:
    yield DockerRuntime("", str(tmp_path), ["labelbuddy/*"])
    for volume in engine.volumes.list(filters={"label": f"labelbuddy.instance={tmp_path}"}):
        volume.remove(force=True)


@pytest.mark.docker
def test_a_container_finds_the_folder_in_its_data(
    runtime: DockerRuntime, engine: Any, checkpoint: Path, tmp_path: Path
) -> None:
    specification = Specification.model_validate({"image": IMAGE})
    runtime.put_data("tiny", specification, checkpoint, lambda _: None)
    (volume,) = engine.volumes.list(filters={"label": f"labelbuddy.instance={tmp_path}"})
    user = "{}:{}".format(*container_user())
    said = engine.containers.run(
        IMAGE,
        [
            "python",
            "-c",
            "import os; print(sorted((f, os.path.getsize('/data/tiny/' + f)) for f in os.listdir('/data/tiny')))",
        ],
        volumes={volume.name: {"bind": "/data", "mode": "rw"}},
        user=user,
        network_mode="none",
        remove=True,
    )
    assert said.decode().strip() == "[('config.json', 2), ('model.safetensors', 3000000)]"


def test_what_does_not_fit_into_data_is_refused_before_it_is_copied(
    settings: Settings, make_user: Any, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = make_user(can_create_projects=True)
    models.create_model(manager, "name: flamingo\nimage: lab/flamingo:1\n")
    monkeypatch.setenv("LABELBUDDY_MODEL_DATA_BYTES", "1000000")
    get_settings.cache_clear()
    for name, model, message in (
        ("lab/tiny", "flamingo", r"and a model may keep 0\.0 GB .* LABELBUDDY_MODEL_DATA_BYTES"),
        ("lab/tiny", "nobody", "no model called 'nobody' that runs in a container"),
        ("yoho", "flamingo", "built with its weights"),
    ):
        with pytest.raises(Invalid, match=message):
            model_weights.put_into_container(get_settings(), name, checkpoint.parent, model, lambda _: None)


def test_the_command_names_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["model", "fetch", "--help"])
    assert "--model MODEL" in capsys.readouterr().out
