"""A batch of tasks is put to a model: what is kept, what is asked again, and what happens when it goes wrong."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable

import pytest
from laboratory import LABELS, Lab

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Assignment, Task
from labelbuddy_core.domain.documents import parse_document
from labelbuddy_core.domain.states import ModelState
from labelbuddy_core.errors import Invalid, InvalidState, ModelProblem, SpecificationProblem
from labelbuddy_core.jobs.context import JobCancelled
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, model_states, model_supervision, models
from labelbuddy_core.services.predictions import prediction_requests, predictions
from labelbuddy_core.settings import get_settings

ANSWERING = "process: answering\noutput_schema:\n  - {type: region, labels: [speech, music, siren, dog]}\n"


def test_every_task_gets_its_prediction(lab: Lab) -> None:
    tasks = lab.record(5)
    result = lab.ask(lab.declare(ANSWERING))
    kept = lab.predictions()
    assert [one.task_id for one in kept] == tasks
    assert (result["predicted"], result["failed"], result["problems"]) == (5, 0, [])
    assert sorted(result["predictions"]) == sorted(str(one.id) for one in kept)
    assert all((one["start"], one["end"]) == (0.25, 0.75) for row in kept for one in row.document["regions"])
    assert all(one.uncertainty is not None and one.profile and one.fingerprint and one.seconds > 0 for one in kept)


def test_chosen_tasks_alone_are_asked_about_and_those_with_a_prediction_only_when_that_is_wanted(
    lab: Lab, make_project: Callable[..., str], add_task: Callable[..., str]
) -> None:
    tasks = lab.record(4)
    model = lab.declare(ANSWERING)

    def ask(chosen: list[int], **options: bool) -> list[int]:
        job = prediction_requests.predict_tasks(lab.manager, lab.project, model, chosen, **options)["id"]
        lab.run(job)
        return [one.task_id for one in lab.predictions() if one.job_id == job]

    assert ask([tasks[3], tasks[1]]) == [tasks[1], tasks[3]]
    assert ask(tasks[:2]) == [tasks[0]]
    with pytest.raises(InvalidState, match="already"):
        ask(tasks[:2])
    assert ask(tasks[:2], again=True) == tasks[:2]
    elsewhere = int(add_task(make_project(managers=(lab.manager,))))
    with pytest.raises(Invalid, match=f"no task {elsewhere}") as wrong:
        ask([tasks[0], elsewhere])
    assert wrong.value.field == "tasks.1"


def test_a_repeated_job_keeps_and_asks_nothing_twice(lab: Lab) -> None:
    lab.record(3)
    job = prediction_requests.predict_project(lab.manager, lab.project, lab.declare(ANSWERING))["id"]
    first, second = lab.run(job), lab.run(job)
    assert sorted(first["predictions"]) == sorted(second["predictions"])
    assert (len(lab.predictions()), lab.times_asked()) == (3, 3)


def test_what_a_model_has_answered_is_not_asked_in_another_project(lab: Lab, make_project: Callable[..., str]) -> None:
    lab.record(2)
    model = lab.declare(ANSWERING)
    lab.ask(model)
    other = Lab(lab.manager, make_project(managers=(lab.manager,), labels=("Barking",)), lab.folder)
    model_links.link_model(lab.manager, other.project, model, label_map={"dog": "barking"}, add_labels=["music"])
    other.record(2)
    assert other.ask(model)["predicted"] == 2
    assert lab.times_asked() == 2
    mine = [one for one in lab.predictions() if one.project_id == int(other.project)]
    assert [one.options["kept"] for one in mine] == [True, True]
    assert all(region["label"] in ("barking", "music") for one in mine for region in one.document["regions"])


def test_a_new_version_of_a_model_is_asked_about_everything(lab: Lab) -> None:
    lab.record(2)
    model = lab.declare(ANSWERING)
    lab.ask(model)
    with pytest.raises(InvalidState, match="already"):
        lab.ask(model)
    models.update_model(lab.manager, model, ANSWERING + "description: with other words\n")
    assert prediction_requests.waiting_tasks(lab.manager, lab.project, model) == 0
    models.update_model(lab.manager, model, ANSWERING + "version: '2'\n")
    assert prediction_requests.waiting_tasks(lab.manager, lab.project, model) == 2
    lab.ask(model)
    assert (len(lab.predictions()), lab.times_asked()) == (4, 4)


def test_a_manager_can_have_everything_asked_again(lab: Lab) -> None:
    lab.record(2)
    model = lab.declare(ANSWERING)
    lab.ask(model)
    assert lab.ask(model, again=True)["predicted"] == 2
    assert (len(lab.predictions()), lab.times_asked()) == (4, 4)


def test_another_threshold_is_another_question(lab: Lab) -> None:
    (task,) = lab.record(1)
    model = lab.declare(ANSWERING, threshold=0.2)
    lab.ask(model)
    model_links.link_model(lab.manager, lab.project, model, threshold=0.9, label_map={"dog": "dog"})
    lab.run(prediction_requests.predict_task(lab.manager, task, model)["id"])
    assert lab.times_asked() == 2


def test_a_stretch_is_not_counted_as_the_task(lab: Lab) -> None:
    (task,) = lab.record(1, seconds=4.0)
    model = lab.declare(ANSWERING)
    lab.run(prediction_requests.predict_task(lab.manager, task, model, start=1.0, stop=2.0)["id"])
    (stretch,) = lab.predictions()
    assert (stretch.profile, stretch.uncertainty) == (None, None)
    assert stretch.document["regions"][0]["start"] == 1.25
    assert prediction_requests.waiting_tasks(lab.manager, lab.project, model) == 1


def test_a_task_longer_than_the_model_takes_is_asked_in_pieces(lab: Lab) -> None:
    lab.record(1, seconds=5.0)
    lab.ask(lab.declare(ANSWERING + "input_schema: {max_seconds: 2}\n"))
    (kept,) = lab.predictions()
    assert [region["start"] for region in kept.document["regions"]] == [0.25, 1.916667, 3.583333]
    assert kept.notes == ["Asked in 3 pieces: the model takes no longer stretch."]
    assert kept.document["caption"]["text"] == "A.\nA.\nA."


def test_pieces_that_were_answered_before_a_long_task_was_cancelled_are_not_asked_again(lab: Lab) -> None:
    lab.record(1, seconds=5.0)
    model = lab.declare(ANSWERING + "input_schema: {max_seconds: 1}\n")
    lab.cancel_when = lambda: lab.times_asked() >= 3
    with pytest.raises(JobCancelled):
        lab.ask(model)
    answered = lab.times_asked()
    assert 3 <= answered < 5
    lab.cancel_when = lambda: False
    lab.ask(model)
    assert lab.times_asked() == 5
    (kept,) = lab.predictions()
    assert len(kept.document["regions"]) == 5
    assert lab.ask(model, again=True)["predicted"] == 1
    assert lab.times_asked() == 10


def test_one_recording_that_is_missing_does_not_stop_the_others(lab: Lab) -> None:
    lab.record(2)
    lost = lab.add_task("0" * 64, 1.0, "lost.wav")
    result = lab.ask(lab.declare(ANSWERING))
    assert (result["predicted"], result["failed"]) == (2, 1)
    assert result["problems"] == [f"Task {lost}: The audio file is missing from the storage; upload it again."]


def test_a_task_deleted_meanwhile_is_passed_over(lab: Lab) -> None:
    tasks = lab.record(3)
    job = prediction_requests.predict_project(lab.manager, lab.project, lab.declare(ANSWERING))["id"]
    with get_database().write() as session:
        session.delete(session.get_one(Task, tasks[1]))
    result = lab.run(job)
    assert (result["predicted"], result["failed"]) == (2, 0)


def test_a_model_that_always_fails_is_not_asked_about_the_rest(lab: Lab) -> None:
    lab.record(12)
    with pytest.raises(ModelProblem, match=r"the weights do not fit.*tasks failed in a row") as told:
        lab.ask(lab.declare("process: failing\noutput_schema: [{type: region, label: x}]\n"))
    failed, left = map(int, re.findall(r"(\d+) (?:tasks failed|were not tried)", told.value.detail))
    assert 5 <= failed == lab.times_asked() <= 8
    assert failed + left == 12


def test_a_model_that_dies_is_started_again_and_the_task_put_to_it_again(lab: Lab) -> None:
    lab.record(12)
    model = lab.declare(ANSWERING.replace("answering", "slow"))
    killed: list[int] = []

    def kill() -> None:
        while len(killed) < 2:
            lines = lab.asked.read_text().splitlines() if lab.asked.exists() else []
            if len(lines) >= 3 and (last := int(lines[-1].split()[0])) not in killed:
                os.kill(last, signal.SIGKILL)
                killed.append(last)
            time.sleep(0.01)

    killer = threading.Thread(target=kill, daemon=True)  # it waits in vain when the batch ends early
    killer.start()
    result = lab.ask(model)
    killer.join()
    assert (result["predicted"], result["failed"], len(killed)) == (12, 0, 2)
    assert len({one.task_id for one in lab.predictions()}) == len(lab.predictions()) == 12


def test_a_cancelled_batch_stops_and_keeps_what_was_answered(lab: Lab) -> None:
    lab.record(8)
    lab.cancel_after = 6
    with pytest.raises(JobCancelled):
        lab.ask(lab.declare(ANSWERING))
    assert 0 < len(lab.predictions()) < 8
    for _ in range(100):
        if not list((lab.folder / "data" / "work").glob("predict-*")):
            return
        time.sleep(0.05)
    raise AssertionError("the audio of what was not asked any more is still there")


def test_what_a_model_is_computing_when_a_batch_is_cancelled_is_kept(lab: Lab) -> None:
    lab.record(4)
    lab.cancel_when = lambda: lab.times_asked() > 0
    with pytest.raises(JobCancelled):
        lab.ask(lab.declare(ANSWERING.replace("answering", "pondering")))
    assert lab.times_asked() == len(lab.predictions()) == 1


def test_progress_says_how_many_how_fast_and_how_long(lab: Lab) -> None:
    lab.record(4)
    lab.ask(lab.declare(ANSWERING))
    messages = [message for _, message in lab.told]
    assert messages[-1] == "4 of 4"
    assert any(message.startswith("2 of 4 · ") and message.endswith(" left") for message in messages)
    assert [share for share, _ in lab.told] == sorted(share for share, _ in lab.told)


def test_replicas_work_side_by_side(lab: Lab) -> None:
    lab.record(12)
    assert lab.ask(lab.declare(ANSWERING.replace("answering", "slow") + "replicas: 2\n"))["predicted"] == 12
    assert len({line.split()[0] for line in lab.asked.read_text().splitlines()}) == 2


def test_several_servers_of_a_model_share_the_work(lab: Lab, serve: Callable[[str], str]) -> None:
    lab.record(12)
    first, second = serve("first.log"), serve("second.log")
    assert lab.ask(lab.declare(f"endpoint: {first}\nfurther_endpoints: [{second}]\n"))["predicted"] == 12
    counts = [len((lab.folder / name).read_text().splitlines()) for name in ("first.log", "second.log")]
    assert sum(counts) == 12
    assert min(counts) > 0


def test_points_of_a_model_are_suggested_as_instants_and_beats(lab: Lab) -> None:
    (task,) = lab.record(1)
    model = lab.declare("process: pointing\noutput_schema: [{type: point, labels: [dog, siren, whale]}]\n")
    lab.ask(model)
    (offered,) = predictions.list_for_task(lab.manager, task)["items"]
    found = [(one["time"], one["kind"], one["position"], one["label"]) for one in offered["document"]["points"]]
    assert found == [(0.25, "beat", 1, "siren"), (0.5, "event", None, "dog")]
    assert offered["document"]["points"][1]["origin"]["score"] == 0.75
    assert "whale" in offered["notes"][0]
    parse_document(offered["document"])


def test_a_rejected_point_is_not_suggested_by_the_next_prediction(
    lab: Lab, make_user: Callable[..., Actor], make_project: Callable[..., str]
) -> None:
    annotator = make_user(username="ann")
    project = make_project(managers=(lab.manager,), annotators=(annotator,), labels=LABELS)
    both = Lab(lab.manager, project, lab.folder)
    (task,) = both.record(1)
    with get_database().write() as session:
        session.add(Assignment(task_id=task, user_id=annotator.id, project_id=int(project)))
    model = both.declare("process: pointing\noutput_schema: [{type: point, labels: [dog, siren]}]\n")
    both.ask(model)
    (first,) = predictions.list_for_task(annotator, task)["items"]
    predictions.decide(annotator, first["id"], first["document"]["points"][1]["id"], "rejected")
    both.ask(model, again=True)
    newest = predictions.list_for_task(annotator, task)["items"][0]
    assert newest["id"] != first["id"]
    assert [one["label"] for one in newest["document"]["points"]] == ["siren"]


def test_points_are_the_same_from_a_kept_answer(lab: Lab, make_project: Callable[..., str]) -> None:
    lab.record(1)
    model = lab.declare("process: pointing\noutput_schema: [{type: point, labels: [dog, siren]}]\n")
    lab.ask(model)
    other = Lab(lab.manager, make_project(managers=(lab.manager,), labels=("Dog",)), lab.folder)
    model_links.link_model(lab.manager, other.project, model)
    other.record(1)
    other.ask(model)
    kept = next(one for one in lab.predictions() if one.project_id == int(other.project))
    assert kept.options["kept"]
    assert [(one["time"], one["label"]) for one in kept.document["points"]] == [(0.5, "dog")]


def stopped_while_it_runs(lab: Lab, job: str, model: str, *, after: int) -> list[ModelProblem]:
    """Run a batch whose model a person stops after so many questions; what the batch ended with."""
    ended: list[ModelProblem] = []

    def batch() -> None:
        try:
            lab.run(job)
        except ModelProblem as problem:
            ended.append(problem)

    thread = threading.Thread(target=batch)
    thread.start()
    while lab.times_asked() < after:
        time.sleep(0.01)
    model_states.stop(lab.manager, model)
    model_supervision.obey(get_settings().worker_name, set())
    thread.join(timeout=60)
    return ended


def test_a_model_that_a_person_stops_ends_the_batch_and_is_not_started_again(lab: Lab) -> None:
    lab.record(40)
    model = lab.declare("process: slow\n")
    job = prediction_requests.predict_project(lab.manager, lab.project, model)["id"]
    ended = stopped_while_it_runs(lab, job, model, after=3)
    kept, asked = len(lab.predictions()), lab.times_asked()
    assert ended[0].detail == f"slow was stopped by {lab.manager.name}. {40 - kept} tasks were not tried."
    assert 0 < kept < 40
    assert asked <= kept + 2  # what it worked on, and what was handed over to wait
    report = model_supervision.running_models().report("slow")
    assert report is not None
    assert report.state is ModelState.STOPPED


def test_a_question_that_waits_for_its_turn_does_not_start_a_model_that_a_person_stopped(lab: Lab) -> None:
    lab.record(4)
    model = lab.declare("process: pondering\n")
    job = prediction_requests.predict_project(lab.manager, lab.project, model)["id"]
    ended = stopped_while_it_runs(lab, job, model, after=1)
    assert "was stopped by" in ended[0].detail
    assert lab.times_asked() == 1
    report = model_supervision.running_models().report("pondering")
    assert report is not None
    assert report.state is ModelState.STOPPED


def test_a_batch_that_begins_after_a_stop_starts_the_model(lab: Lab) -> None:
    lab.record(2)
    model = lab.declare(ANSWERING)
    lab.ask(model)
    model_states.stop(lab.manager, model)
    model_supervision.obey(get_settings().worker_name, set())
    lab.record(3, seconds=1.2)
    assert lab.ask(model)["predicted"] == 3


def test_a_further_server_that_is_not_allowed_is_refused_when_declared(lab: Lab, serve: Callable[[str], str]) -> None:
    first = serve("first.log")
    with pytest.raises(SpecificationProblem, match=r"'elsewhere\.example' is not allowed here"):
        lab.declare(f"endpoint: {first}\nfurther_endpoints: ['http://elsewhere.example']\n")


def test_a_further_server_that_is_allowed_no_more_is_not_asked(
    lab: Lab, serve: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = serve("first.log"), serve("second.log").replace("127.0.0.1", "localhost")
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "127.0.0.1,localhost")
    get_settings.cache_clear()
    lab.record(6)
    model = lab.declare(f"endpoint: {first}\nfurther_endpoints: [{second}]\n")
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "127.0.0.1")
    get_settings.cache_clear()
    try:
        said = lab.ask(model)["problems"][0]
    except ModelProblem as problem:  # a server that refuses at once may get five tasks in a row
        said = problem.detail
    assert not (lab.folder / "second.log").exists()
    assert "'localhost' is not among LABELBUDDY_ALLOWED_ENDPOINTS" in said
