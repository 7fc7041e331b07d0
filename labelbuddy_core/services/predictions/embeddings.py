"""Feature vectors that models gave of recordings: listed, read, and forgotten with the sound."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Embedding, Model, Recording
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import NotFound
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads
from labelbuddy_core.settings import get_settings


@reads
def list_embeddings(session: Session, actor: Actor, recording_id: str | int) -> list[dict[str, Any]]:
    """What vectors there are of a recording, newest first, for those who manage its project.

    Each: {id, model, model_name, version, digest, start, stop (s), vectors, dimensions, created_at}.
    """
    recording = session.get(Recording, parse_id(recording_id, "recording"))
    if recording is None or not _may(session, actor, recording.project_id):
        raise NotFound(f"There is no recording {recording_id!r}.")
    rows = session.execute(
        select(Embedding, Model.name)
        .join(Model, Model.id == Embedding.model_id)
        .where(Embedding.sha256 == recording.sha256)
        .order_by(Embedding.id.desc())
    )
    return [
        {
            "id": str(row.id),
            "model": str(row.model_id),
            "model_name": name,
            "version": row.version,
            "digest": row.digest,
            "start": row.start,
            "stop": row.stop,
            "vectors": row.vectors,
            "dimensions": row.dimensions,
            "created_at": iso(row.created_at),
        }
        for row, name in rows
    ]


def read_embedding(actor: Actor, embedding_id: str | int) -> bytes:
    """An .npz file with `times` (n, 2; seconds of the recording) and `vectors` (n, dimensions; float16)."""
    key = _key(actor, embedding_id)
    store = open_store(get_settings())
    return store.read_range(key, 0, store.size(key))


def forget(sha256: str) -> None:
    """Forget the vectors of a sound that no recording has any more; their blobs go with its other derived files."""
    with get_database().write() as session:
        session.execute(delete(Embedding).where(Embedding.sha256 == sha256))


@reads
def _key(session: Session, actor: Actor, embedding_id: str | int) -> str:
    row = session.get(Embedding, parse_id(embedding_id, "embedding"))
    if row is not None:
        projects = session.scalars(select(Recording.project_id).where(Recording.sha256 == row.sha256).distinct())
        if any(_may(session, actor, project) for project in projects):
            return row.blob_key
    raise NotFound(f"There is no embedding {embedding_id!r}.")


def _may(session: Session, actor: Actor, project_id: int) -> bool:
    try:
        return project_access(session, actor, project_id).allows(Permission.PREDICT_BATCH)
    except NotFound:
        return False
