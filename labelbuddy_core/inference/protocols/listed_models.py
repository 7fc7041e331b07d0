"""Which models a server in OpenAI's form has."""

from __future__ import annotations

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.protocols.health import HEALTH_SECONDS
from labelbuddy_core.inference.protocols.transport import Transport


def first_listed(transport: Transport, key: str) -> str:
    """The name of the first model that `GET /v1/models` lists; `key` is where else it could be said.

    Raises `ModelProblem` where none is listed.
    """
    listed = transport.ask_json("GET", "/v1/models", timeout=HEALTH_SECONDS).get("data")
    first = listed[0] if isinstance(listed, list) and listed else None
    name = first.get("id") if isinstance(first, dict) else None
    if not isinstance(name, str):
        raise ModelProblem(f"The server lists no model at /v1/models; write its name at {key}.")
    return name
