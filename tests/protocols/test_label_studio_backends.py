"""An unmodified backend of label-studio-ml is set up, fetches a signed stretch, and its answer becomes ours."""

from __future__ import annotations

import io
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import soundfile
import uvicorn
from flask import Flask, jsonify, request
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, ProjectModel
from labelbuddy_core.errors import Forbidden, Invalid, ModelProblem
from labelbuddy_core.inference.answer import check_answer
from labelbuddy_core.inference.client import client_for
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.label_studio import LabelStudioClient, answer_of
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.annotations import handing_in
from labelbuddy_core.services.models import model_events, model_links, models
from labelbuddy_core.services.recordings import signed_audio
from labelbuddy_core.settings import get_settings
from labelbuddy_core.web.application import api
from labelbuddy_core.web.protection import Protection

SHA = "a" * 64
RECORDED = Path(__file__).with_name("recorded") / "label_studio_ml_1.0.9.json"
BACKEND = Path(__file__).with_name("backend_of_label_studio_ml.py")


def specification(**more: Any) -> Specification:
    return Specification.model_validate(
        {
            "endpoint": "http://127.0.0.1:9",
            "protocol": "label-studio",
            "input_schema": {"audio": "wav", "sample_rate": 8000},
            "output_schema": [{"type": "region"}],
            "resources": {"timeout_seconds": 60},
            **more,
        }
    )


