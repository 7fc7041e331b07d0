"""Single things done with one container: read its last words, remove it, say why it could not be started."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from typing import Any

import requests
from docker.errors import APIError, DockerException, NotFound

from labelbuddy_core.inference.runtimes.images import said_by
from labelbuddy_core.inference.secrets import blotted

ENGINE_TROUBLE = (DockerException, requests.RequestException)
"""What the client of an engine raises."""

_PAUSE_SECONDS = 1.0


def last_words(container: Any, lines: int) -> str:
    """The last lines that it wrote, without secrets; empty when the engine does not tell."""
    try:
        return blotted(container.logs(tail=lines)).decode("utf-8", "replace")
    except ENGINE_TROUBLE:
        return ""


def follow_log(container: Any, write: Callable[[bytes], None], runs: Callable[[], bool]) -> None:
    """Hand on what a container writes until it ends; where the connection broke and it still `runs`, from then on."""
    since: float | None = None
    while True:
        with contextlib.suppress(*ENGINE_TROUBLE, OSError, ValueError):  # the container or the engine is gone
            for piece in container.logs(stream=True, follow=True, since=since):
                write(piece)
                since = time.time()
        time.sleep(_PAUSE_SECONDS)
        if not runs():
            return


def remove_container(container: Any) -> bool:
    """Remove a container; returns whether it is gone, which it is not when the engine does not answer."""
    for remove in (lambda: container.stop(timeout=5), lambda: container.remove(force=True, v=True)):
        try:
            remove()
        except NotFound:
            return True
        except APIError:
            continue  # it has ended, or somebody else is removing it
        except ENGINE_TROUBLE:
            return False
    return True


def why_not_started(error: Exception) -> str:
    """What an error of the engine means for a container that was to be started, and what to do."""
    said = said_by(error)
    if re.search(r"could not select device driver|capabilities: \[\[gpu|nvidia", said):
        return "The model asks for a GPU and this Docker engine offers none: set resources.gpu to false, or add one."
    if re.search(r"executable file not found|no such file or directory|permission denied.*exec|exec format", said):
        return f"The image's command cannot be started: {said}. Check ENTRYPOINT and CMD of the image."
    if isinstance(error, APIError):
        return f"The container could not be started: {said}"
    return f"The Docker engine did not answer while the container was started ({type(error).__name__}); try again."
