"""Exports in the formats of other tools: what is in them, the losses that are told, and who may ask."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.errors import Forbidden, Invalid
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.services.exports import exports

HUMAN = {"kind": "human"}
DOCUMENT = {
    "schema": "labelbuddy/annotation@1",
    "regions": [
        {"id": "r1", "start": 1.2345, "end": 2.5, "label": "speech", "low": 100.0, "high": 400.0, "origin": HUMAN},
        {"id": "r2", "start": 2.0, "end": 3.0, "label": "dog", "text": "Wuff.", "origin": HUMAN},
    ],
    "points": [{"id": "p1", "time": 4.0, "kind": "beat", "position": 1, "origin": HUMAN}],
    "tags": [{"label": "music", "origin": HUMAN}],
}


@pytest.fixture
def lab(make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str]) -> Any:
    """Two people annotated one of two recordings that have the same name."""

    class Lab:
        manager, anna, ben = make_user("manager"), make_user("anna"), make_user("ben")
        project = make_project(managers=(manager,), annotators=(anna, ben), annotators_per_task=2)

        def __init__(self) -> None:
            for name in ("a/song.wav", "b/song.wav"):
                task = add_task(self.project, name=name, annotators=(self.anna, self.ben))
                for person in (self.anna, self.ben):
                    request = Replacement(client=uuid4(), sequence=1, base_revision=0, document=DOCUMENT)
                    annotations.replace(person, task, request)

        def export(self, form: str, audio: str = "none") -> bytes:
            return b"".join(exports.open_export(self.manager, self.project, format_name=form, audio=audio).blocks)

    return Lab()


def test_each_person_and_recording_has_a_file_of_their_own(lab: Any) -> None:
    archive = zipfile.ZipFile(io.BytesIO(lab.export("audacity")))
    assert len(archive.namelist()) == len({name.lower() for name in archive.namelist()}) == 4
    assert {"song.anna.txt", "song.ben.txt"} < set(archive.namelist())
    assert archive.read("song.anna.txt").decode() == (
        "1.234500\t2.500000\tSpeech\n\\\t100.000000\t400.000000\n2.000000\t3.000000\tDog\n4.000000\t4.000000\tbeat\n"
    )


def test_an_export_of_one_file_has_the_rows_of_all(lab: Any) -> None:
    rows = lab.export("rttm").decode().splitlines()
    assert len(rows) == 8
    assert rows[0] == "SPEAKER a/song.wav 1 1.234500 1.265500 <NA> <NA> Speech <NA> <NA>"


def test_the_same_labels_are_the_same_bytes(lab: Any) -> None:
    for form in ("jams", "elan", "textgrid", "raven"):
        assert lab.export(form) == lab.export(form)


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_format_can_be_written(lab: Any, form: str) -> None:
    written = lab.export(form, "paths")
    if FORMATS[form].suffix == "zip":
        archive = zipfile.ZipFile(io.BytesIO(written))
        assert archive.testzip() is None
        assert archive.namelist()
    else:
        assert written


def test_no_two_formats_have_files_of_the_same_name(lab: Any) -> None:
    for audio in ("none", "included"):
        opened = {
            form: exports.open_export(lab.manager, lab.project, format_name=form, audio=audio)
            for form in exports.FORMATS
        }
        names = {form: one.file_name for form, one in opened.items()}
        assert len(set(names.values())) == len(names), audio
    assert names["csv"] == f"labelbuddy-project-{lab.project}-all-csv.zip"
    csv, textgrid = (
        exports.open_export(lab.manager, lab.project, format_name=form).file_name for form in ("csv", "textgrid")
    )
    assert csv == f"labelbuddy-project-{lab.project}-all.csv"
    assert textgrid == f"labelbuddy-project-{lab.project}-all-textgrid.zip"


def test_losses_are_counted_for_the_data_at_hand(lab: Any) -> None:
    found = exports.export_losses(lab.manager, lab.project, format_name="elan")
    told = {one["what"]: one["count"] for one in found["lost"]}
    assert told["time(s) rounded to 1 ms"] == 4
    assert told["pair(s) of frequency bounds dropped"] == 4
    assert told["tag(s) dropped"] == 4
    assert exports.export_losses(lab.manager, lab.project, format_name="json")["counted"] is False


def test_losses_are_for_those_who_may_export(lab: Any) -> None:
    with pytest.raises(Forbidden):
        exports.export_losses(lab.anna, lab.project, format_name="elan")
    with pytest.raises(Invalid, match="format must be one of"):
        exports.export_losses(lab.manager, lab.project, format_name="docx")