@pytest.fixture
def address(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where this installation is served, without anybody signed in."""
    app = Starlette(routes=[Mount("/api", app=api())], middleware=[Middleware(Protection, policy="")])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    found = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    monkeypatch.setenv("LABELBUDDY_AUDIO_URL", found)
    get_settings.cache_clear()
    yield found
    server.should_exit = True
    thread.join()


@pytest.fixture
def recording(data_folder: Path, tone: Path) -> str:
    """The hash of a stored recording of two seconds."""
    open_store(get_settings()).put_file(original_key(SHA), Path(shutil.copy(tone, tone.with_suffix(".copy"))))
    return SHA


@pytest.mark.slow
def test_an_unmodified_backend_answers_about_a_signed_stretch_and_hears_of_annotations(
    address: str, recording: str, libraries: Path, spawn: Callable[..., str], tmp_path: Path, tone: Path
) -> None:
    folder = tmp_path / "backend"
    folder.mkdir()
    backend = spawn(str(libraries), str(BACKEND), cwd=folder, LABEL_STUDIO_ML_BACKEND_V2="1", HOME=str(folder))
    wanted = specification()
    client = client_for(wanted, Endpoint(url=backend, timeout_seconds=60))
    assert client.health()["status"] == "ready"
    options = signed_audio.model_options(wanted, recording, 0.5, 1.5, ["Bird & song", "Dog"])
    assert options["audio_url"].startswith(f"{address}/api/v1/signed/audio.wav?")
    found = check_answer(client.predict(tone, options), offset=0.5, duration=1.0)
    (region,) = found.regions
    assert (region.start, region.end, region.label, region.score) == (0.75, 1.25, "Bird & song", 0.75)
    assert found.version == "INITIAL"  # what the library says before any training
    assert isinstance(client, LabelStudioClient)
    document = {"regions": [{"id": "r", "start": 0.5, "end": 1.0, "label": "dog"}], "tags": [], "caption": None}
    results = model_events.label_studio_results(document, {"dog": "Dog"}, 0.5, 1.5)
    client.notify(model_events.SUBMITTED, {"id": 1, "task": 1, "result": results}, options["audio_url"], ["Dog"])
    deadline = time.monotonic() + 30
    while not (folder / "events").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert (folder / "events").read_text() == "ANNOTATION_CREATED Dog\n"


def test_a_signed_address_opens_one_stretch_without_a_session(address: str, recording: str) -> None:
    url = signed_audio.audio_url(specification(), recording, 0.5, 1.5) or ""
    reply = requests.get(url, timeout=30)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "audio/wav")
    samples, rate = soundfile.read(io.BytesIO(reply.content))
    assert (len(samples), rate) == (8000, 8000)
    assert requests.get(url.replace("stop=1.5", "stop=2.0"), timeout=30).status_code == 403
    assert requests.get(url.replace("audio.wav", "audio.flac"), timeout=30).status_code == 403
    assert requests.get(url + "&channels=1", timeout=30).status_code == 403
    assert not list((get_settings().data / "work").iterdir())


def test_a_flac_stretch_is_flac(address: str, recording: str) -> None:
    url = signed_audio.audio_url(specification(input_schema={"audio": "flac"}), recording, 0.0, 1.0) or ""
    reply = requests.get(url, timeout=30)
    assert reply.content[:4] == b"fLaC"


def test_a_signed_address_expires(address: str, recording: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = signed_audio.audio_url(specification(), recording, 0.5, 1.5) or ""
    later = time.time() + 200
    monkeypatch.setattr(signed_audio.time, "time", lambda: later)
    with pytest.raises(Forbidden, match="expired"):
        signed_audio.signed_excerpt("wav", dict(parse_qsl(urlsplit(url).query)))


def test_a_container_without_a_network_gets_the_audio_itself(address: str) -> None:
    spec = specification(endpoint=None, image="lab/backend:1")
    assert signed_audio.model_options(spec, SHA, 0, 1, ["Dog"]) == {"labels": ["Dog"]}
    spec = specification(endpoint=None, image="lab/backend:1", transport="tcp")
    assert "audio_url" in signed_audio.model_options(spec, SHA, 0, 1, ["Dog"])


def test_the_requests_are_those_that_label_studio_sends(serve: Callable[[Any], str], tone: Path) -> None:
    received: dict[str, Any] = {}
    app = Flask("backend")

    @app.post("/<name>")
    def any_of_them(name: str) -> Any:
        received[name] = request.get_json()
        return jsonify({"model_version": "1"} if name == "setup" else {"results": [{"result": []}]})

    outputs = [{"type": "region", "labels": ["a<b"]}, {"type": "tag", "label": "calm"}, {"type": "text"}]
    spec = specification(output_schema=outputs)
    client_for(spec, Endpoint(url=serve(app), timeout_seconds=20)).predict(tone, {})
    assert set(received["setup"]) == {"project", "schema", "hostname", "access_token", "extra_params"}
    assert received["setup"]["access_token"] == ""
    assert set(received["predict"]) == {"tasks", "project", "label_config", "params"}
    (task,) = received["predict"]["tasks"]
    assert task["data"]["audio"].startswith("data:audio/wav;base64,UklGR")
    assert received["predict"]["label_config"] == (
        '<View>\n  <Audio name="audio" value="$audio"/>\n'
        '  <Labels name="regions" toName="audio">\n    <Label value="a&lt;b"/>\n  </Labels>\n'
        '  <Choices name="tags" toName="audio" choice="multiple">\n    <Choice value="calm"/>\n  </Choices>\n'
        '  <TextArea name="text" toName="audio"/>\n</View>'
    )


def test_what_was_recorded_with_the_library_is_said_and_understood_again(
    serve: Callable[[Any], str], tone: Path
) -> None:
    recorded = json.loads(RECORDED.read_text())
    said: list[Any] = []
    app = Flask("recorded")

    @app.route("/<name>", methods=["GET", "POST"])
    def answer(name: str) -> Any:
        said.append([request.method, f"/{name}", request.get_json(silent=True)])
        pair = recorded[len(said) - 1]
        return jsonify(pair["response"]), pair["status"]

    spec = specification(output_schema=[{"type": "region", "labels": ["Dog"]}])
    client = client_for(spec, Endpoint(url=serve(app), timeout_seconds=20))
    assert client.health()["status"] == "ready"
    (region,) = client.predict(tone, {"audio_url": "http://files.test/tone.wav"})["regions"]
    assert region == {"start": 0.25, "end": 0.75, "label": "Dog", "score": 0.75}
    document = {"regions": [{"id": "r", "start": 0.0, "end": 0.5, "label": "dog"}], "tags": [], "caption": None}
    told = {"id": 1, "task": 1, "result": model_events.label_studio_results(document, {"dog": "Dog"}, 0.0, 1.0)}
    assert isinstance(client, LabelStudioClient)
    client.notify(model_events.SUBMITTED, told, "http://files.test/tone.wav", [])
    assert said == [pair["request"] for pair in recorded]


def test_every_kind_of_result_has_its_place() -> None:
    timed = {"start": 0, "end": 1}
    results = [
        {"id": "a", "type": "labels", "value": {**timed, "labels": ["dog"]}, "score": 0.9},
        {"id": "a", "type": "textarea", "value": {**timed, "text": ["woof"]}},
        {"id": "b", "type": "choices", "value": {"choices": ["calm", "warm"]}},
        {"id": "c", "type": "textarea", "value": {"text": "A dog barks."}},
        {"id": "d", "type": "number", "from_name": "tempo", "value": {"number": 120}},
        {"id": "e", "type": "rectanglelabels", "value": {}},
    ]
    found = answer_of({"result": results, "score": 0.5})
    assert found["regions"] == [{**timed, "label": "dog", "score": 0.9, "text": "woof"}]
    assert found["tags"] == [{"label": "calm", "score": 0.5}, {"label": "warm", "score": 0.5}]
    assert [one["text"] for one in found["text"]] == ["A dog barks.", "tempo: 120"]
    assert found["notes"] == ["Results of a kind that LabelBuddy does not use: rectanglelabels."]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, "no list `results`"),
        ({"results": []}, "0 results"),
        ({"results": ["x"]}, "not an object"),
        ({"results": [{}]}, "no list `result`"),
        ({"results": [{"result": [{"type": "labels"}]}]}, "result.0 .* no `value`"),
        ({"results": [{"result": [{"type": "choices", "value": {"choices": 3}}]}]}, "result.0.value.choices"),
    ],
)
def test_an_answer_of_another_form_is_refused_by_name(
    answer: Any, message: str, serve: Callable[[Any], str], tone: Path
) -> None:
    app = Flask("backend")
    app.add_url_rule("/setup", "setup", lambda: jsonify(model_version="1"), methods=["POST"])
    app.add_url_rule("/predict", "predict", lambda: jsonify(answer), methods=["POST"])
    with pytest.raises(ModelProblem, match=message):
        client_for(specification(), Endpoint(url=serve(app), timeout_seconds=20)).predict(tone, {})


def test_a_backend_is_told_of_annotations_only_where_the_project_asks_for_it(
    make_user: Callable[..., Any],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "x.test")
    get_settings.cache_clear()
    manager, annotator = make_user(is_administrator=True), make_user()
    project = make_project(managers=(manager,), annotators=(annotator,), labels=("Dog",))
    yaml = "name: b\nendpoint: http://x.test\nprotocol: label-studio\noutput_schema: [{type: region, label: Dog}]"
    model = models.create_model(manager, yaml)["id"]
    other = models.create_model(manager, "image: lab/x:1\noutput_schema: [{type: region, label: Dog}]")["id"]

    def submitted() -> list[Any]:
        task = add_task(project, annotators=(annotator,))
        handing_in.submit(annotator, task, 0)
        with get_database().read() as session:
            return list(session.scalars(select(Job.arguments).where(Job.kind == "tell-model")))

    model_links.link_model(manager, project, model)
    assert submitted() == []
    model_links.link_model(manager, project, model, webhook=True)
    (told,) = submitted()
    assert (told["model"], told["action"]) == (int(model), "ANNOTATION_CREATED")
    with get_database().read() as session:
        assert session.get_one(ProjectModel, (int(project), int(model))).webhook
    with pytest.raises(Invalid, match="protocol: label-studio"):
        model_links.link_model(manager, project, other, webhook=True)
