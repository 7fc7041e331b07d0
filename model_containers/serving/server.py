"""The contract as a Flask application; serving/openapi.yaml describes its routes."""

from __future__ import annotations

import errno
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from model_containers.serving import chat, label_studio
from model_containers.serving.access import require_token
from model_containers.serving.apart import Separable, UnknownVersionError, VersionsApart
from model_containers.serving.audio import UnreadableAudioError, read_mono
from model_containers.serving.loader import Loader
from model_containers.serving.model import Embedder, Model, Options, Samples, Talker
from model_containers.serving.received import Received
from model_containers.serving.run import Trainer
from model_containers.serving.training import TrainingRuns
from model_containers.serving.training_routes import add_training
from model_containers.serving.versions import Tunable
from model_containers.serving.weights_routes import add_weights

log = logging.getLogger(__name__)

CONTRACT_VERSION = "1"
_OPTIONS = ("threshold", "top_k", "context")


class Refusal(Exception):
    """A request that is answered with a problem document."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def create_app(model: Model, *, loader: Loader | None = None) -> Flask:
    """The application that serves a model. Its weights load in the background; `loader` replaces that."""
    app = Flask("labelbuddy-model")
    app.request_class = Received
    app.config["MAX_CONTENT_LENGTH"] = int(os.environ.get("LABELBUDDY_MAX_AUDIO_BYTES", str(1024**3)))
    max_seconds = float(os.environ.get("LABELBUDDY_MAX_SECONDS", str(6 * 3600)))
    require_token(app, Refusal)
    rate = model.information.sample_rate

    def named(asked: Model) -> dict[str, str]:
        return {"model": asked.information.name, "version": asked.information.version}

    capabilities = ["predict"]
    if isinstance(model, Embedder):
        capabilities.append("embed")
    if isinstance(model, Talker):
        capabilities.append("chat")
    apart = None
    if isinstance(model, Separable) and isinstance(model, Tunable):
        capabilities.append("apart")
        apart = VersionsApart(model, Path(os.environ.get("LABELBUDDY_DATA", "/data")))
    runs = None
    if isinstance(model, Trainer):
        capabilities.append("train")
        runs = TrainingRuns(model, apart=apart)
        add_training(app, runs, Refusal)
    # one request at a time computes: two would only share the same processors, and need twice the memory
    turn = threading.Lock()
    studio = label_studio.Studio(app.config["MAX_CONTENT_LENGTH"])
    if loader is None:
        loader = Loader(model.load)
        loader.start()
    if isinstance(model, Tunable):
        capabilities.append("weights")
        add_weights(app, model, loader, turn, Refusal, apart)

    def require_ready() -> None:
        if loader.status != "ready":
            raise Refusal(503, f"The model is not ready: {loader.detail}")

    def asked() -> Model:
        """The model, or the version of it that the address names; raises `Refusal`."""
        version = request.args.get("version")
        if version is None:
            return model
        if apart is None:
            raise Refusal(422, "This model does not hold versions apart: it has no `apart`.")
        require_ready()
        try:
            return apart.get(version)
        except UnknownVersionError as error:
            raise Refusal(410, str(error)) from None

    def received() -> IO[bytes]:
        """The audio of the request, taken in while another request computes; raises `Refusal`."""
        require_ready()
        file = request.files.get("audio")
        if file is None:
            raise Refusal(422, "The multipart field `audio` is missing.")
        return file.stream

    def decoded(audio: IO[bytes]) -> tuple[Samples, float]:
        try:
            return read_mono(audio, rate, max_seconds)
        except UnreadableAudioError as error:
            raise Refusal(422, f"{str(error)[0].upper()}{str(error)[1:]}.") from None

    @app.get("/health")
    def health() -> Response:
        return jsonify(status=loader.status, detail=loader.detail)

    @app.get("/info")
    def info() -> Response:
        about = asked().information  # training may give it another version
        return jsonify(
            name=about.name,
            version=about.version,
            labels=about.labels,
            capabilities=capabilities,
            device=about.device,
            sample_rate=about.sample_rate,
            description=about.description,
            license=about.license,
            contract=CONTRACT_VERSION,
            learning=runs is not None and runs.working,
        )

    @app.post("/predict")
    def predict() -> Response:
        if request.is_json:
            return studio_predict()
        audio, options = received(), _options(request.form.get("options"))
        with turn:
            asked_one = asked()
            samples, duration = decoded(audio)
            began = time.perf_counter()
            answer = asked_one.predict(samples, options)
            seconds = time.perf_counter() - began
        return jsonify(**named(asked_one), duration=duration, seconds=seconds, **answer.as_json())

    def studio_predict() -> Response:
        """Label Studio's form: tasks with the URL of their audio."""
        require_ready()
        body = _json_body()
        tasks = body.get("tasks")
        if not isinstance(tasks, list):
            raise Refusal(422, "`tasks` must be a list.")
        config = studio.config_of(body)
        results = []
        for place, task in enumerate(tasks):
            try:
                samples, duration = read_mono(studio.open_audio(task, config), rate, max_seconds)
            except (UnreadableAudioError, label_studio.UnusableTaskError) as error:
                raise Refusal(422, f"tasks.{place}: {error}.") from None
            with turn:
                answer = model.predict(samples, Options())
            results.append(label_studio.prediction(answer, config, duration, model.information.version))
        return jsonify(results=results, model_version=model.information.version)

    @app.post("/setup")
    def setup() -> Response:
        studio.set_up(_json_body())
        return jsonify(model_version=model.information.version)

    @app.post("/webhook")
    def webhook() -> Response:
        action = _json_body().get("action")
        response = jsonify(status="ok" if isinstance(action, str) else "Unknown event")
        response.status_code = 201 if isinstance(action, str) else 200
        return response

    @app.get("/versions")
    def versions() -> Response:
        return jsonify(versions=[model.information.version])

    if isinstance(model, Talker):

        @app.get("/v1/models")
        def listed() -> Response:
            return jsonify(
                object="list", data=[{"id": model.information.name, "object": "model", "created": 0, "owned_by": ""}]
            )

        @app.post("/v1/chat/completions")
        def converse() -> Response:
            require_ready()
            body = _json_body()
            messages = chat.messages_of(body, rate, max_seconds)
            options = chat.options_of(body)
            answering = model.chat(messages, options)  # refuses at once what it cannot take

            def pieces() -> Iterator[str]:
                with turn:
                    yield from answering

            if body.get("stream"):
                return Response(chat.events(model.information.name, pieces(), options), mimetype="text/event-stream")
            return jsonify(chat.completion(model.information.name, pieces(), options))

    if isinstance(model, Embedder):

        @app.post("/embed")
        def embed() -> Response:
            audio = received()
            with turn:
                asked_one: Any = asked()  # a version of an embedder is one, too
                samples, duration = decoded(audio)
                began = time.perf_counter()
                found = asked_one.embed(samples)
                seconds = time.perf_counter() - began
            rows = [
                {"start": n * found.seconds, "end": min((n + 1) * found.seconds, duration), "vector": row.tolist()}
                for n, row in enumerate(found.vectors)
            ]
            dimensions = found.vectors.shape[1]
            return jsonify(
                **named(asked_one), duration=duration, seconds=seconds, dimensions=dimensions, embeddings=rows
            )

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        return _problem(refusal.status, refusal.detail)

    @app.errorhandler(label_studio.UnusableTaskError)
    @app.errorhandler(chat.UnusableChatError)
    def unusable(error: ValueError) -> Response:
        return _problem(422, f"{error}.")

    @app.errorhandler(HTTPException)
    def not_served(error: HTTPException) -> Response:
        if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            limit = (request.max_content_length or 0) // 1024**2
            return _problem(413, f"The request is larger than the {limit} MB that this container accepts.")
        return _problem(error.code or 500, error.description or error.name)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        log.error("request failed", exc_info=error)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            if request.path == "/train":
                return _problem(507, "There is no room for the dataset in the folder of training runs.")
            return _problem(413, "The temporary folder of this container has no room for so much audio.")
        return _problem(500, f"{type(error).__name__}: {error}")

    return app


