"""What managers see and do with models that run: states, starting and stopping, logs, latest predictions, removing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Prediction, RunningModel
from labelbuddy_core.domain.states import ModelState
from labelbuddy_core.inference.model_logs import BoundedLog, log_path
from labelbuddy_core.inference.model_report import ModelReport
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation.job_runs import show_life
from labelbuddy_core.services.models import model_supervision, models
from labelbuddy_core.settings import get_settings

Make = Callable[..., Any]
YAML = 'image: "lab/tagger:1"\noutput_schema: [{type: region, labels: [dogs, violin]}]\nlicense: MIT\n'


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager", can_create_projects=True)


@pytest.fixture
def model(manager: Actor) -> str:
    return models.create_model(manager, YAML)["id"]


@pytest.fixture
def page(app: Make, manager: Actor) -> Callable[[], AppTest]:
    def open_page() -> AppTest:
        at = app(manager).run()
        at.switch_page("model_management.py").run()
        assert not at.exception
        return at

    return open_page


def report(state: ModelState, detail: str = "", **more: Any) -> None:
    """What the worker says of the model."""
    show_life(get_settings().worker_name)
    model_supervision.write_down(ModelReport("tagger", "container", state, detail, **more))


def said(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.error, *at.warning, *at.info]
    return "\n".join(str(one.value).replace("\\", "") for one in parts)


def wishes() -> list[str | None]:
    with get_database().read() as session:
        return [row.wanted for row in session.query(RunningModel)]


def test_a_stopped_model_says_what_it_is_and_what_it_may_use(page: Callable[[], AppTest], model: str) -> None:
    text = said(page())
    assert "Stopped" in text
    assert "Runs in a container (`lab/tagger:1`) · answers region · license: MIT" in text
    assert "Labels: dogs, violin" in text
    assert "May use 2 GB of memory and 2 cores" in text


def test_a_running_model_shows_what_it_uses_and_where_it_contradicts_its_file(
    page: Callable[[], AppTest], model: str
) -> None:
    report(
        ModelState.READY, memory=500 * 1024**2, cpu=0.4, data=12 * 1024**2, restarts=2,
        digest="sha256:abcdef0123456789abcdef", device="cuda:0", notes=("the file says version 1, the model 2",),
    )  # fmt: skip
    text = said(page())
    assert "Ready" in text
    assert "Memory **500 MB** of 2 GB" in text
    assert "processor **0.4** of 2 cores" in text
    assert "/data **12 MB** of" in text
    assert "ended by itself 2 times lately" in text
    assert "device cuda:0" in text
    assert "`sha256:abcdef012345`" in text
    assert "It contradicts its file: the file says version 1, the model 2" in text


def test_a_starting_model_says_what_it_is_doing(page: Callable[[], AppTest], model: str) -> None:
    report(ModelState.STARTING, "Pulling lab/tagger:1: 120 of 900 MB")
    text = said(page())
    assert "Starting" in text
    assert "Pulling lab/tagger:1: 120 of 900 MB" in text


def test_a_failure_is_told_with_its_remedy(page: Callable[[], AppTest], model: str) -> None:
    report(ModelState.FAILED, "The model needs more than 2 GB of memory: raise resources.memory in its file.")
    at = page()
    assert "raise resources.memory" in at.error[0].value.replace("\\", "")


def test_a_model_is_started_and_stopped_by_its_buttons(page: Callable[[], AppTest], model: str) -> None:
    show_life(get_settings().worker_name)
    at = page()
    at.button(key=f"start-model-{model}").click().run()
    assert wishes() == ["start"]
    assert at.button(key=f"start-model-{model}").disabled
    report(ModelState.READY)
    at.run()
    at = page()
    at.button(key=f"stop-model-{model}").click().run()
    assert not at.exception
    assert wishes() == ["stop"]


def test_starting_without_a_worker_says_what_is_missing(page: Callable[[], AppTest], model: str) -> None:
    at = page()
    at.button(key=f"start-model-{model}").click().run()
    assert "start LabelBuddy's worker" in at.error[0].value.replace("\\", "")


def test_the_log_is_shown_to_its_end(page: Callable[[], AppTest], model: str) -> None:
    log = BoundedLog(log_path(get_settings().model_logs_folder, "tagger"))
    log.write("".join(f"line {number}\n" for number in range(300)).encode())
    at = page()
    at.button(key=f"logs-{model}").click().run()
    (text,) = [code.value for code in at.code]
    assert text.splitlines()[0] == "line 100"
    assert text.splitlines()[-1] == "line 299"


def test_a_model_that_wrote_nothing_has_an_empty_log(page: Callable[[], AppTest], model: str) -> None:
    at = page()
    at.button(key=f"logs-{model}").click().run()
    assert "It has written nothing on this machine yet." in said(at)


def predict(model: str, project: str, task: str, *, seconds: float = 2.0) -> None:
    with get_database().write() as session:
        session.add(
            Prediction(
                project_id=int(project), task_id=int(task), model_id=int(model), version="1", document={},
                options={"start": 0.0, "stop": 60.0}, seconds=seconds,
            )
        )  # fmt: skip


def test_one_core_is_one_and_vectors_alone_have_no_speed(
    page: Callable[[], AppTest], model: str, manager: Actor, make_project: Make, add_task: Make
) -> None:
    source = "image: lab/vectors:1\noutput_schema: [{type: embedding}]\nresources: {cpus: 1}\n"
    vectors = models.create_model(manager, source)["id"]
    project = make_project(managers=(manager,), annotators=(manager,))
    predict(vectors, project, add_task(project), seconds=0.0)
    text = said(page())
    assert "of memory and 1 core" in text
    assert "1 cores" not in text
    assert "Last prediction" not in text


def test_the_speed_and_the_latest_predictions_lead_to_their_tasks(
    page: Callable[[], AppTest], model: str, manager: Actor, make_project: Make, add_task: Make
) -> None:
    mine = make_project(managers=(manager,), annotators=(manager,))
    other = make_project(name="Other", managers=(manager,))
    task = add_task(mine, name="dog.wav")
    predict(model, mine, task)
    elsewhere = add_task(other)
    predict(model, other, elsewhere)
    at = page()
    assert "Last 2 predictions: 2 s in the middle, 95 % within 2 s, 30 s of sound a second" in said(at)
    assert not at.dataframe
    at.session_state[f"lately-{model}"] = True
    at.run()
    table = at.dataframe[0].value
    assert list(table["Open"]) == [f"project?project={other}&task={elsewhere}", f"annotate?task={task}"]
    assert list(table["Recording"])[1] == "dog.wav"


def test_a_model_is_removed_after_a_confirmation(page: Callable[[], AppTest], model: str, manager: Actor) -> None:
    at = page()
    at.button(key=f"remove-{model}").click().run()
    assert models.list_models(manager)
    at.button(key=f"remove-{model}").click()
    (confirm,) = [one for one in at.button if one.label == "Remove for good"]
    confirm.click().run()
    assert not at.exception
    assert models.list_models(manager) == []


def test_a_model_with_predictions_is_not_removed_and_the_reason_is_told(
    page: Callable[[], AppTest], model: str, manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    predict(model, project, add_task(project))
    at = page()
    at.button(key=f"remove-{model}").click().run()
    at.button(key=f"remove-{model}").click()
    (confirm,) = [one for one in at.button if one.label == "Remove for good"]
    confirm.click().run()
    assert "unlink it from projects instead" in said(at)
    assert models.list_models(manager)


def test_without_a_model_the_page_says_how_to_declare_one(page: Callable[[], AppTest]) -> None:
    assert "No models yet" in said(page())


def test_many_models_are_searched_and_shown_ten_at_a_time(page: Callable[[], AppTest], manager: Actor) -> None:
    for number in range(12):
        models.create_model(manager, f"name: model-{number:02d}\nprocess: musicnn\ndescription: about {number}\n")
    at = page()
    assert len([one for one in at.button if one.label == "Try it out"]) == 10
    at.text_input(key="model-query").set_value("about 11").run()
    assert [one.key for one in at.button if one.label == "Try it out"] == [
        f"try-{models.list_models(manager)[11]['id']}"
    ]
    at.text_input(key="model-query").set_value("nothing").run()
    assert "No model fits the search." in said(at)


def test_annotators_have_no_page_of_models(app: Make, make_user: Make, make_project: Make, model: str) -> None:
    annotator = make_user()
    make_project(annotators=(annotator,))
    at = app(annotator).run()
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        at.switch_page("model_management.py")
