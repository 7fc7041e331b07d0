"""Wait for a model that was started until it says that it is ready."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from labelbuddy_core.errors import ModelProblem, ModelUntrusted
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.runtimes.interface import ModelEnded, Progress

PATIENCE_SECONDS = 300.0
_PAUSE = 0.1


def wait_until_ready(
    endpoint: Endpoint,
    on_progress: Progress,
    cause_of_death: Callable[[], str | None],
    patience: float = PATIENCE_SECONDS,
    *,
    silence: float = math.inf,
) -> None:
    """Ask `/health` until it says ready. `cause_of_death` says why the model is gone, or None while it lives.

    Raises `ModelEnded` when it failed, died, took longer than `patience` seconds, or gave no answer for `silence`.
    """
    client = ModelClient(endpoint)
    answered = time.monotonic()
    deadline = answered + patience
    heard = ""
    try:
        while time.monotonic() < deadline:
            death = cause_of_death()
            if death is not None:
                raise ModelEnded(death)
            try:
                health = client.health()
            except ModelUntrusted:
                raise
            except ModelProblem as problem:
                heard = problem.detail
                if time.monotonic() - answered > silence:
                    raise ModelEnded(
                        f"Nothing answered for {silence:.0f} s ({heard.rstrip('.')}). Check that the server runs and "
                        "that its address is right."
                    ) from None
                on_progress("Waiting for the model to answer")
                time.sleep(_PAUSE)
                continue
            answered = time.monotonic()
            if health.get("status") == "ready":
                return
            if health.get("status") == "failed":
                raise ModelEnded(f"The model could not load its weights: {str(health.get('detail'))[:500]}")
            heard = f"its /health says {str(health.get('status'))[:40]!r}"
            on_progress("Loading the model")
            time.sleep(_PAUSE)
    finally:
        client.close()
    raise ModelEnded(
        f"The model was not ready after {patience:.0f} s ({heard.rstrip('.')}). Check that it answers GET /health with "
        '{"status": "ready"} on LABELBUDDY_SOCKET or PORT, or raise LABELBUDDY_MODEL_START_SECONDS.'
    )
