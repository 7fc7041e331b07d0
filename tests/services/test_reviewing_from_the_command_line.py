"""`labelbuddy consensus` and `labelbuddy reviews`: merged, told and printed in a manager's name."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from labelbuddy_core import cli
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationItem, Job
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.agreement import merged_consensus
from labelbuddy_core.services.installation import job_runs
from labelbuddy_core.services.reviews import review_claims

Make = Callable[..., Any]


def work_off(kind: str) -> None:
    """What the worker does with a job, once there is one."""
    board = job_runs.DatabaseJobBoard()
    for _ in range(600):
        with get_database().read() as session:
            job = session.query(Job).filter_by(kind=kind, state="queued").first()
        if job is not None:
            board.begin(job.id)
            context = JobContext(
                job.id, job.arguments, lambda name, function: function(), lambda *_: None, lambda: False
            )
            board.finish(job.id, "succeeded", merged_consensus.run(context), None)
            return
        time.sleep(0.05)
    raise AssertionError("no job was started")


@pytest.fixture
def project(make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> str:
    """Two people marked the same; a reviewer sent one back and has the other one open."""
    manager, people, rita = make_user("maria"), (make_user("ada"), make_user("ben")), make_user("rita")
    made = make_project(managers=(manager,), annotators=people, reviewers=(rita,), annotators_per_task=2)
    task = add_task(made, annotators=people)
    annotation = ""
    for person in people:
        annotation = add_annotation(task, person, state="submitted")
        value = {"id": "r", "start": 1.0, "end": 2.0, "label": "dog", "origin": {"kind": "human"}}
        with get_database().write() as session:
            session.add(
                AnnotationItem(
                    annotation_id=int(annotation), collection="regions", key="r", label="dog", start=1.0, stop=2.0,
                    value=value,
                )
            )  # fmt: skip
    review_claims.open_annotation(rita, annotation)
    return made


def test_a_project_is_merged_and_the_reliability_of_each_annotator_told(
    project: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended: list[int] = []
    arguments = ["consensus", "Street sounds", "--as", "maria", "--method", "majority"]
    terminal = threading.Thread(target=lambda: ended.append(cli.main(arguments)))
    terminal.start()
    work_off(merged_consensus.KIND)
    terminal.join(60)
    told = capsys.readouterr().out
    assert ended == [0]
    assert "No worker is running" in told
    assert "Merged tasks: 1 (0 stale); adjudicated: 0." in told
    assert "ada: reliability 0.667 on time" in told


def test_reviews_are_told_and_printed_with_their_reasons(
    project: str, make_user: Make, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert cli.main(["reviews", project, "--as", "maria"]) == 0
    told = capsysbinary.readouterr().out.decode()
    assert "2 annotations wait for a review" in told
    assert "by Ben: open at Rita since " in told
    assert cli.main(["reviews", project, "--as", "maria", "--csv"]) == 0
    assert capsysbinary.readouterr().out.decode("utf-8-sig").startswith("at,review,")


def test_others_than_managers_are_refused_in_a_sentence(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["reviews", project, "--as", "ada"]) == 1
    assert cli.main(["consensus", project, "--as", "ada", "--method", "mace"]) == 1
    assert capsys.readouterr().err.count("does not allow") == 2
