"""Find the image of a model on the engine, or pull it, telling how many bytes are there."""

from __future__ import annotations

import fnmatch
import time
from typing import Any

from docker.errors import APIError, ImageNotFound

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.runtimes.interface import Progress

_TELL_SECONDS = 0.25
_MOST_DIGEST = 100
_DONE = ("Download complete", "Pull complete", "Already exists", "Verifying Checksum", "Extracting")


def find_or_pull(client: Any, name: str, allowed: list[str], on_progress: Progress) -> Any:
    """The image called `name`. Raises `ModelProblem` when it may not be used, does not exist or cannot be pulled."""
    if not any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed):
        raise ModelProblem(f"The image {name!r} is not among LABELBUDDY_ALLOWED_IMAGES; ask the administrator.")
    try:
        return client.images.get(name)
    except ImageNotFound:
        on_progress(f"Pulling {name}")
    reference = name if ":" in name.rsplit("/", 1)[-1] or "@" in name else f"{name}:latest"
    pulled = PullProgress(name)
    told = time.monotonic()
    try:
        for line in client.api.pull(reference, stream=True, decode=True):
            if "error" in line:
                raise ModelProblem(f"The image {name!r} could not be pulled: {line['error'][:300]}")
            pulled.take(line)
            if time.monotonic() - told > _TELL_SECONDS:
                told = time.monotonic()
                on_progress(pulled.sentence())
        on_progress(pulled.sentence())
        return client.images.get(name)
    except (APIError, ImageNotFound) as error:
        raise ModelProblem(
            f"The image {name!r} is not on this machine and could not be pulled: {said_by(error)}. "
            "Check its name, or build it with model_containers/build.sh."
        ) from None


class PullProgress:
    """Adds up what the engine says about each layer."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._layers: dict[str, tuple[int, int]] = {}
        self._unpacking = False

    def take(self, line: dict[str, Any]) -> None:
        """A line of the engine's stream: {id, status, progressDetail: {current, total}}."""
        layer, status, detail = line.get("id"), line.get("status", ""), line.get("progressDetail") or {}
        if not isinstance(layer, str):
            return
        if status == "Downloading" and detail.get("total"):
            self._layers[layer] = (int(detail.get("current") or 0), int(detail["total"]))
        elif status in _DONE and layer in self._layers:
            total = self._layers[layer][1]
            self._layers[layer] = (total, total)
            self._unpacking = self._unpacking or status == "Extracting"

    def sentence(self) -> str:
        """For a person: how much is there of what is known to come."""
        have, total = (sum(pair[place] for pair in self._layers.values()) for place in (0, 1))
        if not total:
            return f"Pulling {self._name}"
        if have >= total and self._unpacking:
            return f"Unpacking {self._name} ({_mb(total)} MB)"
        return f"Pulling {self._name}: {_mb(have)} of {_mb(total)} MB"


def digest_of(image: Any) -> str:
    """What names exactly this image: repository and digest where a registry knows it, else the image's id."""
    digests = image.attrs.get("RepoDigests") or []
    name = digests[0] if digests else image.id
    return name if len(name) <= _MOST_DIGEST else name.rsplit("@", 1)[-1]


def said_by(error: Exception) -> str:
    """What the engine said about an error."""
    return str(getattr(error, "explanation", None) or error)[:300].rstrip(".")


def _mb(amount: int) -> str:
    return f"{amount / 1e6:.1f}" if amount < 10e6 else f"{amount / 1e6:.0f}"
