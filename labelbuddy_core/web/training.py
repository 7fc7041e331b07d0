"""Routes of fine-tuning: runs, what they would learn from, and the versions that come of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from anyio import open_file
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from labelbuddy_core.errors import DiskFull
from labelbuddy_core.services.models.weight_files import folder_for_weights
from labelbuddy_core.services.recordings.room_for_recordings import check_space
from labelbuddy_core.services.training import training_figures, training_runs, training_sets, training_versions
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.byte_ranges import serve_blob
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["training"])

CHECKED_EVERY = 64 * 1024**2
"""Bytes of weights that come in, after which it is looked whether the disk has room for more."""


class TrainingSet(BaseModel):
    """What to learn from: labels of the project and what the version calls them, shares held out, and the seed."""

    model_config = ConfigDict(extra="forbid")

    project: str
    learn_as: dict[str, str] | None = None
    group_by: str = Field("", max_length=60)
    validation: float = 0.15
    test: float = 0.15
    seed: int = Field(0, ge=0, le=2**31)

    def choices(self) -> training_sets.Choices:
        return training_sets.Choices(self.learn_as, self.group_by, self.validation, self.test, self.seed)


class NewRun(TrainingSet):
    """A run: what to learn from, and the parameters that the model's file declares."""

    parameters: dict[str, float] = Field(default_factory=dict)


class Chosen(BaseModel):
    """A version to use."""

    model_config = ConfigDict(extra="forbid")

    version: str


@router.post("/v1/models/{model}/training-preview")
def preview(actor: CurrentActor, model: str, body: TrainingSet) -> dict[str, Any]:
    """What a run would learn from: examples of each label in each split, warnings, parameters."""
    return training_sets.preview(actor, body.project, model, body.choices())


@router.post("/v1/models/{model}/training-runs", status_code=202)
def start_run(actor: CurrentActor, model: str, body: NewRun) -> dict[str, Any]:
    """Start teaching a model what a project has approved."""
    return training_runs.start_run(
        actor, body.project, model, parameters=body.parameters, choices=body.choices()
    )  # fmt: skip


@router.get("/v1/projects/{project}/training-runs")
def list_runs(actor: CurrentActor, project: str, paging: Paging) -> dict[str, Any]:
    """The newest runs of a project, newest first."""
    return paging.of(training_runs.list_runs(actor, project))


@router.get("/v1/training-runs/{run}")
def get_run(actor: CurrentActor, run: str) -> dict[str, Any]:
    """One run with the figures of every epoch, its log, and its comparison."""
    return training_runs.get_run(actor, run)


@router.get("/v1/training-runs/{run}/metrics.csv")
def metrics(actor: CurrentActor, run: str) -> Response:
    """Every figure of a run as CSV."""
    text = training_figures.metrics_csv(actor, run)
    name = f'attachment; filename="training-run-{int(run)}.csv"'
    return Response(text, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@router.get("/v1/training-runs/{run}/tensorboard.zip")
def tensorboard(actor: CurrentActor, run: str) -> Response:
    """The figures of a run as event files of TensorBoard."""
    content = training_figures.tensorboard_zip(actor, run)
    name = f'attachment; filename="training-run-{int(run)}-tensorboard.zip"'
    return Response(content, media_type="application/zip", headers={"Content-Disposition": name})


@router.delete("/v1/training-runs/{run}", status_code=202)
def stop_run(actor: CurrentActor, run: str) -> dict[str, Any]:
    """End a run after its present epoch; its best epoch becomes a version."""
    return training_runs.stop_run(actor, run)


@router.get("/v1/projects/{project}/models/{model}/versions")
def list_versions(actor: CurrentActor, project: str, model: str, paging: Paging) -> dict[str, Any]:
    """The version that a project uses, and those with weights of their own."""
    found = training_versions.list_versions(actor, project, model)
    return {**found, **paging.of(found["items"])}


@router.put("/v1/projects/{project}/models/{model}/versions/{version}", status_code=201)
async def register_version(
    actor: CurrentActor, project: str, model: str, version: str, request: Request, note: str = ""
) -> dict[str, Any]:
    """Register weights that were trained elsewhere: the body is the file (safetensors)."""
    await run_in_threadpool(training_versions.require_registrable, actor, project, model, version)
    with folder_for_weights() as folder:
        file = folder / "weights"
        await _receive(request, file)
        return await run_in_threadpool(
            training_versions.register_version, actor, project, model, version, file, note
        )  # fmt: skip


async def _receive(request: Request, file: Path) -> None:
    """Write the body into a file. Raises `DiskFull`, also for a body in chunks, which does not say how long it is."""
    unchecked = 0
    try:
        async with await open_file(file, "wb") as content:
            async for chunk in request.stream():
                await content.write(chunk)
                unchecked += len(chunk)
                if unchecked >= CHECKED_EVERY:
                    unchecked = 0
                    await run_in_threadpool(check_space, 0)
    except OSError as error:
        raise DiskFull(f"The weights could not be stored: {error.strerror}. Free space and try again.") from None


@router.put("/v1/projects/{project}/models/{model}/version")
def promote(actor: CurrentActor, project: str, model: str, body: Chosen) -> dict[str, Any]:
    """Let a project use a version from now on."""
    return training_versions.promote(actor, project, model, body.version)


@router.delete("/v1/projects/{project}/models/{model}/version")
def roll_back(actor: CurrentActor, project: str, model: str) -> dict[str, Any]:
    """Let a project use the version that it used before."""
    return training_versions.roll_back(actor, project, model)


@router.get("/v1/models/{model}/versions/{version}/weights")
def weights(actor: CurrentActor, model: str, version: str, request: Request) -> Response:
    """The weights of a version (safetensors)."""
    return serve_blob(training_versions.weights_of(actor, model, version), request, download=True)


@router.get("/v1/models/{model}/versions/{version}/card")
def card(actor: CurrentActor, model: str, version: str) -> Response:
    """The model card of a version (Markdown)."""
    text = training_versions.card_of(actor, model, version)
    name = f'attachment; filename="model-card-{version}.md"'
    return Response(text, media_type="text/markdown; charset=utf-8", headers={"Content-Disposition": name})
