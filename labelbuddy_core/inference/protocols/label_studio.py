"""Label Studio's ML backends, used as they are: `/setup`, then `/predict` with a task whose audio is a URL."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.health import health
from labelbuddy_core.inference.protocols.labeling_config import labeling_config
from labelbuddy_core.inference.protocols.transport import Transport
from labelbuddy_core.inference.specification import Specification

_SETUP_SECONDS = 60.0
_PROJECT = "1.0"
"""Backends keep one model for each project and config; one is enough for us."""


class LabelStudioClient:
    """Speaks Label Studio's side of the protocol with one backend. It gets no token of ours."""

    def __init__(self, endpoint: Endpoint, specification: Specification) -> None:
        self._transport = Transport(endpoint)
        self._specification = specification

    def health(self) -> dict[str, Any]:
        """{status, detail}; raises `ModelProblem` when nothing answers."""
        return health(self._transport)

    def info(self) -> dict[str, Any]:
        """{version} as the backend says when it is set up."""
        return {"version": self._set_up(labeling_config(self._specification, []))}

    def predict(self, audio: Path, options: dict[str, Any]) -> dict[str, Any]:
        """The answer in our form. `audio_url` is where the backend fetches the audio (left out: a data: URL), `labels`
        are the project's."""
        config = labeling_config(self._specification, list(options.get("labels") or []))
        version = self._set_up(config)
        task = {
            "id": 1,
            "data": {"audio": options.get("audio_url") or _data_url(audio)},
            "meta": {},
            "annotations": [],
            "predictions": [],
        }
        request = {
            "tasks": [task],
            "project": _PROJECT,
            "label_config": config,
            "params": {"login": None, "password": None, "context": None},
        }
        answer = self._transport.post_json("/predict", request, timeout=self._transport.timeout_seconds)
        prediction = _first(answer)
        said = prediction.get("model_version") or answer.get("model_version") or version
        return {**answer_of(prediction), "version": str(said or "")}

    def notify(self, action: str, annotation: dict[str, Any], audio_url: str | None, labels: list[str]) -> None:
        """Tell the backend of an annotation (`ANNOTATION_CREATED`, `ANNOTATION_UPDATED`)."""
        event = {
            "action": action,
            "annotation": annotation,
            "task": {"id": annotation.get("task"), "data": {"audio": audio_url}},
            "project": {"id": 1, "label_config": labeling_config(self._specification, labels)},
        }
        self._transport.post_json("/webhook", event, timeout=self._transport.timeout_seconds)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _set_up(self, config: str) -> str | None:
        request = {
            "project": _PROJECT,
            "schema": config,
            "hostname": "",
            "access_token": "",
            "extra_params": None,
        }
        version = self._transport.post_json("/setup", request, timeout=_SETUP_SECONDS).get("model_version")
        return None if version is None else str(version)


def answer_of(prediction: dict[str, Any]) -> dict[str, Any]:
    """A Label Studio prediction in our form: labels → regions, choices → tags, text areas and numbers → text.

    Choices and text with a time belong to the region of that time. What has none of these forms is noted.
    """
    results = prediction.get("result")
    if not isinstance(results, list):
        raise ModelProblem("The backend's prediction has no list `result`.")
    overall = prediction.get("score")
    regions: dict[str, dict[str, Any]] = {}
    tags: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    unknown: set[str] = set()
    spoken: dict[str, str] = {}
    for place, result in enumerate(results):
        if not isinstance(result, dict) or not isinstance(result.get("value"), dict):
            raise ModelProblem(f"result.{place} of the backend's prediction has no `value`.")
        value, kind = result["value"], str(result.get("type") or "")
        score = result.get("score", overall)
        identity = str(result.get("id") or f"#{place}")
        timed = "start" in value and "end" in value
        if kind in ("labels", "choices") and timed:
            for number, label in enumerate(_list(value.get(kind), place, kind)):
                regions[f"{identity} {number}" if number else identity] = {
                    "start": value["start"],
                    "end": value["end"],
                    "label": label,
                    "score": score,
                }
        elif kind == "choices":
            tags += [{"label": label, "score": score} for label in _list(value.get(kind), place, kind)]
        elif kind == "textarea":
            said = "\n".join(str(one) for one in _list(value.get("text"), place, "text"))
            if timed:
                spoken[identity] = said
            else:
                texts.append({"text": said})
        elif kind == "number":
            texts.append({"text": f"{result.get('from_name') or 'number'}: {value.get('number')}"})
        else:
            unknown.add(kind or "without type")
    for identity, said in spoken.items():
        if identity in regions:
            regions[identity]["text"] = said
        else:
            texts.append({"text": said})
    notes = [f"Results of a kind that LabelBuddy does not use: {', '.join(sorted(unknown))}."] if unknown else []
    return {"regions": list(regions.values()), "tags": tags, "text": texts, "notes": notes}


def _first(answer: dict[str, Any]) -> dict[str, Any]:
    """The prediction for our one task; a backend may answer a list of them, the first of which counts."""
    results = answer.get("results")
    if not isinstance(results, list) or len(results) != 1:
        found = f"{len(results)} results" if isinstance(results, list) else "no list `results`"
        raise ModelProblem(f"The backend must answer one result for one task; found {found}.")
    first = results[0]
    if isinstance(first, list):
        first = first[0] if first else {"result": []}
    if not isinstance(first, dict):
        raise ModelProblem("The backend's result for the task is not an object with `result`.")
    return first


def _list(value: Any, place: int, name: str) -> list[Any]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise ModelProblem(f"result.{place}.value.{name} of the backend's prediction must be a list.")
    return value


def _data_url(audio: Path) -> str:
    kind = "audio/flac" if audio.suffix == ".flac" else "audio/wav"
    return f"data:{kind};base64,{base64.b64encode(audio.read_bytes()).decode()}"
