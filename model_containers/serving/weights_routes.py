"""`/weights/{version}`: give the weights of a version out, or take some in and predict with them."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

from flask import Flask, Response, jsonify, request, send_file

from model_containers.serving.apart import VersionsApart
from model_containers.serving.loader import Loader
from model_containers.serving.versions import KeptVersions, Tunable

MAX_BYTES = 4 * 1024**3
"""Of weights that are put."""


def add_weights(
    app: Flask,
    model: Tunable,
    loader: Loader,
    turn: threading.Lock,
    refuse: type[Exception],
    apart: VersionsApart | None,
) -> None:
    """Serve the weights; `refuse(status, detail)` is raised for what is refused, `turn` is held while they change.

    Weights that are put with `?apart=1` are those of a version that is held `apart`.
    """
    kept = KeptVersions(Path(os.environ.get("LABELBUDDY_DATA", "/data")))

    @app.get("/weights/<version>")
    def give(version: str) -> Response:
        try:
            path = kept.path(version)
        except ValueError as error:
            raise refuse(422, f"{error}.") from None
        if not path.is_file():
            raise refuse(404, f"There are no weights of version {version!r} here.")
        return send_file(path.resolve(), mimetype="application/octet-stream", download_name=path.name)

    @app.put("/weights/<version>")
    def take(version: str) -> Response:
        if loader.status != "ready":
            raise refuse(503, f"The model is not ready: {loader.detail}")
        request.max_content_length = MAX_BYTES

        def save(path: Path) -> None:
            with path.open("wb") as file:
                shutil.copyfileobj(request.stream, file)

        try:
            if request.args.get("apart"):
                if apart is None:
                    raise refuse(422, "This model does not hold versions apart: it has no `apart`.")
                apart.receive(version, save)
                return jsonify(version=version)
            kept.receive(version, save, model.use, turn)
        except ValueError as error:
            raise refuse(422, f"These weights cannot be used: {error}.") from None
        return jsonify(version=version)
