"""`labelbuddy storage verify` and `gc`: nothing missing goes unnoticed, nothing needed is deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core import cli
from labelbuddy_core.audio.storage import BlobStore, derived_key, open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Recording
from labelbuddy_core.errors import InvalidState
from labelbuddy_core.services.installation import installation, storage_checks
from labelbuddy_core.services.recordings import analyses, ingestion, recordings, uploads
from labelbuddy_core.settings import get_settings


@pytest.fixture
def store(place: dict[str, Any]) -> BlobStore:
    return open_store(get_settings())


def add_stray(store: BlobStore, tmp_path: Path, key: str) -> None:
    source = tmp_path / "stray"
    source.write_bytes(b"stray")
    store.put_file(key, source)


def test_a_whole_storage_has_no_problem(place: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["storage", "verify", "--deep"]) == 0
    assert "Everything" in capsys.readouterr().out


def test_a_missing_derived_file_is_named_and_made_again(
    place: dict[str, Any], store: BlobStore, capsys: pytest.CaptureFixture[str]
) -> None:
    (peaks,) = [key for key, _ in store.keys("derived") if key.endswith("peaks.lbpk")]
    store.delete(peaks)
    assert cli.main(["storage", "verify", "--repair"]) == 1
    told = capsys.readouterr().out
    assert "song.mp3" in told
    assert peaks in told
    (row,) = recordings.list_recordings(place["manager"], place["project"])["items"]
    assert row["state"] == "queued"


def test_a_recording_without_its_analysis_is_analyzed_again(place: dict[str, Any], store: BlobStore) -> None:
    recording = int(place["recording"]["id"])
    with get_database().write() as session:
        session.get_one(Recording, recording).statistics = None
    assert analyses.analyze_recording(recording, lambda _: None)
    with get_database().write() as session:
        row = session.get_one(Recording, recording)
        right, row.statistics = row.statistics, {"loudness": -1.0}
    store.delete(derived_key(place["recording"]["sha256"], "analysis-1", "analysis.json"))
    assert storage_checks.repair(storage_checks.verify(get_settings(), print)) == 1
    assert analyses.analyze_recording(recording, lambda _: None)
    with get_database().read() as session:
        assert session.get_one(Recording, recording).statistics == right


def test_a_missing_original_cannot_be_repaired(place: dict[str, Any], store: BlobStore) -> None:
    store.delete(original_key(place["recording"]["sha256"]))
    problems = storage_checks.verify(get_settings(), print)
    assert [problem.derived for problem in problems] == [False]
    assert "restore a backup" in str(problems[0])
    assert storage_checks.repair(problems) == 0


def test_changed_bytes_of_the_same_length_are_found_by_the_deep_look(
    place: dict[str, Any], store: BlobStore, tmp_path: Path
) -> None:
    key = original_key(place["recording"]["sha256"])
    changed = tmp_path / "changed"
    changed.write_bytes(place["original"][:-1] + bytes([place["original"][-1] ^ 1]))
    store.delete(key)
    store.put_file(key, changed)
    assert storage_checks.verify(get_settings(), print) == []
    (problem,) = storage_checks.verify(get_settings(), lambda _: None, deep=True)
    assert "changed" in str(problem)


def test_an_empty_file_that_somebody_uploaded_is_no_damage_of_the_storage(place: dict[str, Any]) -> None:
    with uploads.begin_upload(place["manager"], place["project"], "e", name="empty.wav", size=0) as incoming:
        pass
    recording = uploads.finish_upload(place["manager"], place["project"], "e", incoming)["recording"]
    assert ingestion.ingest_recording(int(recording["id"]), lambda _: None) == "failed"
    assert storage_checks.verify(get_settings(), print, deep=True) == []


def test_unreferenced_blobs_are_listed_and_only_deleted_when_told(
    place: dict[str, Any], store: BlobStore, tmp_path: Path
) -> None:
    stray = derived_key("f" * 64, "1", "peaks.lbpk")
    add_stray(store, tmp_path, stray)
    before = sorted(store.keys())
    tomorrow = datetime.now(UTC) + timedelta(hours=25)
    assert storage_checks.unreferenced(get_settings(), tomorrow) == [(stray, 5)]
    assert sorted(store.keys()) == before
    assert storage_checks.collect(get_settings(), [stray]) == 1
    assert sorted(store.keys()) == [one for one in before if one[0] != stray]


def test_what_was_just_stored_is_never_collected(place: dict[str, Any], store: BlobStore, tmp_path: Path) -> None:
    add_stray(store, tmp_path, original_key("e" * 64))
    assert storage_checks.unreferenced(get_settings()) == []


def test_files_that_are_not_ours_are_left_alone(place: dict[str, Any], store: BlobStore, tmp_path: Path) -> None:
    add_stray(store, tmp_path, "somebody/elses.txt")
    assert storage_checks.unreferenced(get_settings(), datetime.now(UTC) + timedelta(hours=25)) == []


def test_a_blob_that_became_needed_meanwhile_stays(place: dict[str, Any], store: BlobStore) -> None:
    key = original_key(place["recording"]["sha256"])
    assert storage_checks.collect(get_settings(), [key]) == 0
    assert store.exists(key)


def test_nothing_is_deleted_while_labelbuddy_runs(place: dict[str, Any]) -> None:
    running = installation.use(get_settings())
    with pytest.raises(InvalidState, match="running"):
        storage_checks.collect(get_settings(), [derived_key("f" * 64, "1", "x")])
    running.close()
