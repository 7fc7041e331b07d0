"""`labelbuddy train`: the run is started, followed and told; what is wrong is said before anything begins."""

from __future__ import annotations

import threading
import time

import pytest
from schoolroom import School

from labelbuddy_core import cli
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.training import training_runs


def command(school: School, *more: str) -> list[str]:
    return ["train", school.project, "pupil", "--as", school.manager.username, *more]


@pytest.mark.timeout(600)
def test_a_run_is_started_followed_and_its_result_told(
    school: School, annotator: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    school.teach(20, person=annotator)
    ended: list[int] = []
    arguments = command(school, "--set", "epochs=12", "--learn", "Low=low tone", "--learn", "High=high tone")
    terminal = threading.Thread(target=lambda: ended.append(cli.main(arguments)))
    terminal.start()
    while not (runs := training_runs.list_runs(school.manager, school.project)):
        time.sleep(0.05)
    run = school.work(runs[0]["id"])
    terminal.join(60)
    told = capsys.readouterr().out
    assert (ended, run["parameters"]["epochs"]) == ([0], 12)
    assert f"Run {run['id']}: pupil 0.1.0-mtt learns." in told
    assert "No worker is running" in told
    assert "Epoch 12: loss " in told
    assert f"Version tuned-{run['id']} (best epoch " in told
    assert "Event F1: 0.1.0-mtt " in told
    assert "PSDS 1: " in told
    assert sorted(row["label"] for row in run["balance"]["labels"]) == ["high tone", "low tone"]


def test_a_preview_says_what_would_be_learned_and_starts_nothing(
    school: School, annotator: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    school.teach(20, person=annotator)
    assert cli.main(command(school, "--preview", "--test", "0.2")) == 0
    told = capsys.readouterr().out
    assert "label\ttraining\tvalidation\theld out" in told
    assert "Warning: Fewer than 10 examples to learn from" in told
    assert "epochs 40 (1 to 5000)" in told
    assert training_runs.list_runs(school.manager, school.project) == []


def test_what_is_wrong_is_said_in_a_sentence(
    school: School, annotator: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*more: str, model: str = "pupil", who: str = "") -> str:
        arguments = ["train", school.project, model, "--as", who or school.manager.username, *more]
        assert cli.main(arguments) == 1
        return capsys.readouterr().err

    assert "Nothing can be learned yet" in said()
    school.teach(4, person=annotator)
    assert "There is no model 'teacher'; there are " in said(model="teacher")
    assert "The model has no parameter 'speed'" in said("--set", "speed=3")
    assert "NAME=NUMBER" in said("--set", "epochs=many")
    assert "The project has no label 'Middle'; it has Low, High" in said("--learn", "Middle=x")
    assert "Nobody with an account is called 'nobody'" in said(who="nobody")
    assert "No recording has the attribute 'sesion'" in said("--group-by", "sesion")
    assert "test must be a share from 0.05 to 0.5" in said("--test", "0.9")
    assert training_runs.list_runs(school.manager, school.project) == []


def test_who_does_not_wait_is_told_the_number_of_the_run(
    school: School, annotator: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    school.teach(4, person=annotator)
    assert cli.main(command(school, "--detach")) == 0
    (run,) = training_runs.list_runs(school.manager, school.project)
    assert capsys.readouterr().out == f"Run {run['id']}: pupil 0.1.0-mtt learns.\n"
    assert run["state"] == "queued"
