"""The HTTP API as one FastAPI application, mounted under `/api`."""

from __future__ import annotations

from fastapi import FastAPI

from labelbuddy_core import __version__
from labelbuddy_core.web import (
    accounts,
    agreement,
    annotation_imports,
    annotations,
    beats,
    caption_vectors,
    cutting,
    embeddings,
    exports,
    imports,
    jobs,
    label_changes,
    model_states,
    models,
    predictions,
    problems,
    projects,
    recordings,
    releases,
    review_queue,
    reviews,
    signed_audio,
    similar,
    system,
    task_assignment,
    tasks,
    training,
    verification,
    windows,
)


def api() -> FastAPI:
    """The API; its description is at `/api/openapi.json` (the interactive pages would load a CDN and are off)."""
    app = FastAPI(title="LabelBuddy", version=__version__, docs_url=None, redoc_url=None)
    for part in (
        system,
        accounts,
        projects,
        label_changes,
        recordings,
        cutting,
        imports,
        tasks,
        task_assignment,
        windows,
        beats,
        annotation_imports,
        annotations,
        reviews,
        review_queue,
        verification,
        agreement,
        caption_vectors,
        models,
        model_states,
        signed_audio,
        predictions,
        embeddings,
        similar,
        training,
        jobs,
        exports,
        releases,
    ):
        app.include_router(part.router)
    problems.install(app)
    return app
