"""The routes of exports: streamed, in every format."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from labelbuddy_core.services.annotations.suggestion_decisions import open_decisions
from labelbuddy_core.services.exports.exports import Export, export_losses, open_export
from labelbuddy_core.services.exports.review_export import open_reviews
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["exports"])


@router.get("/v1/projects/{project}/export", response_class=StreamingResponse)
def export(
    actor: CurrentActor,
    project: str,
    format: str = "csv",
    which: str = "all",
    audio: str = "none",
    merge: bool = False,
) -> StreamingResponse:
    """A project's labels in a format of docs/formats.md; which all, submitted, approved, consensus; audio none, paths,
    included; `merge` puts the tasks of each recording together."""
    return _streamed(open_export(actor, project, format_name=format, which=which, audio=audio, merge=merge))


@router.get("/v1/projects/{project}/export/losses")
def losses(
    actor: CurrentActor, project: str, format: str = "csv", which: str = "all", merge: bool = False
) -> dict[str, Any]:
    """What an export in this format would lose of the project's data, counted; `merge` as for the export."""
    return export_losses(actor, project, format_name=format, which=which, merge=merge)


@router.get("/v1/projects/{project}/suggestion-decisions", response_class=StreamingResponse)
def suggestion_decisions(actor: CurrentActor, project: str, format: str = "csv") -> StreamingResponse:
    """What annotators saw of suggestions and decided about them, an event a row: format csv, jsonl."""
    return _streamed(open_decisions(actor, project, format_name=format))


@router.get("/v1/projects/{project}/reviews", response_class=StreamingResponse)
def project_reviews(actor: CurrentActor, project: str, format: str = "csv") -> StreamingResponse:
    """The reviews of a project with their reasons, a row a reason: format csv, jsonl."""
    return _streamed(open_reviews(actor, project, format_name=format))


def _streamed(opened: Export) -> StreamingResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{opened.file_name}"',
        "Cache-Control": "no-store",
        "Content-Encoding": "identity",
    }
    return StreamingResponse(opened.blocks, media_type=opened.media_type, headers=headers)
