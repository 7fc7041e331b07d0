"""Tell Label Studio backends of annotations, where a project's link to the model asks for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, Model, ProjectLabel, ProjectModel, Recording, Task
from labelbuddy_core.inference.protocols.label_studio import LabelStudioClient
from labelbuddy_core.inference.protocols.labeling_config import AUDIO, REGIONS, TAGS, TEXT
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.annotations.annotation_documents import present_document
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models.model_supervision import running_models
from labelbuddy_core.services.recordings.signed_audio import audio_url

SUBMITTED, APPROVED = "ANNOTATION_CREATED", "ANNOTATION_UPDATED"
"""Label Studio's names of the two events."""


def announce(session: Session, project_id: int, annotation: Annotation, action: str) -> None:
    """Queue one job for each model that wants to know, in the caller's transaction."""
    wanting = session.scalars(
        select(ProjectModel.model_id).where(ProjectModel.project_id == project_id, ProjectModel.webhook.is_(True))
    )
    for model_id in wanting:
        arguments = {"model": model_id, "annotation": annotation.id, "action": action}
        jobs.submit(session, None, "tell-model", arguments, queue="predict", project_id=project_id)


def run(job: JobContext) -> dict[str, Any]:
    """The job: send the event; one about what is gone meanwhile is dropped."""
    return job.step("tell", _tell, job)


def _tell(job: JobContext) -> dict[str, Any]:
    with get_database().read() as session:
        annotation = session.get(Annotation, job.arguments["annotation"])
        model = session.get(Model, job.arguments["model"])
        task = None if annotation is None else session.get(Task, annotation.task_id)
        link = None if task is None or model is None else session.get(ProjectModel, (task.project_id, model.id))
        if annotation is None or model is None or task is None or link is None or not link.webhook:
            return {"told": False}
        specification, name = Specification.model_validate(model.specification), model.name
        labels = dict(
            session.execute(
                select(ProjectLabel.id, ProjectLabel.name).where(ProjectLabel.project_id == task.project_id)
            )
            .tuples()
            .all()
        )
        names = {**labels, **{label: own for own, label in link.label_map.items()}}
        document = present_document(session, annotation.id)
        sha256 = session.get_one(Recording, task.recording_id).sha256
        url = audio_url(specification, sha256, task.start, task.stop)
        results = label_studio_results(document, names, task.start, task.stop)
        told = {"id": annotation.id, "task": task.id, "result": results, "was_cancelled": False}
    # the worker's models are kept by the predict job; starting another copy would double what they need
    with running_models().running(name, specification, lambda message: job.progress(0.2, message)) as (client, _):
        if isinstance(client, LabelStudioClient):
            client.notify(job.arguments["action"], told, url, list(labels.values()))
            return {"told": True}
    return {"told": False}


def label_studio_results(
    document: dict[str, Any], names: dict[str, str], start: float, stop: float
) -> list[dict[str, Any]]:
    """A document as Label Studio's `result`, in seconds from the start of the task; `names` go from label ids."""
    results: list[dict[str, Any]] = []
    for region in document["regions"]:
        value = {
            "start": region["start"] - start,
            "end": region["end"] - start,
            "channel": region.get("channel") or 0,
            "labels": [names.get(region["label"], region["label"])],
        }
        results.append(
            {
                "id": region["id"],
                "type": "labels",
                "from_name": REGIONS,
                "to_name": AUDIO,
                "original_length": stop - start,
                "value": value,
            }
        )
    tags = [names.get(tag["label"], tag["label"]) for tag in document["tags"]]
    if tags:
        results.append({"type": "choices", "from_name": TAGS, "to_name": AUDIO, "value": {"choices": tags}})
    caption = document.get("caption")
    if caption:
        results.append({"type": "textarea", "from_name": TEXT, "to_name": AUDIO, "value": {"text": [caption["text"]]}})
    return results
