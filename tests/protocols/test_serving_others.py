"""What the kit refuses of Label Studio's tasks, and that FLAC arrives where a model asks for it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
import soundfile
from flask import Flask, redirect, request, send_file

from labelbuddy_core.inference.client import client_for
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.specification import Specification
from model_containers.serving import Answer, Information, Options, Segment, create_app

CONFIG = '<View><Audio name="a" value="$audio"/><Labels name="l" toName="a"><Label value="loud"/></Labels></View>'


class Loud:
    """A real, tiny model: one region over everything."""

    information = Information(name="loud", version="7", labels=("loud",), sample_rate=8_000)

    def load(self) -> None:
        return None

    def predict(self, samples: np.ndarray, options: Options) -> Answer:
        return Answer(regions=(Segment(0.0, len(samples) / 8_000, "loud", 0.5),))


@pytest.fixture
def kit(serve: Callable[[Any], str]) -> str:
    """The address of a ready server of the kit."""
    address = serve(create_app(Loud()))
    while requests.get(f"{address}/health", timeout=5).json()["status"] != "ready":
        time.sleep(0.01)
    return address


def predict(kit: str, audio: str, config: str = CONFIG) -> requests.Response:
    task = {"id": 1, "data": {"audio": audio}}
    return requests.post(f"{kit}/predict", json={"tasks": [task], "label_config": config}, timeout=30)


def files(tone: Path, seen: list[str | None]) -> Flask:
    """A server of files: /tone.wav has one, /elsewhere sends to it."""
    app = Flask("files")

    @app.get("/tone.wav")
    def sound() -> Any:
        seen.append(request.headers.get("Authorization"))
        return send_file(tone)

    @app.get("/elsewhere")
    def elsewhere() -> Any:
        return redirect("/tone.wav")

    return app


def test_a_data_url_is_read(kit: str, tone: Path) -> None:
    url = "data:audio/wav;base64," + base64.b64encode(tone.read_bytes()).decode()
    (found,) = predict(kit, url).json()["results"]
    assert found["result"][0]["value"] == {"start": 0.0, "end": 2.0, "channel": 0, "labels": ["loud"]}


def test_audio_comes_from_label_studio_with_its_token_and_from_nowhere_else(
    kit: str, serve: Callable[[Any], str], tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []
    ours, other = serve(files(tone, seen)), serve(files(tone, seen))
    setup = {"project": "1.0", "schema": CONFIG, "hostname": ours, "access_token": "t"}
    assert requests.post(f"{kit}/setup", json=setup, timeout=30).json() == {"model_version": "7"}
    assert predict(kit, "/tone.wav").status_code == 200
    assert seen == ["Token t"]
    refused = predict(kit, f"{other}/tone.wav")
    assert refused.status_code == 422
    assert "neither Label Studio's nor in LABELBUDDY_AUDIO_HOSTS" in refused.json()["detail"]
    monkeypatch.setenv("LABELBUDDY_AUDIO_HOSTS", "files.test, 127.0.0.*")
    assert predict(kit, f"{other}/tone.wav").status_code == 200
    assert seen == ["Token t", None]
    assert "status 302" in predict(kit, "/elsewhere").json()["detail"]


@pytest.mark.parametrize(
    ("audio", "config", "message"),
    [
        ("file:///etc/passwd", CONFIG, "http or https, not 'file'"),
        ("data:audio/wav;base64,???", CONFIG, "not valid base64"),
        ("data:,x", CONFIG, "must be base64"),
        ("", CONFIG, "no audio at data.audio"),
        ("/a.wav", CONFIG, "no hostname at /setup"),
        ("x", "<View/>", "no <Audio> tag"),
        ("x", "<View", "not XML"),
        ("x", '<!DOCTYPE a [<!ENTITY b "c">]><View/>', "without a document type"),
    ],
)
def test_a_task_that_cannot_be_used_says_why(kit: str, audio: str, config: str, message: str) -> None:
    reply = predict(kit, audio, config)
    assert reply.status_code == 422
    assert message in reply.json()["detail"]


def test_flac_arrives_as_flac(kit: str, tone: Path) -> None:
    samples, rate = soundfile.read(tone)
    flac = tone.with_suffix(".flac")
    soundfile.write(flac, samples, rate)
    spec = Specification.model_validate({"endpoint": kit, "input_schema": {"audio": "flac"}})
    answer = client_for(spec, Endpoint(url=kit)).predict(flac, {"threshold": 0.1, "audio_url": "not for this one"})
    assert answer["duration"] == 2.0
