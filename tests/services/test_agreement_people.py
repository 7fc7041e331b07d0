"""The people in a report: beside ground truth, what each confuses, how fast they work; month by month; as a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import update

from labelbuddy_core import cli
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Activity, Annotation, AnnotationItem, MergedConsensus
from labelbuddy_core.errors import Forbidden, Invalid, NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement.agreement import agreement
from labelbuddy_core.services.agreement.agreement_choices import Choices
from labelbuddy_core.services.agreement.agreement_over_time import agreement_over_time
from labelbuddy_core.services.agreement.agreement_reports import agreement_file
from labelbuddy_core.services.agreement.consensus import put_consensus
from labelbuddy_core.services.agreement.disagreement_maps import disagreement_map

Make = Callable[..., Any]
FEW = Choices(replicates=50)
HUMAN = {"kind": "human"}
Spans = list[tuple[float, float, str]]


def document(regions: Spans) -> dict[str, Any]:
    made = [
        {"id": f"r{number}", "start": start, "end": end, "label": label, "origin": HUMAN}
        for number, (start, end, label) in enumerate(regions)
    ]
    return {"schema": "labelbuddy/annotation@1", "regions": made}


@dataclass
class Lab:
    """A project with two annotators, a manager and a reviewer."""

    project: str
    manager: Actor
    reviewer: Actor
    annotators: tuple[Actor, Actor]
    add_task: Make
    add_annotation: Make

    def task(self, *answers: Spans, captions: tuple[str, ...] = (), month: int = 5) -> str:
        task = self.add_task(self.project, duration=10.0, annotators=self.annotators)
        at = datetime(2026, month, 3, tzinfo=UTC)
        for place, (person, regions) in enumerate(zip(self.annotators, answers, strict=False)):
            annotation = int(self.add_annotation(task, person, state="submitted", submitted_at=at))
            items = [("regions", one["id"], one) for one in document(regions)["regions"]]
            if captions:
                items.append(("caption", "caption", {"text": captions[place], "origin": HUMAN}))
            with get_database().write() as session:
                for collection, key, value in items:
                    session.add(
                        AnnotationItem(annotation_id=annotation, collection=collection, key=key,
                                       label=value.get("label"), start=value.get("start"), stop=value.get("end"),
                                       value=value)
                    )  # fmt: skip
        return task

    def adjudicate(self, task: str, regions: Spans) -> None:
        put_consensus(self.manager, task, revision=0, document=document(regions))

    def merged(self, task: str, regions: Spans) -> None:
        with get_database().write() as session:
            row = MergedConsensus(task_id=int(task), project_id=int(self.project), method="majority", soft={},
                                  document=document(regions), sources=[])  # fmt: skip
            session.add(row)

    def worked(self, task: str, person: Actor, seconds: float, kind: str = "active") -> None:
        with get_database().write() as session:
            session.add(Activity(task_id=int(task), user_id=person.id, client="tab", kind=kind, seconds=seconds))

    def report(self, actor: Actor | None = None, choices: Choices = FEW) -> dict[str, Any]:
        return agreement(actor or self.manager, self.project, choices)

    def annotator(self, name: str, actor: Actor | None = None) -> dict[str, Any]:
        return next(one for one in self.report(actor)["annotators"] if one["annotator"] == name)


@pytest.fixture
def lab(make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> Lab:
    manager, reviewer = make_user(), make_user()
    annotators = (make_user("ada"), make_user("ben"))
    project = make_project(managers=(manager,), reviewers=(reviewer,), annotators=annotators, annotators_per_task=2)
    return Lab(project, manager, reviewer, annotators, add_task, add_annotation)


def test_annotators_are_compared_with_what_was_adjudicated_before_what_was_merged(lab: Lab) -> None:
    first = lab.task([(1.0, 3.0, "dog")], [(6.0, 8.0, "dog")])
    lab.merged(first, [(6.0, 8.0, "dog")])
    lab.adjudicate(first, [(1.0, 3.0, "dog")])
    second = lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    lab.merged(second, [(1.0, 3.0, "dog")])
    report = lab.report()
    assert report["truth"] == {"adjudicated": 1, "merged": 1}
    of_truth = {one["annotator"]: one["truth"] for one in report["annotators"]}
    assert (of_truth["ada"]["event_f1"], of_truth["ben"]["event_f1"]) == (1.0, 0.5)
    assert of_truth["ada"]["tasks"] == 2
    assert "Over 2 recordings each annotator is also compared with the ground truth" in report["methods"]


def test_a_single_answer_is_compared_with_an_adjudicated_truth_but_with_nobody_else(lab: Lab) -> None:
    task = lab.task([(1.0, 3.0, "dog")])
    lab.adjudicate(task, [(1.0, 3.0, "speech")])
    report = lab.report()
    assert (report["tasks"], report["pairs"]) == (0, [])
    ada = lab.annotator("ada")
    assert ada["truth"]["event_f1"] == 0.0
    assert "Of regions, says most often Dog where ground truth says Speech: 1 of 1." in ada["says"]


def test_confusions_name_labels_people_and_places(lab: Lab) -> None:
    task = lab.task([(1.0, 3.0, "dog")], [(1.2, 3.0, "speech")])
    found = {(one["of"], one["rows"], one["columns"]): one["cells"] for one in lab.report()["confusion"]}
    assert set(found) == {
        ("all", "one annotator", "another"), ("pair", "ada", "ben"),
        ("others", "the others", "ada"), ("others", "the others", "ben"),
    }  # fmt: skip
    (cell,) = found["pair", "ada", "ben"]
    assert (cell["row_name"], cell["column_name"], cell["count"]) == ("Dog", "Speech", 1)
    assert cell["places"] == [{"task": task, "at": 1.0}]
    (cell,) = found["others", "the others", "ada"]
    assert (cell["row_name"], cell["column_name"]) == ("Speech", "Dog")


def test_how_fast_people_work_is_told_to_managers_only(lab: Lab) -> None:
    task = lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    lab.worked(task, lab.annotators[0], 25.0)
    lab.worked(task, lab.annotators[0], 5.0)
    lab.worked(task, lab.annotators[0], 900.0, kind="idle")
    ada = lab.annotator("ada")
    assert ada["speed"] == {"tasks": 1, "seconds_per_task": 30.0, "seconds_per_second_of_sound": 3.0}
    assert "Works 30 s on a task, 3.0 times as long as the sound lasts (1 task)." in ada["says"]
    assert lab.annotator("ben")["speed"] is None
    assert lab.annotator("ada", lab.reviewer)["speed"] is None


def test_who_is_late_is_told_in_words_and_in_a_histogram(lab: Lab) -> None:
    for _ in range(12):
        lab.task([(1.0, 3.0, "dog")], [(1.12, 3.0, "dog")])
    ben = lab.annotator("ben")
    assert "Onsets are usually 120 ms late beside those of others" in ben["says"][0]
    assert ben["onset"]["median"] == pytest.approx(0.12)
    assert sum(ben["onset"]["histogram"]) == 12
    assert (ben["onset_late_low"], ben["onset_late_high"]) == (pytest.approx(0.12), pytest.approx(0.12))


def test_captions_are_compared_over_the_project_and_by_pair(lab: Lab) -> None:
    lab.task([], [], captions=("rain on a roof", "rain on a roof"))
    lab.task([], [], captions=("a dog barks", "music"))
    report = lab.report()
    figures = {one["measure"]: one["value"] for one in report["figures"] if one["kind"] == "captions"}
    assert figures["rouge_l"] == 0.5
    assert 0.5 <= figures["chrf"] < 0.7
    (pair,) = report["pairs"]
    assert (pair["rouge_l"], pair["chrf"]) == (figures["rouge_l"], figures["chrf"])
    assert "Popović 2015" in report["methods"]


def test_gamma_is_measured_on_so_many_tasks_as_asked_for(lab: Lab) -> None:
    for shift in (0.0, 0.2, 0.4):
        lab.task([(1.0, 3.0, "dog"), (5.0, 6.0, "music")], [(1.0 + shift, 3.0, "dog"), (5.0, 6.0, "music")])
    (one,) = [one for one in lab.report(choices=Choices(replicates=50, gamma=2))["figures"] if one["kind"] == "gamma"]
    assert 0.8 < one["value"] <= 1.0
    assert one["recordings"] == 2
    assert not [one for one in lab.report()["figures"] if one["kind"] == "gamma"]
    with pytest.raises(Invalid, match="gamma"):
        Choices(gamma=100_000)


def test_agreement_is_told_month_by_month(lab: Lab) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")], month=5)
    later = lab.task([(1.0, 3.0, "dog")], [(7.0, 8.0, "dog")], month=5)
    with get_database().write() as session:
        moved = {"submitted_at": datetime(2026, 12, 31, 23, tzinfo=UTC)}
        one_of_two = (Annotation.task_id == int(later)) & (Annotation.user_id == lab.annotators[1].id)
        session.execute(update(Annotation).where(one_of_two).values(moved))
    months = agreement_over_time(lab.manager, lab.project, FEW)["months"]
    told = [
        (one["since"][:10], one["until"][:10], one["tasks"],
         next(f["value"] for f in one["figures"] if f["measure"] == "event_f1"))
        for one in months
    ]  # fmt: skip
    assert told == [("2026-05-01", "2026-06-01", 1, 1.0), ("2026-12-01", "2027-01-01", 1, 0.0)]
    with pytest.raises(Forbidden):
        agreement_over_time(lab.annotators[0], lab.project, FEW)


def test_a_task_has_a_map_of_where_its_annotators_differ(lab: Lab) -> None:
    task = lab.task([(1.0, 3.0, "dog")], [(1.0, 2.5, "dog")])
    found = disagreement_map(lab.reviewer, task)
    (one,) = found["stretches"]
    assert (one["name"], one["start"], one["stop"], one["marked"], one["unmarked"]) == (
        "Dog",
        2.5,
        3.0,
        ["ada"],
        ["ben"],
    )
    with pytest.raises(Forbidden):
        disagreement_map(lab.annotators[0], task)
    assert lab.report()["worst"][0]["at"] == 2.5


def test_in_a_blind_project_places_in_the_own_queue_are_not_told(lab: Lab, make_user: Make, make_project: Make) -> None:
    both, other = make_user(), lab.annotators[0]
    lab.project = make_project(reviewers=(both,), annotators=(both, other), blind=True)
    lab.annotators = (both, other)
    task = lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "music")])
    cells = [cell for one in lab.report(both)["confusion"] for cell in one["cells"]]
    assert cells
    assert not any(cell["places"] for cell in cells)
    with pytest.raises(NotFound):
        disagreement_map(both, task)


def test_a_report_is_one_file_of_html_or_pdf_with_everything_in_it(lab: Lab) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.2, 3.0, "speech")], captions=("<script>alert(1)</script>", "дождь"))
    lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")], month=6)
    name, data = agreement_file(lab.manager, lab.project, FEW, form="html", address="https://lab.example")
    html = data.decode()
    assert name == f"labelbuddy-project-{lab.project}-agreement.html"
    assert "Agreement of annotators: Street sounds" in html
    for part in ("Fleiss&#x27; κ", "<svg", "Who agrees with whom", "What is confused with what", "over time",
                 "Agreement was computed with LabelBuddy", "data:text/csv", "ada"):  # fmt: skip
        assert part in html, part
    assert f"https://lab.example/insight?project={lab.project}&amp;task=" in html
    assert "<script" not in html
    assert 'src="' not in html
    _, pdf = agreement_file(lab.manager, lab.project, FEW, form="pdf", address="https://lab.example")
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert b"https://lab.example/insight" in pdf or b"/URI" in pdf
    assert pdf == agreement_file(lab.manager, lab.project, FEW, form="pdf", address="https://lab.example")[1]


def test_names_are_text_in_reports_whatever_they_look_like(lab: Lab, make_project: Make) -> None:
    nasty = "<b>&\"'</b> 狗"
    lab.project = make_project(name=nasty, labels=("<i>Dog", "A&B"), managers=(lab.manager,), annotators=lab.annotators)
    lab.task([(1.0, 3.0, "i-dog")], [(1.0, 3.0, "a-b")])
    html = agreement_file(lab.manager, lab.project, FEW, form="html", address="")[1].decode()
    assert "<b>&" not in html
    assert "&lt;b&gt;&amp;&quot;" in html
    assert agreement_file(lab.manager, lab.project, FEW, form="pdf", address="")[1].startswith(b"%PDF-")


def test_a_report_of_nothing_says_so(lab: Lab) -> None:
    assert b"Nothing to compare" in agreement_file(lab.manager, lab.project, FEW, form="html", address="")[1]
    assert agreement_file(lab.manager, lab.project, FEW, form="pdf", address="")[1].startswith(b"%PDF-")


def test_the_command_writes_reports_and_chooses_a_phase(
    lab: Lab, data_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")], month=5)
    lab.task([(1.0, 3.0, "dog")], [(7.0, 8.0, "dog")], month=6)
    command = ["--data", str(data_folder), "agreement", lab.project]
    for form in ("html", "pdf"):
        assert cli.main([*command, "--report", str(tmp_path / f"report.{form}")]) == 0
        assert (tmp_path / f"report.{form}").stat().st_size > 5000
    assert cli.main([*command, "--csv", "--since", "2026-06-01", "--until", "2026-07-01"]) == 0
    frame = pd.read_csv(io.StringIO(capfd.readouterr().out.removeprefix("\ufeff")))
    assert frame.query("measure == 'event_f1' and kind == 'pair'")["value"].tolist() == [0.0]
    assert frame.query("kind == 'confusion pair'")["value"].tolist() == [1.0, 1.0]
    assert cli.main([*command, "--report", "report.doc"]) == 1
    assert cli.main([*command, "--since", "yesterday"]) == 1
    assert "since must be a day" in capfd.readouterr().err
