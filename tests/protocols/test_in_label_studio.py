"""Label Studio itself, with our kit as ML backend: connected, asked for predictions, and they are there.

Needs Label Studio 1.23 in an environment of its own; LABELBUDDY_LABEL_STUDIO names its executable. Installing it in the
test session would take minutes and a gigabyte, so without that variable this file is skipped.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests

from model_containers.serving import Answer, Information, Options, Segment, Tag, create_app

EXECUTABLE = os.environ.get("LABELBUDDY_LABEL_STUDIO", "")
TOKEN = "0123456789abcdef0123456789abcdef01234567"
CONFIG = """<View>
  <Audio name="sound" value="$clip"/>
  <Labels name="parts" toName="sound"><Label value="loud"/></Labels>
  <Choices name="kind" toName="sound"><Choice value="tone"/></Choices>
</View>"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not EXECUTABLE, reason="SKIPPED Label Studio: LABELBUDDY_LABEL_STUDIO does not name it"),
]


class Loud:
    """A real, tiny model: the stretch above a tenth of full scale."""

    information = Information(name="loud", version="7", labels=("loud", "tone"), sample_rate=8_000)

    def load(self) -> None:
        return None

    def predict(self, samples: np.ndarray, options: Options) -> Answer:
        level = float(np.abs(samples).max())
        return Answer(regions=(Segment(0.0, len(samples) / 8_000, "loud", level),), tags=(Tag("tone", level),))


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a fresh Label Studio on SQLite."""
    folder = tmp_path_factory.mktemp("label-studio")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    person = ["--username", "a@example.org", "--password", "secret-123", "--user-token", TOKEN]
    environment = {
        **os.environ,
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "ML_BLOCK_LOCAL_IP": "false",
        "USE_DEFAULT_BANNED_SUBNETS": "false",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "HOME": str(folder),
        "LABEL_STUDIO_HOST": f"http://127.0.0.1:{port}",
    }
    command = [EXECUTABLE, "start", "--no-browser", "--port", str(port), "--internal-host", "127.0.0.1", *person]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 600
    while True:
        try:
            if requests.get(f"{address}/health", timeout=5).ok:
                break
        except requests.RequestException:
            time.sleep(1.0)
        assert process.poll() is None, (folder / "log").read_text()[-2000:]
        assert time.monotonic() < deadline, (folder / "log").read_text()[-2000:]
    yield address
    process.terminate()
    process.wait(timeout=30)


def test_predictions_of_our_kit_arrive(studio: str, serve: Callable[[Any], str], tone: Path) -> None:
    session = requests.Session()
    session.headers["Authorization"] = f"Token {TOKEN}"

    def ask(method: str, path: str, **parts: Any) -> Any:
        reply = session.request(method, studio + path, timeout=120, **parts)
        assert reply.ok, (path, reply.status_code, reply.text[:500])
        return reply.json() if reply.content else None

    project = ask("POST", "/api/projects", json={"title": "Sounds", "label_config": CONFIG})["id"]
    ask("POST", f"/api/projects/{project}/import", files={"file": ("tone.wav", tone.read_bytes(), "audio/wav")})
    (task,) = ask("GET", f"/api/projects/{project}/tasks/?page_size=10")
    backend = serve(create_app(Loud()))
    made = ask("POST", "/api/ml", json={"url": backend, "project": project, "title": "ours"})
    assert made["state"] == "CO"
    assert ask("GET", f"/api/ml/{made['id']}/versions")["versions"] == ["7"]
    ask(
        "POST",
        f"/api/dm/actions?id=retrieve_tasks_predictions&project={project}",
        json={"selectedItems": {"all": True, "excluded": []}},
    )
    deadline = time.monotonic() + 60
    predictions: list[Any] = []
    while not predictions and time.monotonic() < deadline:
        predictions = ask("GET", f"/api/predictions/?task={task['id']}")
        time.sleep(0.2)
    (prediction,) = predictions
    assert prediction["model_version"] == "7"
    assert prediction["score"] == pytest.approx(0.5, abs=0.01)
    labels, choices = prediction["result"]
    assert (labels["from_name"], labels["to_name"], labels["type"]) == ("parts", "sound", "labels")
    assert labels["value"] == {"start": 0.0, "end": 2.0, "channel": 0, "labels": ["loud"]}
    assert (choices["from_name"], choices["value"]) == ("kind", {"choices": ["tone"]})
