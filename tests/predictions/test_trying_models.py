"""A manager tries a model out on a recording: what comes back, what is refused, and that nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from laboratory import Lab

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, ModelAnswer, Recording
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, ModelProblem, NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.models import model_trials, models

ANSWERING = "process: answering\noutput_schema:\n  - {type: region, labels: [speech, music, siren, dog]}\n"
Told = list[tuple[float, str]]


@pytest.fixture
def recording(lab: Lab) -> int:
    lab.record(1, seconds=4.0)
    with get_database().read() as session:
        return session.query(Recording.id).scalar()


def run(job_id: str, told: Told | None = None) -> dict[str, Any]:
    """Do the job as the worker does."""
    with get_database().read() as session:
        arguments = session.get_one(Job, job_id).arguments
    kept = [] if told is None else told
    return model_trials.run(
        JobContext(
            job_id,
            arguments,
            run_step=lambda name, function: function(),
            tell=lambda share, message: kept.append((share, message)),
            is_cancelled=lambda: False,
        )
    )


def declare(lab: Lab, yaml: str = ANSWERING) -> str:
    return models.create_model(lab.manager, yaml)["id"]


def test_the_answer_comes_in_recording_time_with_the_shape_of_the_sound(lab: Lab, recording: int) -> None:
    told: Told = []
    found = run(model_trials.try_model(lab.manager, declare(lab), recording, start=1.0, stop=3.0)["id"], told)
    (region,) = found["regions"]
    assert (region["start"], region["end"]) == (1.25, 1.75)
    assert [tag["label"] for tag in found["tags"]] == [json.loads(found["raw"])["tags"][0]["label"]]
    assert (found["text"], found["start"], found["stop"]) == ("A.", 1.0, 3.0)
    assert len(found["outline"]) == 400
    assert max(found["outline"]) == pytest.approx(0.1, abs=0.01)
    assert [message for _, message in told if message in ("Cutting the audio", "Predicting")]


def test_nothing_is_kept_of_a_trial(lab: Lab, recording: int) -> None:
    run(model_trials.try_model(lab.manager, declare(lab), recording)["id"])
    assert lab.predictions() == []
    with get_database().read() as session:
        assert session.query(ModelAnswer).count() == 0


def test_long_stretches_are_asked_in_pieces_as_in_a_batch(lab: Lab, recording: int) -> None:
    model = declare(lab, ANSWERING + "input_schema: {audio: wav, max_seconds: 1}\n")
    found = run(model_trials.try_model(lab.manager, model, recording)["id"])
    assert [region["start"] for region in found["regions"]] == [0.25, 1.25, 2.25, 3.25]
    assert len(found["raw"].splitlines()) == lab.times_asked() == 4


def test_a_large_answer_is_cut_and_says_so(lab: Lab, recording: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MAX_REGIONS", "MAX_TAGS"):
        monkeypatch.setattr(model_trials, limit, 0)
    monkeypatch.setattr(model_trials, "MAX_RAW", 10)
    found = run(model_trials.try_model(lab.manager, declare(lab), recording)["id"])
    assert (found["regions"], found["tags"]) == ([], [])
    assert found["counts"] == {"regions": 1, "points": 0, "tags": 1}
    assert (len(found["raw"]), found["raw_cut"]) == (10, True)


def test_what_the_model_says_of_its_failure_is_the_problem(lab: Lab, recording: int) -> None:
    job = model_trials.try_model(lab.manager, declare(lab, "process: failing\n"), recording)["id"]
    with pytest.raises(ModelProblem, match="the weights do not fit"):
        run(job)


@pytest.mark.parametrize(
    ("stretch", "field"),
    [
        ({"start": 3.0, "stop": 2.0}, "start"),
        ({"start": 0.0, "stop": 5.0}, "start"),
        ({"start": 4.0}, "start"),
        ({"threshold": 2.0}, "threshold"),
    ],
)
def test_a_stretch_outside_of_the_recording_is_refused(
    lab: Lab, recording: int, stretch: dict[str, float], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        model_trials.try_model(lab.manager, declare(lab), recording, **stretch)
    assert refused.value.field == field


def test_a_trial_is_about_ten_minutes_at_most(lab: Lab) -> None:
    with get_database().write() as session:
        found = Recording(project_id=int(lab.project), name="long", sha256="0" * 64, size=1, state="ready")
        found.duration = 3600.0
        session.add(found)
        session.flush()
        long = found.id
    model = declare(lab)
    with pytest.raises(Invalid, match="at most 600 s"):
        model_trials.try_model(lab.manager, model, long, start=0.0, stop=700.0)
    job = model_trials.try_model(lab.manager, model, long, start=100.0)["id"]
    with get_database().read() as session:
        assert session.get_one(Job, job).arguments["stop"] == 700.0


def test_a_recording_that_is_not_read_yet_waits(lab: Lab, recording: int) -> None:
    with get_database().write() as session:
        session.get_one(Recording, recording).state = "queued"
    with pytest.raises(InvalidState, match="not ready"):
        model_trials.try_model(lab.manager, declare(lab), recording)


def test_only_managers_try_models_and_only_on_recordings_of_their_projects(
    lab: Lab, recording: int, make_user: Callable[..., Any], make_project: Callable[..., str]
) -> None:
    model = declare(lab)
    foreign, annotator = make_user(), make_user()
    make_project(managers=(foreign,), annotators=(annotator,))
    with pytest.raises(NotFound):
        model_trials.try_model(foreign, model, recording)
    with pytest.raises(Forbidden):
        model_trials.try_model(annotator, model, recording)
    with pytest.raises(NotFound):
        model_trials.try_model(lab.manager, model, "999")


def test_a_recording_that_is_deleted_meanwhile_ends_the_job(lab: Lab, recording: int) -> None:
    job = model_trials.try_model(lab.manager, declare(lab), recording)["id"]
    with get_database().write() as session:
        session.delete(session.get_one(Recording, recording))
    with pytest.raises(NotFound, match="removed"):
        run(job)


def test_a_model_that_gives_nothing_but_vectors_is_not_asked(lab: Lab, recording: int) -> None:
    model = declare(lab, "process: answering\noutput_schema: [{type: embedding}]\n")
    with pytest.raises(InvalidState, match="only feature vectors"):
        model_trials.try_model(lab.manager, model, recording)
