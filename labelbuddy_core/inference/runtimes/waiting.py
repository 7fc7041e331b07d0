"""Wait for a model that was started until it says that it is ready."""

from __future__ import annotations

import time
from collections.abc import Callable

from labelbuddy_core.errors import ModelProblem, ModelUntrusted
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.runtimes.interface import Progress

PATIENCE_SECONDS = 300.0
_PAUSE = 0.1


def wait_until_ready(endpoint: Endpoint, on_progress: Progress, cause_of_death: Callable[[], str | None]) -> None:
    """Ask `/health` until it says ready. `cause_of_death` says why the model is gone, or None while it lives.

    Raises `ModelProblem` when it failed, died or took more than five minutes.
    """
    client = ModelClient(endpoint)
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while time.monotonic() < deadline:
            death = cause_of_death()
            if death is not None:
                raise ModelProblem(death)
            try:
                health = client.health()
            except ModelUntrusted:
                raise
            except ModelProblem:
                time.sleep(_PAUSE)
                continue
            if health.get("status") == "ready":
                return
            if health.get("status") == "failed":
                raise ModelProblem(f"The model could not load its weights: {str(health.get('detail'))[:500]}")
            on_progress("Loading the model")
            time.sleep(_PAUSE)
    finally:
        client.close()
    raise ModelProblem(f"The model was not ready after {PATIENCE_SECONDS:.0f} s.")
