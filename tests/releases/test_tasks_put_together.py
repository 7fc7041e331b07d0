"""Releases of recordings that were cut into overlapping tasks: counted twice and told, or put together."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from studio import Studio

from labelbuddy_core.services.releases import release_previews

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
        "Put the tasks of each recording together, and it counts once."
    ]
    made = cut.make(which="approved", **WHOLE)
    assert len(rows(cut, made)) == 3
    with cut.archive(made["id"]) as archive:
        assert "3 tasks overlap others of the same recording" in archive.read("README.md").decode()


@pytest.mark.parametrize("which", ["approved", "consensus"])
def test_put_together_it_counts_once_in_every_file_and_nobody_is_named(cut: Studio, which: str) -> None:
    made = cut.make(which=which, merge=True, **WHOLE)
    assert [(start, end) for start, end, _ in rows(cut, made)] == [(0.9, 1.8), (3.25, 3.75)]
    assert (made["figures"]["splits"]["all"]["tasks"], made["figures"]["overlapping"]) == (1, 0)
    assert made["figures"]["splits"]["all"]["events"] == 2
    with cut.archive(made["id"]) as archive:
        for name in archive.namelist():
            assert cut.annotator.username not in archive.read(name).decode("utf-8", "replace"), name


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
