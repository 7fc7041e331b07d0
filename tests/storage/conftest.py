"""An S3-compatible server on this machine, and what is stored there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest
from moto.server import ThreadedMotoServer

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import ingestion, uploads, windows
from labelbuddy_core.services.tasks import queues
from labelbuddy_core.settings import get_settings

KEYS = {
    "AWS_ACCESS_KEY_ID": "lab",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_REGION": "us-east-1",
    "AWS_ALLOW_HTTP": "true",
}


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of the server."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each kind of storage in turn, empty."""
    if request.param == "s3":
        address = request.getfixturevalue("s3")
        for name, value in {**KEYS, "AWS_ENDPOINT_URL": address}.items():
            monkeypatch.setenv(name, value)
        bucket = f"lab-{abs(hash(str(data_folder))) % 10**9}"
        client = boto3.client(
            "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="lab", aws_secret_access_key="secret"
        )
        client.create_bucket(Bucket=bucket)
        monkeypatch.setenv("LABELBUDDY_STORAGE_URL", f"s3://{bucket}/audio-of-the-lab")
        get_settings.cache_clear()
    windows.close()
    yield request.param
    windows.close()


@pytest.fixture
def place(
    storage: str, make_user: Callable[..., Actor], make_project: Callable[..., str], tmp_path: Path
) -> dict[str, Any]:
    """A project with an MP3 in the storage, ingested, and its annotator."""
    manager, annotator = make_user("manager"), make_user("annotator")
    project = make_project(managers=(manager,), annotators=(annotator,))
    source = tmp_path / "song.mp3"
    encode([synthesis.music(np.random.default_rng(1), 8.0)[np.newaxis]], synthesis.RATE, source)
    with uploads.begin_upload(manager, project, "u", name="song.mp3", size=source.stat().st_size) as incoming:
        incoming.write(source.read_bytes())
    recording = uploads.finish_upload(manager, project, "u", incoming)["recording"]
    assert ingestion.ingest_recording(int(recording["id"]), lambda _: None) == "ready"
    return {
        "manager": manager,
        "annotator": annotator,
        "project": project,
        "recording": recording,
        "task": queues.next_task(annotator, project),
        "original": source.read_bytes(),
    }
