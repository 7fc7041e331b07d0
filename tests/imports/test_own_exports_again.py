"""What one project exports, another with the same recordings takes, and gives away again."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pyarrow.parquet as pq
import pytest
from postgresql_server import on_both_databases

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, ProjectLabel, Recording, Task
from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.imports import annotation_importing, annotation_imports
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard
from labelbuddy_core.settings import get_settings
from tests.imports.conftest import context

HUMAN = {"kind": "human"}
FOUND = {"kind": "model", "model": "yoho", "version": "3", "score": 0.75, "edited": True, "prediction": "12"}
ANNA = {
    "schema": "labelbuddy/annotation@1",
    "regions": [
        {
            "id": "r1", "start": 1.234567, "end": 2.5, "low": 100.0, "high": 400.0, "channel": 0, "label": "dog",
            "tier": "voices", "text": "Wuff, \"laut\".", "attributes": {"size": "small", "near": "yes"},
            "confidence": 0.5, "origin": FOUND,
        },
        {"id": "r2", "start": 1.0, "end": 3.0, "label": "speech", "text": "=Sitz!", "origin": HUMAN},
    ],
    "points": [
        {"id": "p1", "time": 4.0, "kind": "beat", "position": 1, "anchor": True, "origin": HUMAN},
        {"id": "p2", "time": 5.0, "kind": "event", "label": "dog", "attributes": {"near": "no"}, "origin": HUMAN},
    ],
    "tags": [{"label": "music", "score": 0.5, "origin": FOUND}],
    "caption": {"text": "A dog hears a word.", "origin": FOUND},
    "answers": [{"question": "q1", "answer": "Yes.", "evidence": [{"start": 1.0, "end": 2.0}], "global": False}],
    "tiers": [{"name": "voices", "position": 1}],
}  # fmt: skip
BEN = {
    "schema": "labelbuddy/annotation@1",
    "regions": [{"id": "r1", "start": 10.0, "end": 11.0, "label": "speech", "text": "Platz.", "origin": HUMAN}],
    "caption": {"text": "Somebody speaks.", "origin": HUMAN},
}


class Lab:
    """Two projects with the same recordings; two people annotated the first one."""

    def __init__(self, manager: Actor, people: tuple[Actor, Actor], projects: tuple[str, str]) -> None:
        self.manager, self.people, self.projects = manager, people, projects

    def export(self, project: int, form: str) -> bytes:
        opened = exports.open_export(self.manager, self.projects[project], format_name=form)
        return b"".join(opened.blocks)

    def bring(self, name: str, data: bytes, **choices: Any) -> dict[str, Any]:
        self.number = annotation_imports.begin(self.manager, self.projects[1])["id"]
        annotation_imports.add_file(self.manager, self.number, name, data)
        self.do("check", **choices)
        return self.do("apply", **choices)

    def do(self, action: str, **choices: Any) -> dict[str, Any]:
        job = annotation_imports.start(self.manager, self.number, action, choices or None)["job"]["id"]
        DatabaseJobBoard().finish(job, "succeeded", annotation_importing.run(context(job)), None)
        return annotation_imports.get(self.manager, self.number)["report"]

    def problems(self) -> list[tuple[str, str, str]]:
        found = annotation_imports.list_problems(self.manager, self.number)["items"]
        return [(one["file"], one["place"], one["reason"]) for one in found]


@pytest.fixture
def lab(
    make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str], tmp_path: Any
) -> Lab:
    manager, anna, ben = make_user("manager"), make_user("anna"), make_user("ben")
    projects = tuple(
        make_project(name=name, managers=(manager,), annotators=(anna, ben), annotators_per_task=2)
        for name in ("First", "Second")
    )
    made = [
        add_task(project, name=name, annotators=(anna, ben))
        for project in projects
        for name in ("a/song.wav", "b/song.wav")
    ]
    with get_database().write() as session:
        for label in session.query(ProjectLabel).filter_by(id="dog"):
            label.rules = {"attributes": [{"id": one, "name": one, "kind": "text"} for one in ("size", "near")]}
    for person, document in ((anna, ANNA), (ben, BEN)):
        annotations.replace(
            person, made[0], Replacement(client=uuid4(), sequence=1, base_revision=0, document=document)
        )
    with get_database().write() as session:
        for number, recording in enumerate(session.query(Recording).order_by(Recording.id)):
            recording.sha256 = f"{number % 2:064x}"
            file = tmp_path / f"{number % 2}"
            file.write_bytes(b"RIFF-not-really")
            open_store(get_settings()).put_file(original_key(recording.sha256), file)
        approved, rejected = session.query(Annotation).order_by(Annotation.id)
        approved.state, rejected.state = "approved", "rejected"
    return Lab(manager, (anna, ben), (projects[0], projects[1]))


def told(form: str, data: bytes) -> Any:
    """What an export says of labels, without what is another project's: numbers of tasks, annotations, times."""
    match form:
        case "json":
            found = [_annotation(one) for task in orjson.loads(data)["tasks"] for one in task["annotations"]]
        case "jsonl":
            found = [_annotation(orjson.loads(line)) for line in data.splitlines()]
        case "parquet":
            found = [{**row, "audio": None} for row in pq.read_table(io.BytesIO(data)).to_pylist()]
        case "audiofolder":
            lines = zipfile.ZipFile(io.BytesIO(data)).read("metadata.jsonl").splitlines()
            found = [{**orjson.loads(line), "file_name": None} for line in lines]
        case "croissant":
            table = zipfile.ZipFile(io.BytesIO(data)).read("events.csv").decode()
            found = [{**row, "audio": None} for row in csv.DictReader(io.StringIO(table))]
        case "captions":
            found = [_caption(orjson.loads(line)) for line in data.splitlines()]
        case _:
            found = [_caption(row) for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))]
    return found


