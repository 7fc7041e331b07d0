"""The routes of releases: preview, make, list, download, compare, withdraw."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.services.releases import (
    release_comparisons,
    release_differences,
    release_files,
    release_previews,
    releases,
)
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.byte_ranges import serve_blob
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["releases"])


class Wanted(BaseModel):
    """The choices of a release; docs/releases.md lists them."""

    model_config = ConfigDict(extra="forbid")

    choices: dict[str, Any] = Field(default_factory=dict)


class NewRelease(Wanted):
    """A release: how it is called, and its choices."""

    name: str
    version: str
    note: str = ""


class Withdrawal(BaseModel):
    """Why a release is withdrawn."""

    model_config = ConfigDict(extra="forbid")

    reason: str


@router.post("/v1/projects/{project}/releases/preview")
def preview_release(actor: CurrentActor, project: str, body: Wanted, response: Response) -> dict[str, Any]:
    """What a release would hold now, by split and label, and what is left out for which reason."""
    found = release_previews.preview(actor, project, body.choices)
    if "job" in found:
        response.status_code = 202
    return found


@router.post("/v1/projects/{project}/releases", status_code=202)
def begin_release(actor: CurrentActor, project: str, body: NewRelease) -> dict[str, Any]:
    """Make a release as a job."""
    return releases.begin(actor, project, name=body.name, version=body.version, note=body.note, choices=body.choices)


@router.get("/v1/projects/{project}/releases")
def list_releases(
    actor: CurrentActor, project: str, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The releases of a project, newest first."""
    return releases.list_releases(actor, project, limit=limit, cursor=cursor)


@router.get("/v1/releases/{release}")
def get_release(actor: CurrentActor, release: str) -> dict[str, Any]:
    """One release with its job, hashes, files and figures."""
    return releases.get_release(actor, release)


@router.post("/v1/releases/{release}/resume", status_code=202)
def resume_release(actor: CurrentActor, release: str) -> dict[str, Any]:
    """Go on making a release whose job failed or was cancelled."""
    return releases.resume(actor, release)


@router.get("/v1/releases/{release}/archive")
def download_release(actor: CurrentActor, release: str, request: Request) -> Response:
    """The archive (ZIP), also in ranges."""
    return serve_blob(release_files.archive(actor, release), request, download=True)


@router.get("/v1/releases/{release}/file")
def release_file(actor: CurrentActor, release: str, path: str) -> Response:
    """One file of a release other than its audio, for example README.md or SHA256SUMS."""
    name, content = release_files.one_file(actor, release, path)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Encoding": "identity"}
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.get("/v1/releases/{release}/left-out")
def release_left_out(actor: CurrentActor, release: str, paging: Paging) -> dict[str, Any]:
    """Every task that was left out of a release, with the reason; it is not in the archive."""
    return paging.of(release_files.left_out(actor, release))


@router.get("/v1/releases/{release}/differences/{other}")
def release_differences_from(
    actor: CurrentActor, release: str, other: str, kind: str | None = None, limit: int = 100, offset: int = 0
) -> dict[str, Any]:
    """What changed from another release to this one."""
    return release_differences.differences(actor, release, other, kind=kind, limit=limit, offset=offset)


@router.post("/v1/releases/{release}/differences/{other}", status_code=202)
def compare_releases(actor: CurrentActor, release: str, other: str, response: Response) -> dict[str, Any]:
    """Have a job compare two large releases: {job}; None where the changes can be read already."""
    job = release_comparisons.begin(actor, release, other)
    if job is None:
        response.status_code = 200
    return {"job": job}


@router.get("/v1/releases/{release}/differences/{other}/csv", response_class=StreamingResponse)
def release_differences_as_csv(
    actor: CurrentActor, release: str, other: str, kind: str | None = None
) -> StreamingResponse:
    """What changed from another release to this one, a change a row."""
    opened = release_differences.open_differences(actor, release, other, kind=kind)
    headers = {
        "Content-Disposition": f'attachment; filename="{opened.file_name}"',
        "Cache-Control": "no-store",
        "Content-Encoding": "identity",
    }
    return StreamingResponse(opened.blocks, media_type=opened.media_type, headers=headers)


@router.post("/v1/releases/{release}/withdrawal")
def withdraw_release(actor: CurrentActor, release: str, body: Withdrawal) -> dict[str, Any]:
    """Stop giving a release away; nothing is deleted."""
    return releases.withdraw(actor, release, body.reason)


@router.delete("/v1/releases/{release}/withdrawal")
def put_back_release(actor: CurrentActor, release: str) -> dict[str, Any]:
    """Give a withdrawn release away again."""
    return releases.put_back(actor, release)


@router.delete("/v1/releases/{release}", status_code=204)
def delete_release(actor: CurrentActor, release: str, confirm: str = "") -> None:
    """Delete the files of a withdrawn release, or give up one that was never published."""
    releases.remove(actor, release, confirm)
