"""Our own contract: audio as multipart, an answer of regions, tags and text (docs/model-containers.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from urllib3.filepost import encode_multipart_formdata

from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.health import HEALTH_SECONDS, health
from labelbuddy_core.inference.protocols.transport import Transport

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

    def _send(self, path: str, audio: Path, fields: dict[str, bytes]) -> dict[str, Any]:
        kind = "audio/flac" if audio.suffix == ".flac" else "audio/wav"
        body, content = encode_multipart_formdata({"audio": (audio.name, audio.read_bytes(), kind), **fields})
        timeout = self._transport.timeout_seconds
        return self._transport.ask_json("POST", path, timeout=timeout, data=body, kind=content)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