def _annotation(one: dict[str, Any]) -> dict[str, Any]:
    document = orjson.loads(orjson.dumps(one["document"]).replace(b'"prediction":"12"', b'"prediction":null'))
    return {"annotator": one["annotator"], "state": one["state"], "document": document}


def _caption(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("task", "annotation")}


def of_song(start: float = 0.0, **document: Any) -> dict[str, Any]:
    """A line about what anna said of a/song.wav."""
    return {
        "annotator": "anna",
        "state": "submitted",
        "document": {"schema": "labelbuddy/annotation@1", **document},
        "task": {"start": start, "stop": 60.0},
        "recording": {"name": "a/song.wav", "sha256": f"{0:064x}", "duration": 60.0},
    }


def found_in(lab: Lab) -> list[tuple[float, list[str], list[str]]]:
    """By task of the second project: where it starts, and ids of regions and tags."""
    rows = [orjson.loads(line) for line in lab.export(1, "jsonl").splitlines()]
    return [
        (
            row["task"]["start"],
            [one["id"] for one in row["document"]["regions"]],
            [one["label_id"] for one in row["document"]["tags"]],
        )
        for row in rows
    ]


def states(lab: Lab) -> dict[str, str]:
    return {row["annotator"]: row["state"] for row in map(orjson.loads, lab.export(1, "jsonl").splitlines())}


FORMS = {
    "json": "all.json", "jsonl": "all.jsonl", "captions": "all.jsonl", "captions-csv": "all.csv",
    "audiofolder": "all.zip", "parquet": "all.parquet", "croissant": "all.zip",
}  # fmt: skip


@pytest.mark.parametrize("form", list(FORMS))
def test_an_export_comes_into_another_project_and_out_again_as_it_was(lab: Lab, form: str) -> None:
    first = lab.export(0, form)

    report = lab.bring(FORMS[form], first, state="kept")

    assert lab.problems() == []
    assert (report["annotations"], report["new_labels"]) == (2, [])
    assert told(form, lab.export(1, form)) == told(form, first)
    again = lab.bring(FORMS[form], first, state="kept")
    assert (again["new"], again["annotations"], again["present"]) == (0, 0, report["new"])
    assert told(form, lab.export(1, form)) == told(form, first)


def test_wrong_items_of_ours_are_listed_with_their_place_and_field(lab: Lab) -> None:
    region = {"id": "r1", "start": 1.0, "end": 2.0, "label": "Dog", "origin": HUMAN}
    regions = [
        region,
        {**region, "id": "r2", "end": 0.5},
        {**region, "id": "r3", "start": -1.0},
        {**region, "id": "r4", "end": 70.0},
        {**region, "id": "r5", "label": None},
        {**region, "id": "r6", "start": "1"},
        {**region, "id": "r7", "text": "a\0b"},
        {**region, "id": "r8", "colour": "red"},
        {**region, "label": "Speech"},
    ]
    line = orjson.dumps(of_song(regions=regions)).replace(b'"start":"1"', b'"start":NaN')

    report = lab.bring("all.jsonl", line)

    assert report["new"] == 1
    assert lab.problems() == [
        ("all.jsonl", f"Line 1, regions[{number}]", reason)
        for number, reason in (
            (1, "region: the end (0.5 s) lies before the start (1 s)"),
            (2, "-1 s lies outside the task, which goes from 0 s to 60 s."),
            (3, "70 s lies outside the task, which goes from 0 s to 60 s."),
            (4, "region.label: Input should be a valid string"),
            (5, "region.start: Input should be a finite number"),
            (6, "region.text: there is a NUL character in it, which no text has"),
            (
                7,
                "region.colour: is not known here; there are id, start, end, low, high, channel, label, "
                "tier, text, attributes, confidence, origin",
            ),
            (8, "regions: 'r1' appears more than once, and says something else here."),
        )
    ]


