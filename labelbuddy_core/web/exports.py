"""The route of exports: streamed, in every format."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from labelbuddy_core.services.exports import open_export
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["exports"])


@router.get("/v1/projects/{project}/export", response_class=StreamingResponse)
def export(
    actor: CurrentActor, project: str, format: str = "csv", which: str = "all", audio: str = "none"
) -> StreamingResponse:
    """A project's labels: format csv, json, jsonl, captions, captions-csv; which all, submitted, approved, consensus;
    audio none, paths, included."""
    opened = open_export(actor, project, format_name=format, which=which, audio=audio)
    headers = {
        "Content-Disposition": f'attachment; filename="{opened.file_name}"',
        "Cache-Control": "no-store",
        "Content-Encoding": "identity",
    }
    return StreamingResponse(opened.blocks, media_type=opened.media_type, headers=headers)
