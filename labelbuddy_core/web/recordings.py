"""Routes of recordings: raw resumable uploads, multipart uploads for scripts, lists, retry and deletion."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from labelbuddy_core.domain.file_names import safe_name
from labelbuddy_core.errors import Invalid, TooLarge
from labelbuddy_core.services.recordings import incoming_files, recordings, uploads
from labelbuddy_core.settings import get_settings
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["recordings"])

MAX_FILES = 1000


class RecordingChange(BaseModel):
    """What to change in a recording; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=400)
    attributes: dict[str, str | None] | None = None


_BATCH = 1 << 20


@router.put("/v1/projects/{project}/uploads/{upload}")
async def upload(
    actor: CurrentActor, project: str, upload: str, request: Request, name: str, size: int, offset: int = 0
) -> dict[str, Any]:
    """Send a file, or the rest of one from `offset`; `upload` is an id of your choice.

    Answers {offset, complete, recording?, duplicate?, job?}; 409 with the right `offset` when bytes are missing.
    """
    done = await run_in_threadpool(uploads.completed, actor, project, upload, size=size)
    if done is not None:
        return {"offset": size, "complete": True, **done}
    incoming = await run_in_threadpool(uploads.begin_upload, actor, project, upload, name=name, size=size)
    await run_in_threadpool(incoming.__enter__)
    try:
        incoming_files.check_offset(incoming, offset)
        held = bytearray()
        async for chunk in request.stream():
            held += chunk
            if len(held) >= _BATCH:
                await run_in_threadpool(incoming.write, bytes(held))
                held.clear()
        if held:
            await run_in_threadpool(incoming.write, bytes(held))
    finally:
        await run_in_threadpool(incoming.__exit__)
    if incoming.size < size:
        return {"offset": incoming.size, "complete": False}
    answer = await run_in_threadpool(uploads.finish_upload, actor, project, upload, incoming)
    return {"offset": size, "complete": True, **answer}


@router.get("/v1/projects/{project}/uploads/{upload}")
def upload_offset(actor: CurrentActor, project: str, upload: str) -> dict[str, Any]:
    """How many bytes of an upload have arrived."""
    return uploads.upload_offset(actor, project, upload)


@router.post("/v1/projects/{project}/recordings", status_code=202)
def add_recordings(
    actor: CurrentActor, project: str, files: Annotated[list[UploadFile], File(max_length=MAX_FILES)]
) -> dict[str, Any]:
    """Add audio files, archives or lists of them, as multipart form data; for scripts."""
    if len(files) > MAX_FILES:
        raise TooLarge(f"At most {MAX_FILES} files at once.")
    answers: list[dict[str, Any]] = []
    for file in files:
        name = safe_name(file.filename or "")
        answers.append(_add(actor, project, name, file))
    if not answers:
        raise Invalid("Send at least one file in the field `files`.", field="files")
    return {
        "recordings": [answer["recording"] for answer in answers if answer["recording"]],
        "imports": [answer["import"] for answer in answers if not answer["recording"]],
        "jobs": sorted({answer["job"] for answer in answers if answer["job"]}),
        "duplicates": [answer["recording"]["id"] for answer in answers if answer["duplicate"]],
    }


@router.get("/v1/projects/{project}/recordings")
def list_recordings(
    actor: CurrentActor,
    project: str,
    state: str | None = None,
    name: str | None = None,
    query: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The recordings of a project, newest first."""
    return recordings.list_recordings(actor, project, state=state, name=name, query=query, limit=limit, cursor=cursor)


@router.get("/v1/recordings/{recording}")
def get_recording(actor: CurrentActor, recording: str) -> dict[str, Any]:
    """One recording."""
    return recordings.get_recording(actor, recording)


@router.patch("/v1/recordings/{recording}")
def change_recording(actor: CurrentActor, recording: str, change: RecordingChange) -> dict[str, Any]:
    """Rename a recording, or change its attributes; an attribute that is null or empty goes."""
    return recordings.change_recording(actor, recording, name=change.name, attributes=change.attributes)


@router.delete("/v1/recordings/{recording}", status_code=204)
def delete_recording(actor: CurrentActor, recording: str) -> None:
    """Delete a recording with its tasks and annotations."""
    recordings.delete_recording(actor, recording)


@router.post("/v1/recordings/{recording}/retry")
def retry_recording(actor: CurrentActor, recording: str) -> dict[str, Any]:
    """Try a failed recording again."""
    return recordings.retry_recording(actor, recording)


def _add(actor: CurrentActor, project: str, name: str, file: UploadFile) -> dict[str, Any]:
    identity = uuid.uuid4().hex
    size = file.size if file.size is not None else get_settings().max_upload_bytes
    with uploads.begin_upload(actor, project, identity, name=name, size=size) as incoming:
        while chunk := file.file.read(_BATCH):
            incoming.write(chunk)
    return uploads.finish_upload(actor, project, identity, incoming)
