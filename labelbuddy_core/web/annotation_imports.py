"""Routes of imports of annotations: begin, send files, check, apply, undo."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from labelbuddy_core.services.imports import annotation_imports
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["annotation imports"])


@router.post("/v1/projects/{project}/annotation-imports", status_code=201)
def begin_annotation_import(actor: CurrentActor, project: str) -> dict[str, Any]:
    """Begin an import of annotations; files are sent next."""
    return annotation_imports.begin(actor, project)


@router.get("/v1/projects/{project}/annotation-imports")
def list_annotation_imports(
    actor: CurrentActor, project: str, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The imports of annotations of a project, newest first."""
    return annotation_imports.list_imports(actor, project, limit=limit, cursor=cursor)


@router.get("/v1/annotation-imports/{annotation_import}")
def get_annotation_import(actor: CurrentActor, annotation_import: str) -> dict[str, Any]:
    """One import with its job and report."""
    return annotation_imports.get(actor, annotation_import)


@router.put("/v1/annotation-imports/{annotation_import}/files")
async def add_labels_file(actor: CurrentActor, annotation_import: str, request: Request, name: str) -> dict[str, Any]:
    """Add a file of labels, or an archive of them; the body is the file."""
    data = await request.body()
    return await run_in_threadpool(annotation_imports.add_file, actor, annotation_import, name, data)


@router.get("/v1/annotation-imports/{annotation_import}/problems")
def list_import_problems(
    actor: CurrentActor, annotation_import: str, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """What could not be taken: file, place and reason."""
    return annotation_imports.list_problems(actor, annotation_import, limit=limit, cursor=cursor)


@router.post("/v1/annotation-imports/{annotation_import}/check", status_code=202)
def check_annotation_import(
    actor: CurrentActor, annotation_import: str, choices: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Go through the files and say what would happen; nothing changes."""
    return annotation_imports.start(actor, annotation_import, "check", choices)


@router.post("/v1/annotation-imports/{annotation_import}/apply", status_code=202)
def apply_annotation_import(
    actor: CurrentActor, annotation_import: str, choices: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Bring the annotations in; what is there already is passed over."""
    return annotation_imports.start(actor, annotation_import, "apply", choices)


@router.post("/v1/annotation-imports/{annotation_import}/undo", status_code=202)
def undo_annotation_import(actor: CurrentActor, annotation_import: str) -> dict[str, Any]:
    """Take back what the import added and nobody changed since."""
    return annotation_imports.start(actor, annotation_import, "undo")


@router.delete("/v1/annotation-imports/{annotation_import}", status_code=204)
def remove_annotation_import(actor: CurrentActor, annotation_import: str) -> None:
    """Forget an import; what it brought in stays."""
    annotation_imports.remove(actor, annotation_import)
