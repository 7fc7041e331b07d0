"""Routes of the feature vectors that models gave of recordings."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from labelbuddy_core.services.predictions import embeddings
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["predictions"])


@router.get("/v1/recordings/{recording}/embeddings")
def list_embeddings(actor: CurrentActor, recording: str, paging: Paging) -> dict[str, Any]:
    """What feature vectors models gave of a recording, newest first."""
    return paging.of(embeddings.list_embeddings(actor, recording))


@router.get("/v1/embeddings/{embedding}")
def read_embedding(actor: CurrentActor, embedding: str) -> Response:
    """An .npz file (NumPy) with `times` (n, 2; seconds) and `vectors` (n, dimensions; float16)."""
    return Response(embeddings.read_embedding(actor, embedding), media_type="application/octet-stream")
