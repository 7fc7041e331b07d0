"""Long recordings become tasks, looked at before; and their tasks become one again in an export."""

from __future__ import annotations

import io
from collections.abc import Callable
from csv import DictReader
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from labelbuddy_core.audio.peaks import PeaksBuilder
from labelbuddy_core.audio.quiet import quiet_spans
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Model, Prediction, Recording, Task
from labelbuddy_core.domain.cutting import AtSilences
from labelbuddy_core.domain.documents import empty_document
from labelbuddy_core.domain.merged_marks import REGIONS
from labelbuddy_core.domain.operations import Save
from labelbuddy_core.errors import Forbidden, Invalid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.tasks import cutting, queues, tasks
from labelbuddy_core.services.tasks.cutting import Cut, Regions
from labelbuddy_core.settings import get_settings

Make = Callable[..., Any]
RATE = 8000
PEAKS = "derived/test/peaks.lbpk"


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager")


@pytest.fixture
def person(make_user: Make) -> Actor:
    return make_user("ada")


@pytest.fixture
def project(make_project: Make, manager: Actor, person: Actor) -> str:
    return make_project(managers=(manager,), annotators=(person,))


def spans(manager: Actor, project: str) -> list[tuple[str, float, float]]:
    found = tasks.list_tasks(manager, project, limit=1000)["items"]
    return sorted((one["recording"]["name"], one["start"], one["stop"]) for one in found)


def mark(person: Actor, task: str, start: float, end: float, label: str = "dog") -> None:
    value = {"id": "r1", "start": start, "end": end, "label": label, "origin": {"kind": "human"}}
    operation = {"op": "put", "collection": "regions", "id": "r1", "value": value}
    request = {"client": str(uuid4()), "sequence": 1, "base_revision": 0, "operations": [operation]}
    annotations.save(person, task, Save.model_validate(request))


def test_a_preview_counts_and_changes_nothing(manager: Actor, project: str, add_task: Make) -> None:
    add_task(project, name="a.wav", duration=25.0)
    add_task(project, name="b.wav", duration=8.0)
    found = cutting.preview_cut(manager, project, Cut(length=10.0, overlap=2.0))
    assert (found["recordings"], found["made"], found["known"], found["replaced"]) == (2, 3, 1, 1)
    assert (found["seconds"], found["shortest"], found["longest"]) == (29.0, 9.0, 10.0)
    assert found["items"][1] == {"recording": "a.wav", "start": 8.0, "stop": 18.0}
    assert spans(manager, project) == [("a.wav", 0.0, 25.0), ("b.wav", 0.0, 8.0)]
    assert cutting.cut_recordings(manager, project, Cut(length=10.0, overlap=2.0)) == {"made": 3}
    again = cutting.preview_cut(manager, project, Cut(length=10.0, overlap=2.0))
    assert (again["made"], again["known"], again["replaced"]) == (0, 4, 0)


def test_a_whole_recording_that_somebody_has_begun_is_kept_beside_its_pieces(
    manager: Actor, person: Actor, project: str, add_task: Make
) -> None:
    task = add_task(project, name="a.wav", duration=20.0, annotators=(person,))
    mark(person, task, 1.0, 2.0)
    assert cutting.cut_recordings(manager, project, Cut(length=10.0)) == {"made": 2}
    assert spans(manager, project) == [("a.wav", 0.0, 10.0), ("a.wav", 0.0, 20.0), ("a.wav", 10.0, 20.0)]


def test_cut_anew_stretches_that_nobody_has_begun_or_flagged_make_room(
    manager: Actor, person: Actor, project: str, add_task: Make
) -> None:
    add_task(project, name="a.wav", duration=40.0)
    cutting.cut_recordings(manager, project, Cut(length=10.0))
    begun = queues.next_task(person, project)
    assert begun is not None
    mark(person, begun, 1.0, 2.0)
    (flagged,) = [one["id"] for one in tasks.list_tasks(manager, project)["items"] if one["start"] == 10.0]
    tasks.flag_task(manager, flagged, flagged=True)
    assert cutting.preview_cut(manager, project, Cut(length=20.0))["replaced"] == 0
    found = cutting.preview_cut(manager, project, Cut(spans=[(20.0, 30.0), (30.0, 35.0)], anew=True))
    assert (found["made"], found["known"], found["replaced"]) == (1, 1, 1)
    assert cutting.cut_recordings(manager, project, Cut(length=20.0, anew=True)) == {"made": 2}
    assert [one[1:] for one in spans(manager, project)] == [(0.0, 10.0), (0.0, 20.0), (10.0, 20.0), (20.0, 40.0)]


