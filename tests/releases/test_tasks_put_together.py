"""Releases of recordings that were cut into overlapping tasks: counted twice and told, or put together."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from studio import Studio

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, AnnotationItem, Task
from labelbuddy_core.domain.merged_marks import REGIONS
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.releases import release_previews
from labelbuddy_core.services.releases.release_together import SOFT
from labelbuddy_core.services.tasks import hand_overs, task_assignment

WHOLE: dict[str, Any] = {"validation": 0.0, "test": 0.0, "formats": ["csv", "jsonl"]}


@pytest.fixture
def cut(empty_studio: Studio) -> Studio:
    """Four seconds in three tasks (0 to 2, 1 to 3, 2 to 4 s); a dog barks from 0.9 to 1.8 s, in the first two."""
    first, second, third = empty_studio.record("street.wav", 3, overlap=1.0)
    empty_studio.annotate(first, ("a", 0.9, 1.8, "dog"))
    empty_studio.annotate(second, ("b", 1.0, 1.8, "dog"))
    empty_studio.annotate(third, ("c", 3.25, 3.75, "dog"))
    return empty_studio


def rows(studio: Studio, release: dict[str, Any]) -> list[tuple[float, float, str]]:
    with studio.archive(release["id"]) as archive:
        text = archive.read("labels/csv/all.csv").decode("utf-8-sig")
    return [(float(row["start"]), float(row["end"]), row["annotator"]) for row in csv.DictReader(io.StringIO(text))]


def test_what_overlapping_tasks_both_have_is_there_twice_and_preview_and_card_say_so(cut: Studio) -> None:
    told = release_previews.preview(cut.manager, cut.project, {**WHOLE, "which": "approved"})["warnings"]
    assert told == [
        "3 tasks overlap others of the same recording: what is marked in both is counted twice. "
        "Put together, the ground truth and what the same person marked in both count once."
    ]
    made = cut.make(which="approved", **WHOLE)
    assert len(rows(cut, made)) == 3
    with cut.archive(made["id"]) as archive:
        assert "3 tasks overlap others of the same recording" in archive.read("README.md").decode()


def test_what_is_joined_is_told_before_and_in_the_card(cut: Studio) -> None:
    choices = {**WHOLE, "which": "approved", "merge": True}
    expected = {REGIONS: 1}
    assert release_previews.preview(cut.manager, cut.project, choices)["figures"]["joined"] == expected
    made = cut.make(**choices)
    assert made["figures"]["joined"] == expected
    with cut.archive(made["id"]) as archive:
        assert f"Putting tasks together: 1 {REGIONS}." in archive.read("README.md").decode()


def test_what_is_not_chosen_neither_parts_nor_is_counted(empty_studio: Studio) -> None:
    first, second = empty_studio.record("street.wav", 2)
    empty_studio.annotate(first, ("a", 1.0, 2.0, "dog"))
    empty_studio.annotate(second, ("b", 2.0, 3.0, "dog"))
    with get_database().write() as session:
        item = session.query(AnnotationItem).filter_by(key="b").one()
        item.value = {**item.value, "text": "Wuff"}
    choices = {**WHOLE, "which": "approved", "merge": True}
    apart = empty_studio.make("1.0", **choices)
    assert [(start, end) for start, end, _ in rows(empty_studio, apart)] == [(1.0, 2.0), (2.0, 3.0)]
    whole = empty_studio.make("1.1", fields=["regions"], **choices)
    assert [(start, end) for start, end, _ in rows(empty_studio, whole)] == [(1.0, 3.0)]
    tags = empty_studio.make("1.2", fields=["tags"], **choices)
    assert tags["figures"]["joined"] == {}


def test_dropped_shares_of_merged_ground_truth_are_counted(cut: Studio) -> None:
    cut.merge("1", (1, 2))
    figures = release_previews.preview(cut.manager, cut.project, {**WHOLE, "merge": True})["figures"]
    assert figures["joined"][SOFT] == 1


@pytest.mark.parametrize("which", ["approved", "consensus"])
def test_put_together_it_counts_once_in_every_file_and_nobody_is_named(cut: Studio, which: str) -> None:
    made = cut.make(which=which, merge=True, **WHOLE)
    assert [(start, end) for start, end, _ in rows(cut, made)] == [(0.9, 1.8), (3.25, 3.75)]
    assert (made["figures"]["splits"]["all"]["tasks"], made["figures"]["overlapping"]) == (1, 0)
    assert made["figures"]["splits"]["all"]["events"] == 2
    with cut.archive(made["id"]) as archive:
        for name in archive.namelist():
            assert cut.annotator.username not in archive.read(name).decode("utf-8", "replace"), name


def test_tasks_of_different_people_stay_apart_and_the_overlap_is_told(cut: Studio, make_user: Any) -> None:
    other = make_user("ben")
    memberships.set_member(cut.manager, cut.project, "ben", ["annotator"])
    (task,) = cut.record("yard.wav")
    with get_database().write() as session:
        row = session.get_one(Task, int(task))
        row.stop = 3.0
        second = Task(project_id=row.project_id, recording_id=row.recording_id, start=1.0, stop=4.0)
        session.add(second)
        session.flush()
        number = str(second.id)
    cut.annotate(task, ("a", 1.5, 2.5, "dog"))
    Studio(cut.manager, other, cut.project, cut.folder).annotate(number, ("b", 1.5, 2.5, "dog"))
    apart = cut.make("1.0", which="approved", merge=True, **WHOLE)
    assert (apart["figures"]["overlapping"], apart["figures"]["splits"]["all"]["events"]) == (2, 4)
    truth = cut.make("1.1", merge=True, **WHOLE)
    assert (truth["figures"]["overlapping"], truth["figures"]["splits"]["all"]["events"]) == (0, 3)
    assert truth["figures"]["kinds"] == {"approved": 2}


def test_from_whom_work_was_handed_over_is_told_only_with_the_names_of_annotators(cut: Studio, make_user: Any) -> None:
    other = make_user("ben")
    memberships.set_member(cut.manager, cut.project, "ben", ["annotator"])
    (task,) = cut.record("yard.wav")
    task_assignment.assign_many(cut.manager, cut.project, [task], [cut.annotator.username], add=True)
    cut.annotate(task, ("a", 1.5, 2.5, "dog"), state="draft")
    hand_overs.hand_over(cut.manager, cut.project, giver=cut.annotator.username, taker=other.username)
    with get_database().write() as session:
        session.query(Annotation).filter_by(task_id=int(task)).one().state = "approved"
    for fields, named in ((None, False), (["regions", "annotators"], True)):
        chosen = {} if fields is None else {"fields": fields}
        made = cut.make(f"1.{int(named)}", which="approved", **WHOLE, **chosen)
        with cut.archive(made["id"]) as archive:
            line = next(one for one in archive.read("labels/jsonl/all.jsonl").splitlines() if b"yard" in one)
        assert (other.username.encode() in line, cut.annotator.username.encode() in line) == (named, named)


def test_a_task_that_is_left_out_parts_what_lies_around_it(empty_studio: Studio) -> None:
    ids = empty_studio.record("street.wav", 4)
    for number in (0, 1, 3):
        empty_studio.annotate(ids[number], ("r", number + 0.25, number + 0.75, "dog"))
    made = empty_studio.make(merge=True, **WHOLE)
    with empty_studio.archive(made["id"]) as archive:
        listed = list(csv.DictReader(io.StringIO(archive.read("splits.csv").decode("utf-8-sig"))))
    assert [(float(one["start"]), float(one["stop"])) for one in listed] == [(0.0, 2.0), (3.0, 4.0)]
    assert made["figures"]["left_out"] == {"nothing approved or merged": 1}


def test_clips_of_tasks_put_together_are_one_clip_on_whose_time_line_the_labels_are(cut: Studio) -> None:
    made = cut.make(which="approved", merge=True, audio="clips", **WHOLE)
    assert [(start, end) for start, end, _ in rows(cut, made)] == [(0.9, 1.8), (3.25, 3.75)]
    with cut.archive(made["id"]) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".flac")]) == 1


def test_recordings_in_one_task_are_the_same_put_together_or_not(studio: Studio) -> None:
    empty = studio.record("single.wav")
    studio.annotate(empty[0], ("r", 0.5, 1.0, "dog"))
    together, apart = studio.make("1.0", merge=True, **WHOLE), studio.make("1.1", **WHOLE)
    assert rows(studio, together)[-1] == rows(studio, apart)[-1]
    assert together["figures"]["splits"]["all"]["events"] == apart["figures"]["splits"]["all"]["events"]


def test_many_recordings_are_put_together_a_few_at_a_time(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = rows(studio, studio.make("1.0", merge=True, **WHOLE))
    monkeypatch.setattr("labelbuddy_core.services.exports.task_batches._ITEMS_AT_ONCE", 5)
    assert rows(studio, studio.make("1.1", merge=True, **WHOLE)) == at_once
    assert len(at_once) == 8 * 2 * 2
