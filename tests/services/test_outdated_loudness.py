"""Recordings whose loudness was measured otherwise before are measured again, in the background and once."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import soundfile
from postgresql_server import on_both_databases
from sqlalchemy import select

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Recording
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard
from labelbuddy_core.services.recordings import analyses, ingestion, uploads
from labelbuddy_core.settings import get_settings

Make = Callable[..., Any]
OLD = -26.5


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("mia", can_create_projects=True)


@pytest.fixture
def upload(manager: Actor, make_project: Make) -> Callable[[int], int]:
    """Adds noise of so many channels to a new project and analyzes it; returns the recording."""

    def add(channels: int) -> int:
        data = io.BytesIO()
        noise = np.random.default_rng(3).uniform(-0.2, 0.2, (16000, channels))
        soundfile.write(data, noise, 16000, "PCM_16", format="WAV")
        project = make_project(managers=(manager,))
        size = len(data.getvalue())
        with uploads.begin_upload(manager, project, "u", name="noise.wav", size=size) as incoming:
            incoming.write(data.getvalue())
        found = int(uploads.finish_upload(manager, project, "u", incoming)["recording"]["id"])
        ingestion.ingest_recording(found, lambda _: None)
        assert analyses.analyze_recording(found, lambda _: None)
        with get_database().write() as session:
            session.query(Job).update({"state": "succeeded"})
        return found

    return add


def said(recording: int) -> dict[str, Any]:
    with get_database().read() as session:
        return session.get_one(Recording, recording).statistics or {}


def measured_before(recording: int) -> None:
    """As an older version left it."""
    with get_database().write() as session:
        row = session.get_one(Recording, recording)
        kept = {name: value for name, value in (row.statistics or {}).items() if name != "loudness_version"}
        row.statistics = {**kept, "loudness": OLD}


def run_waiting_job() -> dict[str, Any]:
    with get_database().read() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == analyses.KIND, Job.state == "queued"))
    board = DatabaseJobBoard()
    begun = board.begin(job.id)
    assert begun is not None

    def step(name: str, function: Callable[[], Any]) -> Any:
        return function()

    result = analyses.run(JobContext(job.id, begun["arguments"], step, lambda *_: None, lambda: False))
    board.finish(job.id, "succeeded", result, None)
    return result


@on_both_databases
def test_five_channels_that_an_older_version_measured_are_measured_again_when_the_worker_starts(
    upload: Callable[[int], int],
) -> None:
    five = upload(5)
    right = said(five)
    measured_before(five)
    assert analyses.resume_stranded() == 1
    assert run_waiting_job() == {"analyzed": 1, "failed": 0}
    assert said(five) == right
    assert said(five)["loudness"] > OLD
    assert analyses.resume_stranded() == 0


@on_both_databases
def test_others_keep_what_was_measured(upload: Callable[[int], int]) -> None:
    for channels in (1, 2, 6):
        measured_before(upload(channels))
    assert analyses.resume_stranded() == 0


def test_the_same_bytes_in_another_project_do_not_lend_an_outdated_loudness(upload: Callable[[int], int]) -> None:
    first, second = upload(5), upload(5)
    right = said(first)
    measured_before(first)
    measured_before(second)
    assert analyses.analyze_recording(second, lambda _: None)
    assert said(second) == right
    assert said(first)["loudness"] == OLD
    assert analyses.analyze_recording(first, lambda _: None)
    assert said(first) == right


def test_what_cannot_be_measured_again_keeps_its_analysis_and_is_not_tried_for_ever(
    upload: Callable[[int], int],
) -> None:
    five = upload(5)
    measured_before(five)
    with get_database().read() as session:
        row = session.get_one(Recording, five)
        sha256, analysis = row.sha256, row.analysis_key
    open_store(get_settings()).delete(original_key(sha256))
    assert analyses.resume_stranded() == 1
    assert run_waiting_job() == {"analyzed": 0, "failed": 1}
    assert said(five)["loudness"] == OLD
    assert "problem" not in said(five)
    with get_database().read() as session:
        assert session.get_one(Recording, five).analysis_key == analysis
    assert analyses.resume_stranded() == 0
