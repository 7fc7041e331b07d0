"""Whether a server is ready, whatever it speaks: each protocol says it in another way, some not at all."""

from __future__ import annotations

from typing import Any

import orjson

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.protocols.transport import Transport

HEALTH_SECONDS = 5.0
_OURS = ("starting", "ready", "failed")
_LOADING = 503
_NOT_SERVED = (404, 405)


def health(transport: Transport) -> dict[str, str]:
    """{status, detail} with status starting, ready or failed; raises `ModelProblem` when nothing answers.

    Ours says it in words. Label Studio's backends answer UP, vLLM 200 without a body, llama.cpp 503 while it loads;
    containers of 2022 have no such route, and serve when they answer at all.
    """
    reply = transport.ask("GET", "/health", timeout=HEALTH_SECONDS)
    said = _object(reply.body)
    status = said.get("status")
    if status in _OURS:
        return {"status": str(status), "detail": str(said.get("detail") or "")}
    if reply.status == _LOADING:
        return {"status": "starting", "detail": "Loading the model"}
    if reply.status < 300 or reply.status in _NOT_SERVED:
        return {"status": "ready", "detail": ""}
    raise ModelProblem(f"GET /health was answered with status {reply.status}.")


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}
