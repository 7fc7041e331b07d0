"""What the model page shows of running models, and starting and stopping them by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Prediction, RunningModel
from labelbuddy_core.domain.states import ModelState
from labelbuddy_core.errors import Forbidden, InvalidState
from labelbuddy_core.inference.model_keys import key_of, parts_of
from labelbuddy_core.inference.model_logs import BoundedLog, log_path
from labelbuddy_core.inference.model_report import ModelReport
from labelbuddy_core.inference.running_models import RunningModels
from labelbuddy_core.inference.runtimes.process import ProcessRuntime
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation.job_runs import show_life
from labelbuddy_core.services.models import model_states, model_supervision, models
from labelbuddy_core.settings import get_settings

SCRIPT = str(Path(__file__).parents[1] / "inference" / "odd_model.py")
MakeUser = Callable[..., Actor]


@pytest.fixture
def manager(make_user: MakeUser) -> Actor:
    return make_user(is_administrator=True)


@pytest.fixture
def model(manager: Actor) -> str:
    return models.create_model(manager, "name: odd\nprocess: odd\n")["id"]


@pytest.fixture
def worker(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A worker that supervises its models; its name."""
    settings = get_settings()
    runtime = ProcessRuntime(data_folder, {"odd": (SCRIPT, "good")}, logs=settings.model_logs_folder)
    kept = RunningModels(settings, model_supervision.write_down, runtimes={"process": runtime})
    monkeypatch.setattr(model_supervision, "_manager", kept)
    monkeypatch.setattr(model_supervision, "OBEY_SECONDS", 0.05)
    monkeypatch.setattr(model_supervision, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(model_supervision, "WARM_SECONDS", 0.1)
    show_life(settings.worker_name)
    stop = threading.Event()
    thread = threading.Thread(target=model_supervision.supervise, args=(settings.worker_name, stop))
    thread.start()
    yield settings.worker_name
    stop.set()
    thread.join()
    kept.close()


def state(actor: Actor, model: str) -> dict[str, object]:
    (found,) = [one for one in model_states.states(actor) if one["id"] == model]
    return found["state"]


def wait_for(actor: Actor, model: str, wanted: str) -> dict[str, object]:
    deadline = time.monotonic() + 60
    while (found := state(actor, model))["state"] != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_a_model_that_never_ran_is_stopped(manager: Actor, model: str) -> None:
    assert state(manager, model)["state"] == "stopped"


def test_a_person_starts_and_stops_a_model(manager: Actor, model: str, worker: str) -> None:
    assert model_states.start(manager, model)["wanted"] == "start"
    found = wait_for(manager, model, "ready")
    assert (found["runtime"], found["digest"], found["workers"]) == ("process", "odd", 1)
    model_states.stop(manager, model)
    assert wait_for(manager, model, "stopped")["memory"] is None


def test_memory_and_processor_of_a_running_model_are_shown(manager: Actor, model: str, worker: str) -> None:
    model_states.start(manager, model)
    wait_for(manager, model, "ready")
    deadline = time.monotonic() + 30
    while state(manager, model)["cpu"] is None and time.monotonic() < deadline:
        time.sleep(0.05)
    memory = state(manager, model)["memory"]
    assert isinstance(memory, int), state(manager, model)
    assert memory > 1024**2


def test_a_model_that_its_file_keeps_warm_starts_by_itself_unless_a_person_stopped_it(
    manager: Actor, model: str, worker: str
) -> None:
    models.update_model(manager, model, "name: odd\nprocess: odd\nresources: {keep_warm: true}\n")
    wait_for(manager, model, "ready")
    model_states.stop(manager, model)
    wait_for(manager, model, "stopped")
    time.sleep(0.5)
    assert state(manager, model)["state"] == "stopped"


def test_nothing_starts_without_a_worker(manager: Actor, model: str) -> None:
    with pytest.raises(InvalidState, match="No worker shows a sign of life"):
        model_states.start(manager, model)


def test_what_a_dead_worker_ran_runs_no_more(manager: Actor, model: str) -> None:
    with get_database().write() as session:
        session.add(RunningModel(worker="gone", model="odd", state="ready", runtime="process", memory=5))
    assert (state(manager, model)["state"], state(manager, model)["memory"]) == ("stopped", None)


def test_a_failure_is_shown_with_its_remedy(manager: Actor, model: str) -> None:
    show_life("local")
    model_supervision.write_down(ModelReport("odd", "container", ModelState.FAILED, "Raise memory.", restarts=2))
    found = state(manager, model)
    assert (found["state"], found["detail"], found["restarts"]) == ("failed", "Raise memory.", 2)


def test_the_speed_is_told_from_the_latest_predictions(
    manager: Actor, model: str, make_project: Callable[..., str], add_task: Callable[..., str]
) -> None:
    project = make_project(managers=(manager,))
    task = add_task(project)
    with get_database().write() as session:
        for seconds in (1.0, 2.0, 3.0):
            session.add(
                Prediction(
                    project_id=int(project), task_id=int(task), model_id=int(model), version="1", document={},
                    options={"start": 0.0, "stop": 60.0}, seconds=seconds,
                )
            )  # fmt: skip
    (found,) = model_states.states(manager)
    assert found["speed"] == {
        "predictions": 3,
        "median_seconds": 2.0,
        "p95_seconds": 3.0,
        "audio_per_second": 30.0,
    }


def test_many_models_cost_no_more_queries_than_one(
    manager: Actor, model: str, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    one = count_queries(lambda: model_states.states(manager))
    for number in range(20):
        models.create_model(manager, f"name: odd{number}\nprocess: odd\n")
    assert count_queries(lambda: model_states.states(manager)) == one


def test_managers_read_the_log_and_annotators_do_not(manager: Actor, model: str, make_user: MakeUser) -> None:
    BoundedLog(log_path(get_settings().model_logs_folder, "odd")).write(b"one\ntwo\n\x1b[31mthree\n")
    assert model_states.logs(manager, model, 2)["text"] == "two\n[31mthree"
    for do in (model_states.logs, model_states.start, model_states.stop):
        with pytest.raises(Forbidden):
            do(make_user(), model)


def test_states_are_told_to_those_who_manage_models_and_to_nobody_else(
    manager: Actor, model: str, make_user: MakeUser
) -> None:
    shown = models.list_models(manager)
    assert model_states.present_states(manager, shown)[model]["state"] == "stopped"
    for do in (model_states.present_states, model_states.with_states):
        with pytest.raises(Forbidden):
            do(make_user(), shown)


def test_a_wish_about_a_model_with_replicas_starts_each_as_batches_run_it(manager: Actor, worker: str) -> None:
    twice = models.create_model(manager, "name: twice\nprocess: odd\nreplicas: 2\n")["id"]
    model_states.start(manager, twice)
    while state(manager, twice)["workers"] != 2:
        time.sleep(0.05)
    running = model_supervision.running_models()
    assert [running.report(key).state for key in ("twice", "twice#2")] == [ModelState.READY] * 2  # type: ignore[union-attr]


def test_a_wish_about_one_replica_or_version_finds_its_model(manager: Actor, worker: str) -> None:
    model = models.create_model(manager, "name: two\nversion: '1'\nprocess: odd\nreplicas: 2\n")["id"]
    models.update_model(manager, model, "name: two\nversion: '2'\nprocess: odd\nreplicas: 2\n")
    with get_database().write() as session:
        session.add(RunningModel(worker=worker, model="two@1#2", state="stopped", wanted="start"))
    assert wait_for(manager, model, "ready")["workers"] == 1
    running = model_supervision.running_models()
    assert running.report("two@1#2").state is ModelState.READY  # type: ignore[union-attr]
    assert running.report("two") is None


def test_what_runs_under_a_key_is_read_from_it() -> None:
    for parts in (("musicnn", None, 0), ("musicnn", None, 3), ("a b.c/d", "1.0#beta", 0), ("m", "2", 1)):
        name, version, lane = parts
        found = parts_of(key_of(name, version, lane))
        assert (found.name, found.version, found.lane) == parts
