"""What agreement and consensus ask of the database, asked of a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Activity, AnnotationItem
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.agreement import merged_consensus
from labelbuddy_core.services.agreement.agreement import agreement, answers_now
from labelbuddy_core.services.agreement.agreement_choices import Choices
from labelbuddy_core.services.agreement.agreement_over_time import agreement_over_time
from labelbuddy_core.services.agreement.consensus import get_consensus
from labelbuddy_core.services.agreement.disagreement_maps import disagreement_map
from labelbuddy_core.services.agreement.handed_in_answers import Period

Make = Callable[..., Any]


@pytest.fixture
def data_folder(postgresql_folder: Path) -> Path:
    """An empty installation whose database is on a PostgreSQL server."""
    return postgresql_folder


def test_a_project_is_merged_and_its_agreement_measured(
    make_user: Make, make_project: Make, add_task: Make, add_annotation: Make
) -> None:
    assert not get_database().is_sqlite
    manager, people = make_user(), (make_user("ada"), make_user("ben"))
    project = make_project(managers=(manager,), annotators=people, annotators_per_task=2)
    may = datetime(2026, 5, 3, tzinfo=UTC)
    for shift in (0.0, 0.1, 4.0):
        task = add_task(project, duration=10.0, annotators=people)
        for person, start in zip(people, (1.0, 1.0 + shift), strict=True):
            annotation = int(add_annotation(task, person, state="submitted", submitted_at=may))
            region = {"id": "r", "start": start, "end": start + 2.0, "label": "dog", "origin": {"kind": "human"}}
            with get_database().write() as session:
                session.add(AnnotationItem(annotation_id=annotation, collection="regions", key="r", label="dog",
                                           start=start, stop=start + 2.0, value=region))  # fmt: skip
                session.add(Activity(task_id=int(task), user_id=person.id, client="tab", kind="active", seconds=30.0))
    context = JobContext("job", {"project": int(project), "method": "dawid_skene"}, lambda _, do, *args: do(*args),
                         lambda *_: None, lambda: False)  # fmt: skip
    assert merged_consensus.run(context)["tasks"] == 3
    summary = merged_consensus.consensus_summary(manager, project)
    assert (summary["merged"], summary["stale"]) == (3, 0)
    assert get_consensus(manager, task)["kind"] == "merged"
    assert answers_now(manager, project)["comparable"] == 3
    report = agreement(manager, project, Choices(replicates=50, gamma=3))
    assert (report["tasks"], report["truth"]["merged"]) == (3, 3)
    assert [one["speed"]["seconds_per_task"] for one in report["annotators"]] == [30.0, 30.0]
    assert report["worst"][0]["task"] == task
    assert agreement(manager, project, Choices(replicates=0, period=Period(until=may)))["tasks"] == 0
    assert [one["tasks"] for one in agreement_over_time(manager, project, Choices(replicates=50))["months"]] == [3]
    assert [one["unmarked"] for one in disagreement_map(manager, task)["stretches"]] == [["ben"], ["ada"]]