def test_a_table_names_recordings_and_a_mistake_in_it_cuts_nothing(
    manager: Actor, project: str, add_task: Make
) -> None:
    add_task(project, name="a.wav", duration=60.0)
    add_task(project, name="b.wav", duration=30.0)
    table = "recording,start,stop\na.wav,10,20\nfolder/a.wav,0:20,0:30.5\n"
    assert cutting.cut_recordings(manager, project, Cut(table=table)) == {"made": 2}
    assert spans(manager, project) == [("a.wav", 10.0, 20.0), ("a.wav", 20.0, 30.5), ("b.wav", 0.0, 30.0)]
    for wrong, says in (("c.wav,0,1", "Line 4: No recording"), ("b.wav,20,40", "Line 4: The span 20")):
        with pytest.raises(Invalid, match=says):
            cutting.cut_recordings(manager, project, Cut(table=table + wrong))
    assert len(spans(manager, project)) == 3


def with_peaks(task: str, samples: np.ndarray[Any, Any], folder: Path) -> None:
    """Give the recording of a task the peaks of a sound."""
    built = PeaksBuilder(folder / "peaks.lbpk", RATE, 1)
    built.add(samples[np.newaxis, :].astype(np.float32))
    built.finish()
    open_store(get_settings()).put_file(PEAKS, folder / "peaks.lbpk")
    with get_database().write() as session:
        row = session.get_one(Task, int(task))
        session.get_one(Recording, row.recording_id).peaks_key = PEAKS


def test_pieces_end_in_the_pauses_of_the_sound(manager: Actor, project: str, add_task: Make, tmp_path: Path) -> None:
    sound = 0.5 * np.sin(np.arange(30 * RATE) * 0.3)
    for start, stop in ((7, 8), (8.1, 8.15), (16, 17)):
        sound[int(start * RATE) : int(stop * RATE)] *= 0.01
    with_peaks(add_task(project, name="a.wav", duration=30.0), sound, tmp_path)
    peaks = open_store(get_settings()).local_path(PEAKS)
    assert peaks is not None
    quiet = quiet_spans(peaks, threshold=-36.0, least=0.3)
    np.testing.assert_allclose(quiet, [(7, 8), (16, 17)], atol=2 * 256 / RATE)
    found = cutting.preview_cut(manager, project, Cut(silence=AtSilences(longest=10.0, shortest=2.0)))
    assert (found["made"], found["hard"]) == (4, 1)
    cutting.cut_recordings(manager, project, Cut(silence=AtSilences(longest=10.0, shortest=2.0)))
    times = [start for _, start, _ in spans(manager, project)]
    np.testing.assert_allclose(times, [0.0, 7.5, 16.5, 26.5], atol=0.05)


def test_pauses_of_a_recording_without_peaks_are_not_guessed(manager: Actor, project: str, add_task: Make) -> None:
    add_task(project, name="a.wav")
    with pytest.raises(Invalid, match=r"The peaks of 'a\.wav' are missing"):
        cutting.preview_cut(manager, project, Cut(silence=AtSilences(longest=10.0)))


def test_tasks_are_made_around_what_people_or_models_found(
    manager: Actor, person: Actor, project: str, add_task: Make
) -> None:
    task = add_task(project, name="a.wav", duration=60.0, annotators=(person,))
    mark(person, task, 10.0, 12.0)
    other = add_task(project, name="b.wav", duration=60.0)
    document = {**empty_document(), "regions": [{"id": "m1", "start": 30.0, "end": 31.0, "label": "dog"}]}
    with get_database().write() as session:
        model = Model(name="yoho", source="x", specification={"process": "yoho"})
        session.add(model)
        session.flush()
        session.add(
            Prediction(
                project_id=int(project), task_id=int(other), model_id=model.id, version="1", document=document,
                seconds=1.0,
            )
        )  # fmt: skip
    cutting.cut_recordings(manager, project, Cut(regions=Regions("dog", margin=1.0)))
    cutting.cut_recordings(manager, project, Cut(regions=Regions("dog", "predictions", margin=0.5)))
    assert spans(manager, project) == [("a.wav", 0.0, 60.0), ("a.wav", 9.0, 13.0), ("b.wav", 29.5, 31.5)]
    with pytest.raises(Invalid, match="not in this project's label set"):
        cutting.preview_cut(manager, project, Cut(regions=Regions("cat")))


