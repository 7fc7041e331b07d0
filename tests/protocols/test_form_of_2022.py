"""A container of 2022, written like the examples of that time, is asked and answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, jsonify, request

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.answer import check_answer
from labelbuddy_core.inference.client import client_for
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.specification import parse_specification

YAML = """
actions:
  - {action: Run container, type: RUN_DOCKER_CONTAINER, docker_image_name: lab/yoho, docker_image_tag: repo-latest}
  - {action: Make prediction, type: MAKE_PREDICTION, route: "http://127.0.0.1:5000/predict"}
"""


def container(answer: Any, received: list[bytes] | None = None) -> Flask:
    """`/` says hello and `/predict` reads the file `audio_data`; there is nothing else."""
    app = Flask("yoho")

    @app.route("/")
    def hello() -> str:
        return "Hello"

    @app.route("/predict", methods=["POST"])
    def predict() -> Any:
        file = request.files["audio_data"]
        if received is not None:
            received.append(file.read())
        return jsonify(answer)

    return app


def client(address: str) -> Any:
    return client_for(parse_specification(YAML), Endpoint(url=address, timeout_seconds=20))


def test_its_rows_become_regions(serve: Callable[[Any], str], tone: Path) -> None:
    received: list[bytes] = []
    answer = {"prediction YOHO": [[0.5, 1.0, "speech"], ["1.0", "2.0", "music"]]}
    asked = client(serve(container(answer, received)))
    assert asked.health()["status"] == "ready"
    found = check_answer(asked.predict(tone, {"threshold": 0.5}), offset=10.0, duration=2.0)
    assert [(one.start, one.end, one.label) for one in found.regions] == [(10.5, 11.0, "speech"), (11.0, 12.0, "music")]
    assert received == [tone.read_bytes()]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"result": []}, "found 'result'"),
        ({}, "found nothing"),
        ({"prediction YOHO": "none"}, "must be a list"),
        ({"prediction YOHO": [[0, 1]]}, "Row 1 .* is not"),
    ],
)
def test_another_form_is_refused_by_name(answer: Any, message: str, serve: Callable[[Any], str], tone: Path) -> None:
    with pytest.raises(ModelProblem, match=message):
        client(serve(container(answer))).predict(tone, {})
