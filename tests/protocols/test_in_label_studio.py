"""Label Studio itself: our kit as its ML backend, asked for predictions, and they are there; and what we exported goes
into it and comes back to us as it was.

Needs Label Studio 1.23 in an environment of its own; LABELBUDDY_LABEL_STUDIO names its executable. Installing it in the
test session would take minutes and a gigabyte, so without that variable this file is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests

from labelbuddy_core.formats import label_studio
from labelbuddy_core.formats.marks import Mark, Marked
from model_containers.serving import Answer, Information, Options, Segment, Tag, create_app

EXECUTABLE = os.environ.get("LABELBUDDY_LABEL_STUDIO", "")
TOKEN = "0123456789abcdef0123456789abcdef01234567"
CONFIG = """<View>
  <Audio name="sound" value="$clip"/>
  <Labels name="parts" toName="sound"><Label value="loud"/></Labels>
  <Choices name="kind" toName="sound"><Choice value="tone"/></Choices>
</View>"""
OURS = """<View>
  <Audio name="audio" value="$audio"/>
  <Labels name="label" toName="audio"><Label value="loud"/><Label value="soft"/></Labels>
  <TextArea name="text" toName="audio" perRegion="true"/>
  <Choices name="tags" toName="audio" choice="multiple"><Choice value="tone"/><Choice value="noise"/></Choices>
  <TextArea name="caption" toName="audio"/>
</View>"""
"""The labeling interface that docs/formats.md gives for our exports."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        not shutil.which(EXECUTABLE), reason="SKIPPED Label Studio: LABELBUDDY_LABEL_STUDIO does not name a program"
    ),
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


class Person:
    """Somebody who works in Label Studio by its API."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Token {TOKEN}"

    def ask(self, method: str, path: str, **parts: Any) -> Any:
        reply = self._session.request(method, self._address + path, timeout=120, **parts)
        assert reply.ok, (path, reply.status_code, reply.text[:500])
        return reply.json() if reply.content else None


def test_predictions_of_our_kit_arrive(studio: str, serve: Callable[[Any], str], tone: Path) -> None:
    ask = Person(studio).ask
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


def test_what_we_export_is_there_after_an_import_and_comes_back_as_it_was(studio: str) -> None:
    """Regions with texts, channels and scores, tags and captions of two people on two recordings."""
    said = [
        Mark(0.1234567, 1.5, "loud", text="Hello “you”", channel=1, score=0.25),
        Mark(1.0, 2.0, "soft"),
        Mark(3.5, 3.5, "loud", score=1.0),
    ]
    ours = [
        Marked("one.wav", 12.5, tuple(said), "anna", tags=(("tone", None), ("noise", None)), caption="A dog barks."),
        Marked("one.wav", 12.5, (Mark(0.5, 1.0, "soft"),), "ben"),
        Marked("two.wav", 3.0, (), "anna", caption="Nothing."),
    ]
    ask = Person(studio).ask
    project = ask("POST", "/api/projects", json={"title": "From us", "label_config": OURS})["id"]
    file = "".join(label_studio.write(ours)).encode()
    ask("POST", f"/api/projects/{project}/import", files={"file": ("ours.json", file, "application/json")})
    tasks = ask("GET", f"/api/projects/{project}/tasks/?page_size=10")
    there = {task["data"]["audio"]: ask("GET", f"/api/tasks/{task['id']}/annotations/") for task in tasks}
    wanted = {task["data"]["audio"]: task["annotations"] for task in json.loads(file)}
    assert {name: len(found) for name, found in there.items()} == {"one.wav": 2, "two.wav": 1}
    for name, found in there.items():
        assert sorted(map(_sorted, found)) == sorted(map(_sorted, wanted[name]))

    back = ask("GET", f"/api/projects/{project}/export?exportType=JSON")
    read = sorted(label_studio.read(json.dumps(back)), key=lambda one: (one.recording, -len(one.marks)))
    assert [(one.recording, one.marks, one.tags, one.caption) for one in read] == [
        (one.recording, tuple(replace(mark, channel=mark.channel or 0) for mark in one.marks), one.tags, one.caption)
        for one in ours
    ]


def _sorted(annotation: dict[str, Any]) -> list[str]:
    return sorted(json.dumps(result, sort_keys=True) for result in annotation["result"])
