"""Routes of imports: many recordings at once from folders, archives and lists on the server or at URLs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.services.recordings import import_reports, imports
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["imports"])


class NewImport(BaseModel):
    """What to import: a folder, an archive or a list by its path on the server, or its URL."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(min_length=1, max_length=4000)
    watch: bool = False


@router.get("/v1/projects/{project}/import-places")
def import_places(actor: CurrentActor, project: str) -> dict[str, list[str]]:
    """The folders and URLs that recordings may be imported from."""
    return imports.places(actor, project)


@router.post("/v1/projects/{project}/recording-imports", status_code=202)
def begin_import(actor: CurrentActor, project: str, wanted: NewImport) -> dict[str, Any]:
    """Begin to import, or to watch a folder."""
    return imports.begin_import(actor, project, wanted.address, watch=wanted.watch)


@router.get("/v1/projects/{project}/recording-imports")
def list_imports(
    actor: CurrentActor, project: str, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The imports of a project, newest first."""
    return import_reports.list_imports(actor, project, limit=limit, cursor=cursor)


@router.get("/v1/recording-imports/{import_id}")
def get_import(actor: CurrentActor, import_id: str) -> dict[str, Any]:
    """One import with its job and counts."""
    return import_reports.get_import(actor, import_id)


@router.get("/v1/recording-imports/{import_id}/files")
def list_files(
    actor: CurrentActor, import_id: str, state: str | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """What became of each file."""
    return import_reports.list_files(actor, import_id, state=state, limit=limit, cursor=cursor)


@router.post("/v1/recording-imports/{import_id}/resume", status_code=202)
def resume_import(actor: CurrentActor, import_id: str) -> dict[str, Any]:
    """Try again what failed or was cancelled."""
    return imports.resume_import(actor, import_id)


@router.delete("/v1/recording-imports/{import_id}", status_code=204)
def remove_import(actor: CurrentActor, import_id: str) -> None:
    """Forget an import and stop watching its folder; the recordings stay."""
    imports.remove_import(actor, import_id)
