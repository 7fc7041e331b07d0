"""Comparisons of releases: small ones at once, large ones by a job whose result is kept."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from postgresql_server import on_both_databases
from sqlalchemy.orm import Session
from studio import Studio

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import ReleaseComparison, ReleaseComparisonPart
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.releases import release_changes, release_comparisons, release_differences, releases

WHOLE: dict[str, Any] = {"validation": 0.0, "test": 0.0}


@pytest.fixture
def pair(studio: Studio) -> tuple[str, str]:
    """Two releases: in the second one region of task 1 is relabeled and one moved, and task 2 has a third."""
    first = studio.make(**WHOLE)["id"]
    studio.annotate("1", ("r1", 0.25, 1.0, "dog"), ("r2", 1.2, 1.5, "music"))
    studio.annotate("2", ("r1", 2.25, 3.0, "speech"), ("r2", 3.25, 3.5, "music"), ("r3", 3.6, 3.8, "music"))
    return first, studio.make("2.0", **WHOLE)["id"]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every release is too large to be compared at once, and a part holds one change."""
    monkeypatch.setattr(release_comparisons, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(release_comparisons, "_PART", 1)


def rows_of(blocks: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(blocks).decode("utf-8-sig"))))


def test_large_releases_are_compared_by_a_job_and_say_the_same_as_at_once(
    studio: Studio, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = pair
    at_once = release_differences.differences(studio.manager, second, first)
    assert at_once["counts"] == {"added": 1, "moved": 1, "relabeled": 1}
    monkeypatch.setattr(release_comparisons, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(release_comparisons, "_PART", 1)
    with pytest.raises(InvalidState, match="Have a job compare them first"):
        release_differences.differences(studio.manager, second, first)
    begun = release_comparisons.begin(studio.manager, second, first)
    assert begun is not None
    told: list[str] = []
    studio.work(begun["id"], tell=lambda _, message: told.append(message), run=release_comparisons.run)
    assert told == ["Comparing (0 of 16 tasks)"]
    assert jobs.get_job(studio.manager, begun["id"])["result"] == {"changes": 3}
    assert release_differences.differences(studio.manager, second, first) == at_once
    (moved,) = release_differences.differences(studio.manager, second, first, kind="moved")["items"]
    assert (moved["task"], moved["start"], moved["stop"]) == ("1", 1.2, 1.5)
    paged = [
        release_differences.differences(studio.manager, second, first, limit=1, offset=place)["items"][0]["kind"]
        for place in range(3)
    ]
    assert paged == ["added", "moved", "relabeled"]


@pytest.mark.usefixtures("large")
def test_two_releases_are_compared_once(studio: Studio, pair: tuple[str, str]) -> None:
    begun = release_comparisons.begin(studio.manager, pair[1], pair[0])
    assert begun is not None
    assert (release_comparisons.begin(studio.manager, pair[1], pair[0]) or {})["id"] == begun["id"]
    assert release_comparisons.standing(studio.manager, pair[1], pair[0])["ready"] is False
    studio.work(begun["id"], run=release_comparisons.run)
    assert release_comparisons.standing(studio.manager, pair[1], pair[0])["ready"] is True
    assert release_comparisons.begin(studio.manager, pair[1], pair[0]) is None


@on_both_databases
@pytest.mark.usefixtures("large")
def test_two_who_begin_a_comparison_at_once_get_the_same_job(
    empty_studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    (task,) = empty_studio.record("song.wav", 1)
    empty_studio.annotate(task, ("r1", 0.25, 1.0, "dog"))
    first, second = (empty_studio.make(version, **WHOLE)["id"] for version in ("1.0", "2.0"))
    made, both = release_comparisons._new, Barrier(2)

    def together(session: Session, before: int, after: int) -> ReleaseComparison:
        with suppress(BrokenBarrierError):
            both.wait(0.5)
        return made(session, before, after)

    monkeypatch.setattr(release_comparisons, "_new", together)
    with ThreadPoolExecutor(2) as pool:
        begun = list(pool.map(lambda _: release_comparisons.begin(empty_studio.manager, second, first), range(2)))
    assert None not in begun
    assert len({one["id"] for one in begun if one is not None}) == 1


@pytest.mark.usefixtures("large")
def test_a_cancelled_comparison_can_be_begun_again(studio: Studio, pair: tuple[str, str]) -> None:
    begun = release_comparisons.begin(studio.manager, pair[1], pair[0])
    assert begun is not None
    jobs.cancel_job(studio.manager, begun["id"])
    again = release_comparisons.begin(studio.manager, pair[1], pair[0])
    assert again is not None
    assert again["id"] != begun["id"]


def test_only_so_many_changes_are_listed_and_all_are_counted(
    studio: Studio, pair: tuple[str, str], large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_comparisons, "MAX_CHANGES", 2)
    release_comparisons.compare_now(studio.manager, pair[1], pair[0], lambda _done, _total: None)
    found = release_differences.differences(studio.manager, pair[1], pair[0])
    assert (found["total"], found["listed"], len(found["items"])) == (3, 2, 2)


def test_changes_are_downloaded_as_a_table_of_one_kind_or_all(studio: Studio, pair: tuple[str, str]) -> None:
    opened = release_differences.open_differences(studio.manager, pair[1], pair[0])
    rows = rows_of(opened.blocks)
    assert opened.file_name == "labelbuddy-release-1-to-2.csv"
    assert [(row["change"], row["recording"], row["task"]) for row in rows] == [
        ("added", "song 0.wav", "2"),
        ("moved", "song 0.wav", "1"),
        ("relabeled", "song 0.wav", "1"),
    ]
    assert (rows[2]["before"], rows[2]["after"]) == ("Speech 0.25–1 s", "Dog 0.25–1 s")
    opened = release_differences.open_differences(studio.manager, pair[1], pair[0], kind="moved")
    assert [row["change"] for row in rows_of(opened.blocks)] == ["moved"]
    with pytest.raises(Invalid, match="kind must be one of"):
        release_differences.open_differences(studio.manager, pair[1], pair[0], kind="lost")


@pytest.mark.usefixtures("large")
def test_what_was_compared_goes_with_the_files_of_a_release(studio: Studio, pair: tuple[str, str]) -> None:
    release_comparisons.compare_now(studio.manager, pair[1], pair[0], lambda _done, _total: None)
    releases.withdraw(studio.manager, pair[0], "A typo")
    releases.remove(studio.manager, pair[0], "1.0")
    with get_database().read() as session:
        assert session.query(ReleaseComparison).count() == session.query(ReleaseComparisonPart).count() == 0


def test_the_newest_releases_of_a_project_are_offered_to_those_who_make_them(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [studio.make(f"{number}.0", formats=["csv"])["id"] for number in range(1, 13)]
    studio.begin("99.0")
    offered = release_comparisons.list_comparable(studio.manager, studio.project)
    assert [one["id"] for one in offered] == made[::-1]
    monkeypatch.setattr(release_comparisons, "MAX_OFFERED", 2)
    offered = release_comparisons.list_comparable(studio.manager, studio.project)
    assert [one["id"] for one in offered] == made[:-3:-1]
    with pytest.raises(NotFound):
        release_comparisons.standing(studio.annotator, made[1], made[0])


def test_the_progress_of_a_comparison_is_told_now_and_then(studio: Studio, pair: tuple[str, str],
                                                           monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(release_changes, "_TOLD_EVERY", 8)
    hashes = []
    with get_database().read() as session:
        for one in pair:
            row = session.get(releases.Release, int(one))
            assert row is not None
            hashes.append(row.manifest_sha256)
    told: list[tuple[int, int]] = []
    with release_changes.Changes(hashes[0], hashes[1], lambda done, total: told.append((done, total))) as changes:
        assert len(list(changes)) == 3
    assert told == [(0, 16), (8, 16)]