def _json_body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Refusal(422, "The body must be a JSON object.")
    return body


def _options(text: str | None) -> Options:
    """Options of a request; raises `Refusal` for anything else than the contract says."""
    try:
        values = json.loads(text or "{}")
    except ValueError:
        raise Refusal(422, "`options` is not JSON.") from None
    if not isinstance(values, dict):
        raise Refusal(422, "`options` must be a JSON object.")
    unknown = sorted(set(values) - set(_OPTIONS))
    if unknown:
        raise Refusal(422, f"`options` has no {unknown[0]!r}; it may have {', '.join(_OPTIONS)}.")
    threshold, top_k, context = values.get("threshold"), values.get("top_k"), values.get("context")
    if threshold is not None and not (_is_number(threshold) and 0.0 <= threshold <= 1.0):
        raise Refusal(422, "`threshold` must be a number from 0 to 1.")
    if top_k is not None and not (_is_number(top_k) and isinstance(top_k, int) and top_k >= 1):
        raise Refusal(422, "`top_k` must be a whole number from 1 on.")
    if context is not None and not isinstance(context, dict):
        raise Refusal(422, "`context` must be an object.")
    return Options(None if threshold is None else float(threshold), top_k, context or {})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _problem(status: int, detail: str) -> Response:
    title = HTTPStatus(status).phrase
    kind = title.lower().replace(" ", "-")
    response = jsonify(type=f"urn:labelbuddy:{kind}", title=title, status=status, detail=detail)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response
