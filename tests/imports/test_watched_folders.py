"""A watched folder: what is written there completely becomes a recording, once."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.services.recordings import import_reports, imports, watched_folders
from labelbuddy_core.settings import get_settings
from tests.imports.conftest import Place, RunImport, files
from tests.imports.test_importing import Tone, names


@pytest.fixture
def watched(place: Place, lab: Path, run_import: RunImport, monkeypatch: pytest.MonkeyPatch) -> dict:
    """An empty folder that is watched, looked into once."""
    monkeypatch.setenv("LABELBUDDY_WATCH_SECONDS", "0.2")
    get_settings.cache_clear()
    begun = imports.begin_import(*place, str(lab), watch=True)
    run_import(begun)
    return begun


def look(place: Place, watched: dict, run_import: RunImport) -> int:
    """Look into the folder after what is there has come to rest, and import what was found."""
    time.sleep(0.25)
    found = watched_folders.look()
    if found:
        run_import(import_reports.get_import(place[0], watched["id"]))
    return found


def test_new_files_come_in_once(place: Place, lab: Path, watched: dict, run_import: RunImport, tone: Tone) -> None:
    (lab / "a.wav").write_bytes(tone(1))
    assert look(place, watched, run_import) == 1
    assert look(place, watched, run_import) == 0
    (lab / "b.wav").write_bytes(tone(2))
    assert look(place, watched, run_import) == 1
    assert names(place) == ["a.wav", "b.wav"]


def test_a_file_that_is_still_being_written_waits(
    place: Place, lab: Path, watched: dict, run_import: RunImport, tone: Tone
) -> None:
    (lab / "a.wav").write_bytes(tone(1)[:400])
    assert watched_folders.look() == 0
    (lab / "a.wav").write_bytes(tone(1))
    assert look(place, watched, run_import) == 1
    assert names(place) == ["a.wav"]


def test_a_file_that_is_replaced_comes_in_again(
    place: Place, lab: Path, watched: dict, run_import: RunImport, tone: Tone
) -> None:
    (lab / "a.wav").write_bytes(tone(1))
    look(place, watched, run_import)
    (lab / "a.wav").write_bytes(tone(2))
    assert look(place, watched, run_import) == 1
    assert names(place) == ["a.wav", "a.wav"]


def test_other_files_are_told_once_and_start_no_job(
    place: Place, lab: Path, watched: dict, run_import: RunImport
) -> None:
    (lab / "notes.txt").write_text("hello")
    time.sleep(0.25)
    assert watched_folders.look() == 1
    assert watched_folders.look() == 0
    assert import_reports.get_import(place[0], watched["id"])["job"]["id"] == watched["job"]["id"]
    assert files(place, watched)["notes.txt"]["state"] == "ignored"


def test_a_folder_that_is_gone_is_told_and_may_come_back(
    place: Place, lab: Path, watched: dict, run_import: RunImport, tone: Tone
) -> None:
    shutil.rmtree(lab)
    assert watched_folders.look() == 0
    assert "There is no" in import_reports.get_import(place[0], watched["id"])["problem"]
    lab.mkdir()
    (lab / "a.wav").write_bytes(tone(1))
    assert look(place, watched, run_import) == 1
    assert import_reports.get_import(place[0], watched["id"])["problem"] is None


def test_watching_ends_when_the_import_is_removed(place: Place, lab: Path, watched: dict, tone: Tone) -> None:
    imports.remove_import(place[0], watched["id"])
    (lab / "a.wav").write_bytes(tone(1))
    time.sleep(0.25)
    assert watched_folders.look() == 0


def test_a_folder_is_watched_once_and_only_folders_are(place: Place, lab: Path, watched: dict) -> None:
    with pytest.raises(InvalidState, match="watched for this project already"):
        imports.begin_import(*place, str(lab), watch=True)
    (lab / "list.csv").write_text("file\n")
    with pytest.raises(Invalid, match="Only a folder"):
        imports.begin_import(*place, str(lab / "list.csv"), watch=True)
