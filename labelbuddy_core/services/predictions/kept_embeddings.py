"""Feature vectors that a model gives with its prediction of a whole task: whether any are wanted; kept once a sound."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from sqlalchemy import ColumnElement, delete, exists, select

from labelbuddy_core.audio.storage import derived_key, open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Embedding, Recording
from labelbuddy_core.inference.embedding import CheckedEmbedding
from labelbuddy_core.inference.fingerprint import fingerprint
from labelbuddy_core.services.installation.blob_changes import changing_blobs
from labelbuddy_core.services.predictions.questions import Question
from labelbuddy_core.settings import get_settings

RECIPE = "embedding-1"


def declared(question: Question) -> bool:
    """Whether the model is to give vectors: its file says so, and the question is about a whole task."""
    return question.whole and question.specification.embeds


def missing(question: Question, digest: str | None = None) -> bool:
    """Whether vectors are to be given and none are kept, or none of `digest` where that is known."""
    if not declared(question):
        return False
    with get_database().read() as session:
        row = session.scalar(select(Embedding).where(_of(question)))
    if row is None or (digest is not None and row.digest != digest[:100]):
        return True
    return not open_store(get_settings()).exists(row.blob_key)


def keep(question: Question, embedding: CheckedEmbedding, digest: str) -> None:
    """Keep vectors in place of older ones of the same question; nothing when the sound has been deleted meanwhile."""
    settings = get_settings()
    store, packed = open_store(settings), embedding.packed()
    key = derived_key(question.sha256, RECIPE, f"{hashlib.sha256(packed).hexdigest()[:32]}.npz")
    row = Embedding(
        model_id=question.model_id,
        sha256=question.sha256,
        start=question.start,
        stop=question.stop,
        fingerprint=fingerprint(question.specification),
        version=embedding.version or question.version,
        digest=digest[:100],
        vectors=embedding.vectors.shape[0],
        dimensions=embedding.vectors.shape[1],
        blob_key=key,
        mean=embedding.mean.astype("<f2").tobytes(),
    )
    with tempfile.TemporaryDirectory(dir=settings.data / "work", prefix="embedding-") as folder, changing_blobs():
        with get_database().read() as session:
            if not session.scalar(select(exists().where(Recording.sha256 == question.sha256))):
                return
        file = Path(folder) / "vectors.npz"
        file.write_bytes(packed)
        store.put_file(key, file)
        with get_database().write() as session:
            before = session.scalar(select(Embedding.blob_key).where(_of(question)))
            session.execute(delete(Embedding).where(_of(question)))
            session.add(row)
            session.flush()
            still_named = session.scalar(select(exists().where(Embedding.blob_key == before)))
        if before is not None and not still_named:
            store.delete(before)


def _of(question: Question) -> ColumnElement[bool]:
    return (
        (Embedding.sha256 == question.sha256)
        & (Embedding.model_id == question.model_id)
        & (Embedding.start == question.start)
        & (Embedding.stop == question.stop)
        & (Embedding.fingerprint == fingerprint(question.specification))
    )
