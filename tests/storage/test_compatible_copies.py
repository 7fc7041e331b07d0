"""A copy for browsers that refuse the usual one is made once, in every kind of storage."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job
from labelbuddy_core.errors import InvalidState, NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard
from labelbuddy_core.services.recordings import compatible_copies


def finish_job() -> None:
    board = DatabaseJobBoard()
    with get_database().read() as session:
        (job_id,) = session.scalars(select(Job.id).where(Job.kind == "compatible-copy", Job.state == "queued"))
    begun = board.begin(job_id)
    assert begun
    job = JobContext(job_id, begun["arguments"], lambda _, step: step(), lambda *_: None, lambda: False)
    board.finish(job_id, "succeeded", compatible_copies.run(job), None)


def test_the_copy_is_made_when_a_browser_asks_and_kept(place: dict[str, Any]) -> None:
    annotator, task = place["annotator"], place["task"]
    with pytest.raises(NotFound):
        compatible_copies.copy_of(annotator, task)
    assert not compatible_copies.ask_for_copy(annotator, task)["ready"]
    assert not compatible_copies.ask_for_copy(place["annotator"], task)["ready"]
    finish_job()
    assert compatible_copies.ask_for_copy(annotator, task)["ready"]
    blob = compatible_copies.copy_of(annotator, task)
    assert blob.store.size(blob.key) > 10_000


def test_why_no_copy_could_be_made_is_told(place: dict[str, Any]) -> None:
    annotator, task = place["annotator"], place["task"]
    compatible_copies.ask_for_copy(annotator, task)
    with get_database().write() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "compatible-copy"))
        job.state, job.problem = "failed", "The disk is full."
    with pytest.raises(InvalidState, match="The disk is full"):
        compatible_copies.ask_for_copy(annotator, task)


def test_a_stranger_asks_for_nothing(place: dict[str, Any], make_user: Any) -> None:
    stranger: Actor = make_user()
    with pytest.raises(NotFound):
        compatible_copies.ask_for_copy(stranger, place["task"])
