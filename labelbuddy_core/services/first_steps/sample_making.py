"""The job that fills a sample project: recordings, and what its people say about them; repeating it adds nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from sqlalchemy import select

from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.audio.synthesis import RATE
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, Model, Project, ProjectModel, Recording, Task, User
from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.domain.sample_answers import Truth, answer
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import InvalidState, NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.accounts.accounts import actor_called, actor_of
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import consensus
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.first_steps import sample_people
from labelbuddy_core.services.first_steps.sample_contents import RECORDINGS, SAMPLES, recording
from labelbuddy_core.services.first_steps.samples import ensure_sample, remove_my_samples
from labelbuddy_core.services.predictions import prediction_requests
from labelbuddy_core.services.recordings import adding_recordings, ingestion, uploads
from labelbuddy_core.services.reviews import reviews
from labelbuddy_core.services.tasks import task_assignment
from labelbuddy_core.settings import get_settings

Tell = Callable[[float, str], None]

_SHORT: Final = 60.0
"""Seconds; a longer task is left to be asked about."""
FIRST, SECOND, MAKER = 0, 1, 2
"""The annotators by their places: the two of the sample, and whoever made it."""
_STATES: Final[tuple[dict[int, str], ...]] = (
    {FIRST: "approved", SECOND: "approved"},
    {FIRST: "submitted", SECOND: "submitted"},
    {FIRST: "submitted", MAKER: "rejected"},
    {FIRST: "submitted", SECOND: "submitted"},
    {SECOND: "draft"},
)
"""What the people have done with the first recordings; the others are new."""
PRAISE: Final = "Clean work."
SENT_BACK: Final = "Please listen to the end of it again."


def run(job: JobContext) -> dict[str, Any]:
    """Fill the sample that the job was made for."""
    return job.step("fill", fill, job.arguments, job.progress, job.check)


def make_at_once(username: str, template: str, tell: Tell) -> str:
    """Make a sample here and now, for the command line; returns the project's id."""
    with get_database().read() as session:
        actor = actor_called(session, username)
    project_id = ensure_sample(actor, template)
    fill({"project": project_id, "template": template, "maker": actor.id}, tell, lambda: None)
    return str(project_id)


def remove_at_once(username: str) -> int:
    """Remove all samples that a person manages, for the command line; returns how many."""
    with get_database().read() as session:
        actor = actor_called(session, username)
    return remove_my_samples(actor)


