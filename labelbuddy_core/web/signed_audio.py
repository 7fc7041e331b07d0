"""The route from which a model's server fetches audio by a signed address."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from labelbuddy_core.services.recordings.signed_audio import signed_excerpt

router = APIRouter(tags=["models"])

_TYPES = {"wav": "audio/wav", "flac": "audio/flac"}


@router.get("/v1/signed/audio.{kind}", response_class=FileResponse)
def signed_audio(kind: Literal["wav", "flac"], request: Request) -> FileResponse:
    """One stretch of a recording for a model's server, by a signed address that expires; no session."""
    path = signed_excerpt(kind, dict(request.query_params))
    return FileResponse(
        path,
        media_type=_TYPES[kind],
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
