"""Hear from a running model: what it says about itself when it started, and now and then whether it still answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.declarations import contradictions, device_of
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.live_model import LiveModel
from labelbuddy_core.inference.runtimes.interface import Status

HEALTH_SECONDS = 10.0
HEALTH_FAILURES = 3
_DYING_SECONDS = 3.0


def meet(live: LiveModel, endpoint: Endpoint) -> None:
    """Ask a model that was just started for `/info`, and note where it contradicts its file."""
    live.notes, live.device = (), ""
    if live.specification.protocol != "labelbuddy":
        return
    client = ModelClient(endpoint)
    try:
        information = client.info()
    except ModelProblem as problem:
        live.notes = (f"The model does not say what it is (GET /info): {problem.detail}",)
        return
    finally:
        client.close()
    live.device = device_of(information)
    named = {"version": endpoint.version} if endpoint.version else {}
    live.notes = tuple(contradictions(live.specification.model_copy(update=named), information))


def holds(endpoint: Endpoint, version: str) -> bool:
    """Whether a server that others use still has the version that it was given; it has what is not asked by name."""
    if not version:
        return True
    client = ModelClient(replace(endpoint, version=version))
    try:
        client.info()
    except ModelProblem:
        return False
    finally:
        client.close()
    return True


def still_answers(live: LiveModel, endpoint: Endpoint) -> bool:
    """Ask for `/health` every ten seconds; False when a model kept silent several times in a row."""
    if live.specification.protocol != "labelbuddy" or time.monotonic() - live.health_asked < HEALTH_SECONDS:
        return True
    live.health_asked = time.monotonic()
    client = ModelClient(endpoint)
    try:
        client.health()
        live.health_failures = 0
    except ModelProblem:
        live.health_failures += 1
    finally:
        client.close()
    return live.health_failures < HEALTH_FAILURES


def settled(status: Callable[[], Status], endpoint: Endpoint | None) -> Status:
    """The status of a model that just failed. One that is dying hangs up a moment before its end is known."""
    deadline = time.monotonic() + _DYING_SECONDS
    while (found := status()).state == "running" and endpoint is not None and time.monotonic() < deadline:
        client = ModelClient(endpoint)
        try:
            client.health()
            return found
        except ModelProblem:
            time.sleep(0.1)
        finally:
            client.close()
    return found
