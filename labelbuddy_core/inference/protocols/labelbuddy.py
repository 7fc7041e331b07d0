"""Our own contract: audio as multipart, an answer of regions, tags and text (docs/model-containers.md)."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from urllib3.filepost import encode_multipart_formdata

from labelbuddy_core.errors import ModelBusy, ModelGone, ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.health import HEALTH_SECONDS, health
from labelbuddy_core.inference.protocols.transport import Reply, Transport, checked_object
from labelbuddy_core.inference.protocols.upload import Upload

OPTIONS = ("threshold", "top_k", "context")


class ModelClient:
    """Speaks the container contract with one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._transport = Transport(endpoint)

    @property
    def shared(self) -> bool:
        """Whether others ask the same server: it then holds apart what it is given and learns."""
        return self._endpoint.shared

    def health(self) -> dict[str, Any]:
        """{status, detail}; raises `ModelProblem` when nothing answers."""
        return health(self._transport)

    def info(self) -> dict[str, Any]:
        """What the model says about itself."""
        return self._answered(self._transport.ask("GET", self._named("/info"), timeout=HEALTH_SECONDS))

    def predict(self, audio: Path, options: dict[str, Any]) -> dict[str, Any]:
        """The raw answer for a WAV or FLAC file. Of the options those that the contract knows are sent."""
        known = {name: options[name] for name in OPTIONS if name in options}
        return self._send("/predict", audio, {"options": orjson.dumps(known)})

    def embed(self, audio: Path) -> dict[str, Any]:
        """The raw feature vectors over time of a WAV or FLAC file."""
        return self._send("/embed", audio, {})

    def begin_training(self, dataset: Path, parameters: dict[str, Any], version: str, run: str) -> str:
        """Hand over a dataset (ZIP) to be trained on; the id of the run in the container.

        It is `run` (16 hexadecimal digits), by which the run is found also when no answer came, except where a server
        with an older serving kit gives ids of its own. A shared server learns apart, from the version that is asked
        for. Raises `ModelBusy` while it teaches another.
        """
        fields = {"parameters": orjson.dumps(parameters), "version": version.encode(), "run": run.encode()}
        if self.shared:
            fields["apart"] = self._endpoint.version.encode()
        with Upload("dataset", dataset, "application/zip", fields) as form:
            timeout = self._transport.timeout_seconds
            reply = self._transport.ask("POST", "/train", timeout=timeout, data=form, kind=form.content_type)
        return str(self._agreed(reply)["run"])

    def resume_training(self, run: str) -> None:
        """Let an interrupted run go on.

        Raises `ModelBusy` while the model teaches another, `ModelGone` when it has lost the run.
        """
        body, content = encode_multipart_formdata({"resume": run.encode()})
        timeout = self._transport.timeout_seconds
        reply = self._transport.ask("POST", "/train", timeout=timeout, data=body, kind=content)
        if reply.status == HTTPStatus.NOT_FOUND:
            raise ModelGone("It does not know the run any more.")
        self._agreed(reply)

    def training(self, run: str) -> dict[str, Any] | None:
        """How far a run is; None when the container does not know it."""
        reply = self._transport.ask("GET", f"/train/{run}", timeout=HEALTH_SECONDS)
        return None if reply.status == HTTPStatus.NOT_FOUND else checked_object(reply)

    def cancel_training(self, run: str) -> None:
        """Stop a run at the end of its epoch."""
        self._transport.ask_json("DELETE", f"/train/{run}", timeout=HEALTH_SECONDS)

    def forget_training(self, run: str) -> None:
        """Let the server remove a run that has ended, and what it kept; one that it does not know is forgotten."""
        reply = self._transport.ask("DELETE", f"/train/{run}?forget=1", timeout=HEALTH_SECONDS)
        if reply.status != HTTPStatus.NOT_FOUND:
            checked_object(reply)

    def fetch_weights(self, version: str, target: Path) -> bool:
        """Receive the weights of a version in a file; False when the container gives none."""
        reply = self._transport.fetch(f"/weights/{version}", target, timeout=self._transport.timeout_seconds)
        if reply.status not in (HTTPStatus.NOT_FOUND, HTTPStatus.OK):
            checked_object(reply)
        return reply.status == HTTPStatus.OK

    def put_weights(self, version: str, weights: Path) -> None:
        """Let the model predict with a file of weights; a shared one for those who ask for this version by name."""
        kind, timeout = "application/octet-stream", self._transport.timeout_seconds
        path = f"/weights/{quote(version)}{'?apart=1' if self.shared else ''}"
        with weights.open("rb") as file:
            self._transport.ask_json("PUT", path, timeout=timeout, data=file, kind=kind)

    def _named(self, path: str) -> str:
        """A path that asks for the version of the endpoint."""
        return f"{path}?version={quote(self._endpoint.version, safe='')}" if self._endpoint.version else path

    def _answered(self, reply: Reply) -> dict[str, Any]:
        """The JSON object of an answer. Raises `ModelGone` where the server has lost the version."""
        if reply.status == HTTPStatus.GONE and self._endpoint.version:
            raise ModelGone("The server does not hold this version any more; it gets its weights again.")
        return checked_object(reply)

    def _agreed(self, reply: Reply) -> dict[str, Any]:
        """The JSON object of an answer. Raises `ModelBusy` where the model teaches another, else as `_answered`."""
        try:
            return self._answered(reply)
        except ModelProblem as problem:
            raise ModelBusy(problem.detail) if reply.status == HTTPStatus.CONFLICT else problem from None

    def _send(self, path: str, audio: Path, fields: dict[str, bytes]) -> dict[str, Any]:
        kind = "audio/flac" if audio.suffix == ".flac" else "audio/wav"
        body, content = encode_multipart_formdata({"audio": (audio.name, audio.read_bytes(), kind), **fields})
        timeout = self._transport.timeout_seconds
        reply = self._transport.ask("POST", self._named(path), timeout=timeout, data=body, kind=content)
        answer = self._answered(reply)
        if self._endpoint.version:
            answer.pop("version", None)  # what it is called there; whoever asks has a name for it
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
