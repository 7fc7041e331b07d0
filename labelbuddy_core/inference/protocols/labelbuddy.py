"""Our own contract: audio as multipart, an answer of regions, tags and text (docs/model-containers.md)."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
from urllib3.filepost import encode_multipart_formdata

from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.health import HEALTH_SECONDS, health
from labelbuddy_core.inference.protocols.transport import Transport, checked_object

OPTIONS = ("threshold", "top_k", "context")


class ModelClient:
    """Speaks the container contract with one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._transport = Transport(endpoint)

    def health(self) -> dict[str, Any]:
        """{status, detail}; raises `ModelProblem` when nothing answers."""
        return health(self._transport)

    def info(self) -> dict[str, Any]:
        """What the model says about itself."""
        return self._transport.ask_json("GET", "/info", timeout=HEALTH_SECONDS)

    def predict(self, audio: Path, options: dict[str, Any]) -> dict[str, Any]:
        """The raw answer for a WAV or FLAC file. Of the options those that the contract knows are sent."""
        known = {name: options[name] for name in OPTIONS if name in options}
        return self._send("/predict", audio, {"options": orjson.dumps(known)})

    def embed(self, audio: Path) -> dict[str, Any]:
        """The raw feature vectors over time of a WAV or FLAC file."""
        return self._send("/embed", audio, {})

    def begin_training(self, dataset: Path, parameters: dict[str, Any], version: str) -> str:
        """Hand over a dataset (ZIP) to be trained on; the id of the run in the container."""
        fields = {"parameters": orjson.dumps(parameters), "version": version.encode()}
        return str(self._upload("/train", {"dataset": ("dataset.zip", dataset)}, fields)["run"])

    def resume_training(self, run: str) -> None:
        """Let an interrupted run go on."""
        self._upload("/train", {}, {"resume": run.encode()})

    def training(self, run: str) -> dict[str, Any] | None:
        """How far a run is; None when the container does not know it."""
        reply = self._transport.ask("GET", f"/train/{run}", timeout=HEALTH_SECONDS)
        return None if reply.status == HTTPStatus.NOT_FOUND else checked_object(reply)

    def cancel_training(self, run: str) -> None:
        """Stop a run at the end of its epoch."""
        self._transport.ask_json("DELETE", f"/train/{run}", timeout=HEALTH_SECONDS)

    def weights(self, version: str) -> bytes | None:
        """The weights of a version; None when the container gives none."""
        reply = self._transport.ask("GET", f"/weights/{version}", timeout=self._transport.timeout_seconds)
        if reply.status == HTTPStatus.NOT_FOUND:
            return None
        if reply.status != HTTPStatus.OK:
            checked_object(reply)
        return reply.body

    def put_weights(self, version: str, weights: bytes) -> None:
        """Let the model predict with these weights."""
        kind, timeout = "application/octet-stream", self._transport.timeout_seconds
        self._transport.ask_json("PUT", f"/weights/{version}", timeout=timeout, data=weights, kind=kind)

    def _upload(self, path: str, files: dict[str, tuple[str, Path]], fields: dict[str, bytes]) -> dict[str, Any]:
        parts = {name: (file, place.read_bytes(), "application/zip") for name, (file, place) in files.items()}
        body, content = encode_multipart_formdata({**parts, **fields})
        return self._transport.ask_json("POST", path, timeout=self._transport.timeout_seconds, data=body, kind=content)

    def _send(self, path: str, audio: Path, fields: dict[str, bytes]) -> dict[str, Any]:
        kind = "audio/flac" if audio.suffix == ".flac" else "audio/wav"
        body, content = encode_multipart_formdata({"audio": (audio.name, audio.read_bytes(), kind), **fields})
        timeout = self._transport.timeout_seconds
        return self._transport.ask_json("POST", path, timeout=timeout, data=body, kind=content)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
