"""A Label Studio backend in a project: its answer is kept with the project's labels, and it hears of annotations."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, jsonify, request
from sqlalchemy import select

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Prediction
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.annotations import handing_in
from labelbuddy_core.services.models import model_events, model_links, model_supervision, models
from labelbuddy_core.services.predictions import predicting, prediction_requests
from labelbuddy_core.services.tasks import tasks
from labelbuddy_core.settings import get_settings


def context(kind: str) -> JobContext:
    """The one job of a kind as the worker would run it."""
    with get_database().read() as session:
        job = session.scalars(select(Job).where(Job.kind == kind)).one()
        return JobContext(job.id, job.arguments, lambda name, function: function(), lambda *_: None, lambda: False)


def test_a_backend_predicts_and_is_told(
    make_user: Callable[..., Any],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    serve: Callable[[Any], str],
    tone: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events: list[Any] = []
    app = Flask("backend")
    value = {"start": 0.5, "end": 1.5, "labels": ["Big dog"]}
    found = {"result": [{"id": "x", "type": "labels", "value": value, "score": 0.5}], "model_version": "3"}
    app.add_url_rule("/health", "health", lambda: jsonify(status="UP"))
    app.add_url_rule("/setup", "setup", lambda: jsonify(model_version="3"), methods=["POST"])
    app.add_url_rule("/predict", "predict", lambda: jsonify(results=[found]), methods=["POST"])

    @app.post("/webhook")
    def webhook() -> Any:
        events.append(request.get_json())
        return jsonify(status="ok"), 201

    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "127.0.0.1")
    get_settings.cache_clear()
    monkeypatch.setattr(model_supervision, "_manager", None)
    manager, annotator = make_user(is_administrator=True), make_user()
    project = make_project(managers=(manager,), annotators=(annotator,), labels=("Big dog",))
    task = add_task(project, duration=2.0, annotators=(annotator,))
    sha256 = tasks.get_task(manager, task)["recording"]["sha256"]
    open_store(get_settings()).put_file(original_key(sha256), Path(shutil.copy(tone, tone.with_suffix(".copy"))))
    yaml = f"name: b\nendpoint: {serve(app)}\nprotocol: label-studio\noutput_schema: [{{type: region}}]"
    model = models.create_model(manager, yaml)["id"]
    model_links.link_model(manager, project, model, webhook=True)
    prediction_requests.predict_task(manager, task, model)
    predicting.run(context("predict"))
    with get_database().read() as session:
        kept = session.scalars(select(Prediction)).one()
    (region,) = kept.document["regions"]
    assert (region["start"], region["end"], region["label"], kept.version) == (0.5, 1.5, "big-dog", "3")
    handing_in.submit(annotator, task, 0)
    assert model_events.run(context("tell-model")) == {"told": True}
    (event,) = events
    assert (event["action"], event["annotation"]["result"]) == ("ANNOTATION_CREATED", [])
    assert '<Label value="Big dog"/>' in event["project"]["label_config"]
