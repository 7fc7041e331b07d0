"""The contract as a Flask application: `/health`, `/info` and `/predict` (serving/openapi.yaml describes them)."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from model_containers.serving.audio import UnreadableAudioError, read_mono
from model_containers.serving.model import Model, Options

log = logging.getLogger(__name__)

CONTRACT_VERSION = "1"
MAX_BYTES = int(os.environ.get("LABELBUDDY_MAX_AUDIO_BYTES", str(1024**3)))
MAX_SECONDS = float(os.environ.get("LABELBUDDY_MAX_SECONDS", str(6 * 3600)))


class Loader:
    """Loads a model in the background and knows how that went."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.status = "starting"
        self.detail = "Loading the weights"
        self._turn = threading.Lock()

    def start(self) -> None:
        """Begin loading; returns at once."""
        threading.Thread(target=self._load, daemon=True).start()

    def _load(self) -> None:
        with self._turn:
            if self.status != "starting":
                return
            try:
                self._model.load()
            except Exception as error:
                log.exception("loading failed")
                self.status, self.detail = "failed", f"{type(error).__name__}: {error}"
            else:
                self.status, self.detail = "ready", ""


def create_app(model: Model, *, load_now: bool = True) -> Flask:
    """The application that serves a model; weights load in the background unless `load_now` is false."""
    app = Flask("labelbuddy-model")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES
    loader = Loader(model)
    app.extensions["loader"] = loader
    predicting = threading.Lock()

    @app.get("/health")
    def health() -> Response:
        return jsonify(status=loader.status, detail=loader.detail)

    @app.get("/info")
    def info() -> Response:
        about = model.information
        return jsonify(
            name=about.name,
            version=about.version,
            labels=about.labels,
            capabilities=about.capabilities,
            device=about.device,
            sample_rate=about.sample_rate,
            description=about.description,
            license=about.license,
            contract=CONTRACT_VERSION,
        )

    @app.post("/predict")
    def predict() -> Any:
        if loader.status != "ready":
            return _problem(503, f"The model is not ready: {loader.detail or loader.status}")
        audio = request.files.get("audio")
        if audio is None:
            return _problem(422, "The multipart field `audio` is missing.")
        try:
            options = _options(request.form.get("options"))
            samples, duration = read_mono(audio.stream, model.information.sample_rate, MAX_SECONDS)
        except (UnreadableAudioError, ValueError) as error:
            return _problem(422, str(error))
        began = time.perf_counter()
        with predicting:  # one at a time: two would only share the same cores
            answer = model.predict(samples, options)
        seconds = time.perf_counter() - began
        about = model.information
        return jsonify(model=about.name, version=about.version, duration=duration, seconds=seconds, **answer.as_json())

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Any:
        return _problem(error.code or 500, error.description or error.name)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Any:
        log.error("request failed", exc_info=error)
        return _problem(500, f"{type(error).__name__}: {error}")

    if load_now:
        loader.start()
    return app


def _options(text: str | None) -> Options:
    try:
        values = json.loads(text or "{}")
        threshold, top_k = values.get("threshold"), values.get("top_k")
        if threshold is not None and not 0.0 <= float(threshold) <= 1.0:
            raise ValueError
        if top_k is not None and int(top_k) < 1:
            raise ValueError
        return Options(
            None if threshold is None else float(threshold),
            None if top_k is None else int(top_k),
            dict(values.get("context") or {}),
        )
    except (ValueError, TypeError, AttributeError):
        raise ValueError(
            "`options` must be a JSON object with threshold (0 … 1), top_k (from 1) and context (an object)"
        ) from None


def _problem(status: int, detail: str) -> Any:
    return jsonify(status=status, detail=detail), status
