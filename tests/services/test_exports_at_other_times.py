"""The same data is the same file, whenever it is exported."""

from __future__ import annotations

import datetime as moments
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Recording
from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.labels import label_changes
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.recordings import recordings
from labelbuddy_core.services.tasks import cutting
from labelbuddy_core.settings import get_settings

LATER = timedelta(days=400, hours=5)
DOCUMENT = {
    "schema": "labelbuddy/annotation@1",
    "regions": [{"id": "r1", "start": 1.0, "end": 2.5, "label": "dog", "text": "Wuff", "origin": {"kind": "human"}}],
    "tags": [{"label": "music", "origin": {"kind": "human"}}],
}


class LaterClock(moments.datetime):
    """A clock that goes wrong by more than a year."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return moments.datetime.now(tz) + LATER


@pytest.fixture
def at_another_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Sets every clock that a writer of files could ask."""

    def set_clocks() -> None:
        now, local = time.time, time.localtime
        for module in list(sys.modules.values()):
            if vars(module).get("datetime") is moments.datetime:
                monkeypatch.setattr(module, "datetime", LaterClock)
        monkeypatch.setattr(time, "time", lambda: now() + LATER.total_seconds())
        monkeypatch.setattr(time, "localtime", lambda at=None: local(time.time() if at is None else at))

    return set_clocks


@pytest.fixture
def lab(make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str], tmp_path: Any):
    """A manager, and a project with an annotation of a recording whose original is kept."""
    manager, anna = make_user("manager"), make_user("anna")
    project = make_project(managers=(manager,), annotators=(anna,))
    task = add_task(project, name="song.wav", annotators=(anna,))
    annotations.replace(anna, task, Replacement(client=uuid4(), sequence=1, base_revision=0, document=DOCUMENT))
    with get_database().read() as session:
        key = original_key(session.query(Recording).one().sha256)
    (tmp_path / "song").write_bytes(b"RIFF-not-really")
    open_store(get_settings()).put_file(key, tmp_path / "song")
    return manager, project


def test_two_exports_at_different_times_are_the_same_bytes(
    lab: tuple[Actor, str], at_another_time: Callable[[], None]
) -> None:
    def all_exports() -> dict[tuple[str, str], bytes]:
        wanted = [(form, audio) for form in FORMATS for audio in exports.AUDIO]
        return {
            (form, audio): b"".join(exports.open_export(*lab, format_name=form, audio=audio).blocks)
            for form, audio in wanted
        }

    first = all_exports()

    at_another_time()

    second = all_exports()
    assert [one for one, data in first.items() if second[one] != data] == []


def test_an_export_says_when_its_data_changed(lab: tuple[Actor, str]) -> None:
    written = b"".join(exports.open_export(*lab, format_name="json").blocks)

    changed = annotations.list_for_task(lab[0], "1").split(b'"updated_at":"', 1)[1].split(b'"', 1)[0]

    assert b'"changed_at":"' + changed + b'"' in written


CHANGES: dict[str, Callable[[Actor, str], object]] = {
    "name": lambda manager, project: projects.update_project(manager, project, {"name": "Songs of others"}),
    "instructions": lambda manager, project: projects.update_project(manager, project, {"instructions": "Listen."}),
    "labels": lambda manager, project: label_changes.apply(
        manager, project, {"kind": "rename", "label": "dog", "name": "Hound"}
    ),
    "tasks": lambda manager, project: cutting.cut_recordings(manager, project, cutting.Cut(spans=[(0.0, 1.0)])),
    "attributes": lambda manager, _: recordings.change_recording(manager, "1", attributes={"artist": "The Dogs"}),
    "recording": lambda manager, _: recordings.delete_recording(manager, "1"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_an_export_changes_when_its_data_changed(lab: tuple[Actor, str], what: str) -> None:
    manager, project = lab

    def written() -> tuple[str, bytes]:
        data = b"".join(exports.open_export(manager, project, format_name="json").blocks)
        return orjson.loads(data)["changed_at"], data

    before = written()
    assert written() == before
    CHANGES[what](manager, project)
    after = written()
    assert after[1] != before[1]
    assert after[0] > before[0]
    assert written() == after
