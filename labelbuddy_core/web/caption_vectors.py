"""Routes of captions compared by a model of text vectors."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from labelbuddy_core.services.reviews import caption_embedding
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["agreement"])


@router.get("/v1/projects/{project}/caption-vectors")
def caption_vectors(actor: CurrentActor, project: str) -> dict[str, Any]:
    """The project's model of text vectors, and how many captions it has been asked about; `model` null: none."""
    return caption_embedding.caption_vectors(actor, project) or {"model": None}


@router.post("/v1/projects/{project}/caption-vectors", status_code=202)
def embed_captions(actor: CurrentActor, project: str) -> dict[str, Any]:
    """Ask the model about every caption that was handed in and has no vector; answers the job."""
    return caption_embedding.embed_captions(actor, project)