def fill(arguments: dict[str, Any], tell: Tell, check: Callable[[], None]) -> dict[str, Any]:
    """Add what lacks: recordings, annotations and the review; then ask the model, where the project has one."""
    project_id, template = arguments["project"], arguments["template"]
    maker, people = _people(project_id, arguments["maker"])
    folder = get_settings().incoming / f"sample-{project_id}"
    folder.mkdir(parents=True, exist_ok=True)
    truths: dict[str, Truth] = {}
    try:
        for number in range(RECORDINGS):
            check()
            tell(0.5 * number / RECORDINGS, f"Making recording {number + 1} of {RECORDINGS}")
            name, samples, truths[name] = recording(template, number)
            path = folder / name
            encode([samples[np.newaxis]], RATE, path)
            _add(maker, project_id, path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for number, (recording_id, name) in enumerate(_waiting(project_id)):
        check()
        tell(0.5 + 0.4 * number / RECORDINGS, f"Reading {name}")
        ingestion.ingest_recording(recording_id, lambda _: None)
    tell(0.9, "Annotating")
    by_name = _tasks(project_id)
    for (name, truth), states in zip(truths.items(), _STATES, strict=False):
        if name in by_name:
            _annotate(maker, people, project_id, by_name[name], truth, states)
            if set(states.values()) == {AnnotationState.APPROVED}:
                _decide(people, by_name[name])
    if model := SAMPLES[template].model:
        ask_model(maker, project_id, model)
    return {"project": str(project_id), "recordings": len(truths)}


def _people(project_id: int, maker_id: int) -> tuple[Actor, list[Actor]]:
    with get_database().write() as session:
        maker = session.get(User, maker_id)
        if maker is None or session.get(Project, project_id) is None:
            raise NotFound("The sample project, or whoever made it, is gone.")
        people = sample_people.ensure_people(session)
        return actor_of(maker), [*people[:2], actor_of(maker), people[2]]


def _add(maker: Actor, project_id: int, path: Path) -> None:
    upload = uuid5(NAMESPACE_URL, f"{project_id}/{path.name}").hex
    size = path.stat().st_size
    if _is_there(project_id, path.name):
        return
    with uploads.begin_upload(maker, project_id, upload, name=path.name, size=size) as file, path.open("rb") as source:
        while chunk := source.read(1 << 20):
            file.write(chunk)
    adding_recordings.add_file(maker, project_id, file)


def _is_there(project_id: int, name: str) -> bool:
    with get_database().read() as session:
        query = select(Recording.id).where(Recording.project_id == project_id, Recording.name == name)
        return session.scalar(query) is not None


def _waiting(project_id: int) -> list[tuple[int, str]]:
    """The recordings that nobody has read yet, the last first: the worker's own job begins at the other end."""
    with get_database().read() as session:
        query = select(Recording.id, Recording.name).where(
            Recording.project_id == project_id, Recording.state == "queued"
        )
        return [(number, name) for number, name in session.execute(query.order_by(Recording.id.desc()))]


def _tasks(project_id: int) -> dict[str, int]:
    with get_database().read() as session:
        query = select(Recording.name, Task.id).join(Task, Task.recording_id == Recording.id)
        return dict(session.execute(query.where(Task.project_id == project_id)).tuples().all())


def _annotate(
    maker: Actor, people: list[Actor], project_id: int, task_id: int, truth: Truth, states: dict[int, str]
) -> None:
    """What each person has done with a task; what is there already stays, and what a crash cut off goes on."""
    wanted = {people[place].id: (place, state) for place, state in states.items()}
    for number, (place, state) in wanted.items():
        person = people[place]
        standing, revision = _standing(task_id, number)
        if standing is None:
            task_assignment.assign_many(maker, project_id, [str(task_id)], [person.username], add=True)
            document = answer(truth, min(place, SECOND))
            client = uuid5(NAMESPACE_URL, f"sample/{task_id}/{number}")
            request = Replacement(client=client, sequence=1, base_revision=0, document=document)
            revision = annotations.replace(person, task_id, request)["revision"]
            standing = AnnotationState.DRAFT
        if state == AnnotationState.DRAFT or revision != 1:
            continue
        if standing == AnnotationState.DRAFT:
            handing_in.submit(person, task_id, revision)
        if standing in (AnnotationState.DRAFT, AnnotationState.SUBMITTED):
            _review(people[-1], task_id, number, state)


def _standing(task_id: int, user_id: int) -> tuple[str | None, int]:
    with get_database().read() as session:
        query = select(Annotation.state, Annotation.revision)
        found = session.execute(query.where(Annotation.task_id == task_id, Annotation.user_id == user_id)).first()
        return (found[0], found[1]) if found else (None, 0)


def _review(reviewer: Actor, task_id: int, user_id: int, state: str) -> None:
    if state not in (AnnotationState.APPROVED, AnnotationState.REJECTED):
        return
    with get_database().read() as session:
        found = session.scalar(select(Annotation).where(Annotation.task_id == task_id, Annotation.user_id == user_id))
    if found is None:
        return
    if state == AnnotationState.APPROVED:
        reviews.review_annotation(reviewer, found.id, revision=found.revision, decision="approve", feedback=PRAISE)
        return
    regions = annotations.get_annotation(reviewer, found.id)["document"]["regions"][-1:]
    verdicts = [{"id": one["id"], "decision": "reject", "feedback": "Where does it end?"} for one in regions]
    reviews.review_annotation(
        reviewer, found.id, revision=found.revision, decision="reject", feedback=SENT_BACK, regions=verdicts
    )


def _decide(people: list[Actor], task_id: int) -> None:
    """The reviewer says that the first annotator is right: of two approved answers neither is the ground truth yet."""
    reviewer = people[-1]
    with get_database().read() as session:
        query = select(Annotation.id).where(Annotation.task_id == task_id, Annotation.user_id == people[FIRST].id)
        found = session.scalar(query)
    present = consensus.get_consensus(reviewer, task_id)
    if found is not None and present["kind"] != "adjudicated":
        document = annotations.get_annotation(reviewer, found)["document"]
        consensus.put_consensus(reviewer, task_id, revision=0, document=document)


def ask_model(maker: Actor, project_id: int, model: str) -> None:
    """Ask a bundled model, by its name, about all short tasks in one job; nothing where the project does not use it."""
    with get_database().read() as session:
        found = session.scalar(
            select(Model.id)
            .join(ProjectModel, ProjectModel.model_id == Model.id)
            .where(ProjectModel.project_id == project_id, Model.name == model)
        )
        short = select(Task.id).where(Task.project_id == project_id, Task.stop - Task.start <= _SHORT)
        wanted = list(session.scalars(short))
    if found is not None and wanted:
        with suppress(InvalidState):  # asked already
            prediction_requests.predict_tasks(maker, project_id, found, wanted)
