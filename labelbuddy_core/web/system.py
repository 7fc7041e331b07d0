"""Routes about the installation itself: is it alive, is it ready."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from labelbuddy_core import __version__
from labelbuddy_core.services.installation.readiness import readiness

router = APIRouter(tags=["system"])


@router.get("/v1/health")
def health() -> dict[str, str]:
    """The web server runs; its version."""
    return {"status": "ok", "version": __version__}


@router.get("/v1/ready")
def ready(response: Response) -> dict[str, Any]:
    """Whether database, storage and worker work (503 when not), a Docker engine answers, and the disk has room."""
    found = readiness()
    if not found["ready"]:
        response.status_code = 503
    return found