def test_items_go_to_the_task_of_the_same_stretch_and_else_to_the_one_in_which_they_lie(lab: Lab) -> None:
    with get_database().write() as session:
        task = session.query(Task).filter_by(project_id=int(lab.projects[1])).order_by(Task.id).first()
        assert task is not None
        task.stop = 40.0
        session.add(Task(project_id=task.project_id, recording_id=task.recording_id, start=30.0, stop=60.0))
    region = {"id": "r1", "start": 35.0, "end": 36.0, "label": "Dog", "origin": HUMAN}
    late = {**region, "id": "r2", "start": 50.0, "end": 51.0}
    tags = [{"label": "Music", "origin": HUMAN}]

    lab.bring("second.jsonl", orjson.dumps(of_song(start=30.0, regions=[region], tags=tags)))
    assert found_in(lab) == [(30.0, ["r1"], ["music"])]
    lab.do("undo")

    lab.bring("whole.jsonl", orjson.dumps(of_song(regions=[region, late], tags=tags)))
    assert found_in(lab) == [(0.0, ["r1"], []), (30.0, ["r2"], [])]
    assert lab.problems() == [
        (
            "whole.jsonl",
            "Line 1, tags[0]",
            "The tag is about a task as a whole, and a/song.wav is cut into other tasks.",
        )
    ]


def test_labels_of_a_clip_are_not_taken_for_those_of_its_recording(lab: Lab) -> None:
    clip = of_song(regions=[{"id": "r1", "start": 1.0, "end": 2.0, "label": "Dog", "origin": HUMAN}])
    clip["recording"] = {"name": "song_1-5.wav", "sha256": f"{0:064x}", "duration": 4.0}

    assert lab.bring("clips.jsonl", orjson.dumps(clip))["new"] == 0

    ((_, _, reason),) = lab.problems()
    assert reason.startswith("It is about 4 s of sound, and a/song.wav has 60 s")


def test_states_are_kept_only_where_that_is_chosen_and_drafts_of_people_without_an_account_are_handed_in(
    lab: Lab,
) -> None:
    line = orjson.dumps({**of_song(), "annotator": "cleo", "state": "draft"})
    lines = line + b"\n" + orjson.dumps({**of_song(), "state": "rejected"})

    lab.bring("all.jsonl", lines)
    assert states(lab) == {"cleo@outside": "submitted", "anna": "submitted"}
    lab.do("undo")

    lab.bring("all.jsonl", lines, state="kept")
    assert states(lab) == {"cleo@outside": "submitted", "anna": "rejected"}


def test_what_lies_beside_labels_in_an_archive_is_passed_over(lab: Lab) -> None:
    archive = io.BytesIO(lab.export(0, "audiofolder"))
    beside = ("LICENSE.txt", "SHA256SUMS", "checksums.txt", "__MACOSX/._song.txt", ".DS_Store", "dataset_infos.json")
    with zipfile.ZipFile(archive, "a") as opened:
        for name in beside:
            opened.writestr(name, "nothing that was labeled")

    report = lab.bring("all.zip", archive.getvalue())

    assert (report["files"], report["annotations"], lab.problems()) == (1, 2, [])


def test_items_that_a_script_wrote_without_ids_and_origins_are_imported_once(lab: Lab) -> None:
    region = {"start": 1.0, "end": 2.0, "label": "Dog"}
    line = orjson.dumps(of_song(regions=[region, region], tags=[{"label": "Music"}], caption={"text": "A dog."}))

    assert lab.bring("all.jsonl", line)["new"] == 4
    assert lab.bring("all.jsonl", line)["new"] == 0

    (found,) = told("jsonl", lab.export(1, "jsonl"))
    assert {one["origin"]["kind"] for one in found["document"]["regions"]} == {"import"}


def test_labels_that_differ_by_a_plural_are_two(lab: Lab) -> None:
    with get_database().write() as session:
        project = int(lab.projects[1])
        session.add(ProjectLabel(project_id=project, id="dogs", position=9, name="Dogs", color="#000000", key=None))
    regions = [
        {"id": f"r{label}", "start": 1.0, "end": 2.0, "label": label, "origin": HUMAN} for label in ("Dog", "Dogs")
    ]

    lab.bring("all.jsonl", orjson.dumps(of_song(regions=regions)))

    (found,) = told("jsonl", lab.export(1, "jsonl"))
    assert [one["label_id"] for one in found["document"]["regions"]] == ["dog", "dogs"]


@on_both_databases
def test_a_whole_import_of_ours_can_be_taken_back(lab: Lab) -> None:
    lab.bring("all.json", lab.export(0, "json"), state="kept")

    lab.do("undo")

    assert told("json", lab.export(1, "json")) == []
    with get_database().read() as session:
        assert session.query(Annotation).filter_by(project_id=int(lab.projects[1])).count() == 0
