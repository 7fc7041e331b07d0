"""`/train`: begin a run, see how far it is, cancel it, continue one that was interrupted."""

from __future__ import annotations

import json
from typing import Any, cast

from flask import Flask, Response, jsonify, request

from model_containers.serving.dataset import MAX_BYTES, DatasetError
from model_containers.serving.received import Received
from model_containers.serving.training import RunRefusedError, TrainingRuns


def add_training(app: Flask, runs: TrainingRuns, refuse: type[Exception]) -> None:
    """Serve the runs; `refuse(status, detail)` is raised for what is refused."""

    @app.post("/train")
    def begin() -> tuple[Response, int]:
        receiving = cast(Received, request)
        receiving.max_content_length, receiving.dataset_folder = MAX_BYTES, runs.folder
        archive = request.files.get("dataset")
        try:
            if archive is None:
                return jsonify(run=runs.resume(str(request.form.get("resume") or "")).id), 202
            parameters = _parameters(request.form.get("parameters"), refuse)
            name, apart = request.form.get("version") or "", request.form.get("apart")
            run_id = request.form.get("run") or ""
            return jsonify(run=runs.begin(archive.stream, parameters, name, apart, run_id).id), 202
        except DatasetError as error:
            raise refuse(422, f"The dataset cannot be used: {error}.") from None
        except ValueError as error:
            raise refuse(422, f"`version`: {error}.") from None
        except RunRefusedError as refused:
            raise refuse(refused.status, refused.detail) from None

    @app.get("/train/<run>")
    def progress(run: str) -> Response:
        try:
            return jsonify(runs.get(run).as_json())
        except RunRefusedError as refused:
            raise refuse(refused.status, refused.detail) from None

    @app.delete("/train/<run>")
    def cancel(run: str) -> tuple[Response, int]:
        try:
            if request.args.get("forget"):
                runs.forget(run)
            else:
                runs.get(run).cancel()
        except RunRefusedError as refused:
            raise refuse(refused.status, refused.detail) from None
        return jsonify(run=run), 202


def _parameters(text: str | None, refuse: type[Exception]) -> dict[str, Any]:
    try:
        values = json.loads(text or "{}")
    except ValueError:
        raise refuse(422, "`parameters` is not JSON.") from None
    if not isinstance(values, dict):
        raise refuse(422, "`parameters` must be a JSON object.")
    return values
