"""The agreement report of a project: from the database, for those who may see it, whatever was handed in."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import update

from labelbuddy_core import cli
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, AnnotationItem, Recording, Task
from labelbuddy_core.errors import Forbidden, Invalid, NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement.agreement import agreement
from labelbuddy_core.services.agreement.agreement_choices import Choices
from labelbuddy_core.services.agreement.agreement_reports import agreement_file
from labelbuddy_core.services.agreement.handed_in_answers import Period, handed_in

Make = Callable[..., Any]
FEW = Choices(replicates=50)
HUMAN = {"kind": "human"}


@dataclass
class Lab:
    """A project with three annotators, a manager and a reviewer."""

    project: str
    manager: Actor
    reviewer: Actor
    annotators: tuple[Actor, Actor, Actor]
    add_task: Make
    add_annotation: Make

    def task(self, *answers: list[tuple[float, float, str]], state: str = "submitted", tags: str = "") -> str:
        """A task of ten seconds with these regions of the first, second … annotator, who all gave the tags."""
        task = self.add_task(self.project, duration=10.0, annotators=self.annotators)
        for person, regions in zip(self.annotators, answers, strict=False):
            annotation = self.add_annotation(task, person, state=state, submitted_at=datetime(2026, 5, 1, tzinfo=UTC))
            with get_database().write() as session:
                for number, (start, end, label) in enumerate(regions):
                    value = {"id": f"r{number}", "start": start, "end": end, "label": label, "origin": HUMAN}
                    session.add(
                        AnnotationItem(annotation_id=int(annotation), collection="regions", key=f"r{number}",
                                       label=label, start=start, stop=end, value=value)
                    )  # fmt: skip
                for label in tags.split():
                    value = {"label": label, "score": None, "origin": HUMAN}
                    session.add(
                        AnnotationItem(
                            annotation_id=int(annotation), collection="tags", key=label, label=label, value=value
                        )
                    )
        return task

    def figure(self, measure: str, label: str | None = None, **report: Any) -> dict[str, Any]:
        found = agreement(self.manager, self.project, report.get("choices", FEW))["figures"]
        return next(one for one in found if (one["measure"], one["label"]) == (measure, label))


@pytest.fixture
def lab(make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> Lab:
    manager, reviewer = make_user(), make_user()
    annotators = (make_user("ada"), make_user("ben"), make_user("cem"))
    project = make_project(managers=(manager,), reviewers=(reviewer,), annotators=annotators, annotators_per_task=3)
    return Lab(project, manager, reviewer, annotators, add_task, add_annotation)


def test_what_was_handed_in_twice_or_more_is_measured(lab: Lab) -> None:
    lab.task([(1.0, 3.0, "speech")], [(1.1, 3.0, "speech")], [])
    lab.task([(5.0, 6.0, "dog")], [(5.0, 6.0, "dog")], [(5.0, 6.0, "dog")], state="approved", tags="music")
    lab.task([(5.0, 6.0, "music")])
    lab.task([(5.0, 6.0, "music")], [], state="draft")
    lab.task([(5.0, 6.0, "music")], [], state="rejected")
    report = agreement(lab.manager, lab.project, FEW)
    assert (report["tasks"], report["recordings"]) == (2, 2)
    assert {one["label"] for one in report["figures"]} == {None, "speech", "dog", "music"}
    assert lab.figure("event_f1", "dog")["value"] == 1.0
    speech = lab.figure("event_f1", "speech")  # one of three pairs agrees: 2 · 1 of (1 + 1) + (1 + 0) + (1 + 0)
    assert speech["value"] == 0.5
    assert "Speech" in speech["reading"]
    assert [(one["first"], one["second"], one["tasks"], one["event_f1"]) for one in report["pairs"]] == [
        ("ada", "ben", 2, 1.0), ("ada", "cem", 2, pytest.approx(2 / 3, abs=1e-6)),
        ("ben", "cem", 2, pytest.approx(2 / 3, abs=1e-6)),
    ]  # fmt: skip
    late = {one["annotator"]: one["onset_late"] for one in report["annotators"]}
    assert late["ben"] == pytest.approx(0.1 / 3, abs=1e-6)
    assert "Fleiss 1971" in report["methods"]


def test_the_tasks_with_most_disagreement_come_first(lab: Lab) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    little = lab.task([(1.0, 3.0, "dog")], [(1.0, 2.5, "dog")])
    much = lab.task([(1.0, 3.0, "dog")], [(7.0, 8.0, "dog")])
    worst = agreement(lab.manager, lab.project, FEW)["worst"]
    assert [one["task"] for one in worst] == [much, little]
    assert worst[0]["disagreement"] == 1.0


def test_managers_and_reviewers_see_it_and_nobody_else(lab: Lab, make_user: Make) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    assert agreement(lab.reviewer, lab.project, FEW)["tasks"] == 1
    assert agreement(replace(lab.manager, can_write=False), lab.project, FEW)["tasks"] == 1
    with pytest.raises(Forbidden):
        agreement(lab.annotators[0], lab.project, FEW)
    with pytest.raises(NotFound):
        agreement(make_user(), lab.project, FEW)


def test_in_a_blind_project_who_annotates_too_is_not_shown_the_tasks_of_the_own_queue(
    lab: Lab, make_user: Make, make_project: Make
) -> None:
    both = make_user()
    project = make_project(reviewers=(both,), annotators=(both, *lab.annotators), blind=True)
    other = replace(lab, project=project)
    seen = other.task([(1.0, 3.0, "dog")], [(7.0, 8.0, "dog")])
    other.annotators = (both, *lab.annotators[:2])
    other.task([(1.0, 3.0, "dog")], [(7.0, 8.0, "dog")])
    assert [one["task"] for one in agreement(both, project, FEW)["worst"]] == [seen]


def test_a_period_chooses_by_when_answers_were_handed_in(lab: Lab) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    task = lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    with get_database().write() as session:
        later = {"submitted_at": datetime(2026, 6, 1, tzinfo=UTC)}
        session.execute(update(Annotation).where(Annotation.task_id == int(task)).values(later))
    may = Period(until=datetime(2026, 5, 2, tzinfo=UTC))
    june = Period(since=datetime(2026, 5, 2, tzinfo=UTC))
    for period in (may, june):
        assert agreement(lab.manager, lab.project, replace(FEW, period=period))["tasks"] == 1
    assert [one.compared.task for one in handed_in(int(lab.project), least=2, period=june)] == [int(task)]


def test_tasks_of_one_recording_are_one_for_the_intervals(lab: Lab) -> None:
    first = lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    second = lab.task([(12.0, 13.0, "dog")], [])
    with get_database().write() as session:
        recording = session.get_one(Task, int(first)).recording_id
        moved = {"recording_id": recording, "start": 10.0, "stop": 20.0}
        session.execute(update(Task).where(Task.id == int(second)).values(moved))
        assert session.get(Recording, recording) is not None
    report = agreement(lab.manager, lab.project, FEW)
    assert (report["tasks"], report["recordings"]) == (2, 1)
    assert lab.figure("event_f1", "dog")["low"] is None


def test_the_choices_of_the_report_change_what_counts_as_the_same_event(lab: Lab) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.3, 3.0, "dog")])
    assert lab.figure("event_f1", "dog")["value"] == 0.0
    assert lab.figure("event_f1", "dog", choices=replace(FEW, collar=0.3))["value"] == 1.0
    with pytest.raises(Invalid, match="collar"):
        Choices(collar=-1.0)
    with pytest.raises(Invalid, match="step"):
        Choices(step=float("nan"))


def test_a_project_without_anything_to_compare_has_an_empty_report(lab: Lab) -> None:
    lab.task([(1.0, 3.0, "dog")])
    report = agreement(lab.manager, lab.project, FEW)
    assert (report["tasks"], report["figures"], report["pairs"], report["worst"]) == (0, [], [], [])


def test_however_tasks_are_batched_every_one_comes_once_in_order(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from labelbuddy_core.services.agreement import handed_in_answers

    tasks = [lab.task([(1.0, 3.0, "dog")] * (number % 3), [(1.0, 3.0, "dog")]) for number in range(9)]
    monkeypatch.setattr(handed_in_answers, "_TASKS", 4)
    monkeypatch.setattr(handed_in_answers, "_ITEMS", 3)
    assert [str(one.compared.task) for one in handed_in(int(lab.project), least=2)] == tasks


def test_the_command_prints_sentences_or_csv_that_opens_in_pandas(
    lab: Lab, data_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    assert cli.main(["--data", str(data_folder), "agreement", "Street sounds"]) == 0
    assert "Fleiss' κ, Dog: 1.000" in capfd.readouterr().out
    assert cli.main(["--data", str(data_folder), "agreement", lab.project, "--csv"]) == 0
    frame = pd.read_csv(io.StringIO(capfd.readouterr().out.removeprefix("\ufeff")))
    assert frame.query("measure == 'fleiss_kappa' and label == 'dog'")["value"].tolist() == [1.0]
    assert frame.query("kind == 'pair' and measure == 'event_f1'")[["first", "second"]].values.tolist() == [
        ["ada", "ben"]
    ]
    assert cli.main(["--data", str(data_folder), "agreement", "99"]) == 1
    name, data = agreement_file(lab.manager, lab.project, FEW, form="csv", address="")
    assert name.endswith("-agreement.csv")
    assert data.startswith("\ufeffkind,measure".encode())


def test_the_report_of_one_task_says_one_task(lab: Lab) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    _, page = agreement_file(lab.manager, lab.project, FEW, form="html", address="")
    assert "1 task of 1 recording that two or more people have handed in" in page.decode()