def test_an_empty_list_of_spans_is_refused_and_every_task_stays(manager: Actor, project: str, add_task: Make) -> None:
    add_task(project, name="a.wav", duration=25.0)
    for cut in (cutting.preview_cut, cutting.cut_recordings):
        with pytest.raises(Invalid, match="at least one") as refused:
            cut(manager, project, Cut(spans=[]))
        assert refused.value.field == "spans"
    assert spans(manager, project) == [("a.wav", 0.0, 25.0)]


def test_a_recording_whose_regions_are_too_short_to_be_tasks_keeps_the_one_that_it_has(
    manager: Actor, person: Actor, project: str, add_task: Make
) -> None:
    task = add_task(project, name="a.wav", duration=20.0)
    add_task(project, name="b.wav", duration=20.0)
    document = {**empty_document(), "regions": [{"id": "m1", "start": 5.0, "end": 5.001, "label": "dog"}]}
    with get_database().write() as session:
        model = Model(name="yoho", source="x", specification={"process": "yoho"})
        session.add(model)
        session.flush()
        session.add(
            Prediction(
                project_id=int(project), task_id=int(task), model_id=model.id, version="1", document=document,
                seconds=1.0,
            )
        )  # fmt: skip
    around = Cut(regions=Regions("dog", "predictions"))
    found = cutting.preview_cut(manager, project, around)
    assert (found["recordings"], found["made"], found["replaced"]) == (0, 0, 0)
    assert cutting.cut_recordings(manager, project, around) == {"made": 0}
    assert spans(manager, project) == [("a.wav", 0.0, 20.0), ("b.wav", 0.0, 20.0)]


def test_one_way_at_a_time_and_only_for_managers(manager: Actor, person: Actor, project: str) -> None:
    with pytest.raises(Invalid, match="one way at a time"):
        cutting.preview_cut(manager, project, Cut(length=10.0, spans=[(0.0, 1.0)]))
    with pytest.raises(Invalid, match="Give spans, or a length"):
        cutting.preview_cut(manager, project, Cut())
    with pytest.raises(Forbidden):
        cutting.cut_recordings(person, project, Cut(length=10.0))


def test_an_export_puts_tasks_together_and_counts_what_two_have_in_their_overlap_once(
    manager: Actor, person: Actor, project: str, add_task: Make
) -> None:
    add_task(project, name="a.wav", duration=18.0)
    cutting.cut_recordings(manager, project, Cut(length=10.0, overlap=2.0))
    first = queues.next_task(person, project)
    assert first is not None
    mark(person, first, 9.0, 10.0)
    handing_in.submit(person, first, 1)
    second = queues.next_task(person, project)
    assert second is not None
    mark(person, second, 9.0, 12.0)

    def exported(merge: bool) -> list[tuple[str, str, str, str]]:
        blocks = exports.open_export(manager, project, format_name="csv", merge=merge).blocks
        rows = DictReader(io.StringIO(b"".join(blocks).decode()))
        return [(row["task"], row["start"], row["end"], row["state"]) for row in rows]

    assert len(exported(merge=False)) == 2
    with get_database().read() as session:
        recording = session.get_one(Task, int(first)).recording_id
    assert [(task, float(start), float(end), state) for task, start, end, state in exported(merge=True)] == [
        (f"recording-{recording}", 9.0, 12.0, "draft")
    ]
    for form in ("jsonl", "elan"):
        told = exports.export_losses(manager, project, format_name=form, merge=True)
        assert told["joined"] == [{"what": REGIONS, "count": 1}]
    assert exports.export_losses(manager, project, format_name="elan")["joined"] == []
    merged = exports.export_losses(manager, project, format_name="rttm", merge=True)
    nameless = {"what": "annotation(s) without who made them", "count": 1}
    assert nameless in merged["lost"], "losses of the format are those of what is left after joining"
