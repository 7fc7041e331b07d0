"""From a submission through review to ground truth and export; the exported numbers are those that were saved."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import orjson
import pandas as pd
import pytest

from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.errors import Conflict, Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import consensus
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.reviews import review_queues, reviews
from labelbuddy_core.services.tasks import tasks

HUMAN = {"kind": "human"}
REGION = {"id": "r1", "start": 1.234567, "end": 2.5, "label": "speech", "origin": HUMAN, "text": '=SUM(A1)"x"'}
DOCUMENT = {
    "schema": "labelbuddy/annotation@1",
    "regions": [REGION, {**REGION, "id": "r2", "label": "music", "low": 100.0, "high": 200.5, "text": None}],
    "tags": [{"label": "dog", "score": None, "origin": HUMAN}],
    "caption": {"text": "Somebody speaks; a dog barks.", "origin": HUMAN},
}


@pytest.fixture
def story(make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str]) -> Any:
    """A project with three people and one submitted annotation."""

    class Story:
        manager, annotator, reviewer = make_user(), make_user(), make_user()
        project = make_project(managers=(manager,), annotators=(annotator,), reviewers=(reviewer,))
        task = add_task(project, name="-cmd|' /C calc'!A0.wav", annotators=(annotator,))
        annotation: dict[str, Any]

        def submit(self, document: dict[str, Any] = DOCUMENT) -> dict[str, Any]:
            base = annotations.get_mine(self.annotator, self.task)["revision"]
            request = Replacement(client=uuid4(), sequence=1, base_revision=base, document=document)
            saved = annotations.replace(self.annotator, self.task, request)
            self.annotation = handing_in.submit(self.annotator, self.task, saved["revision"])
            return self.annotation

        def review(self, decision: str, **more: Any) -> dict[str, Any]:
            one = self.annotation
            values = {"revision": one["revision"], **more}
            return reviews.review_annotation(self.reviewer, one["id"], decision=decision, **values)

        def export(self, name: str, which: str = "all", audio: str = "none") -> bytes:
            opened = exports.open_export(self.manager, self.project, format_name=name, which=which, audio=audio)
            return b"".join(opened.blocks)

    return Story()


def test_approval_makes_the_only_annotation_ground_truth(story: Any) -> None:
    story.submit()
    story.review("approve")
    assert tasks.get_task(story.manager, story.task)["state"] == "approved"
    truth = consensus.get_consensus(story.manager, story.task)
    assert truth["kind"] == "approved"
    assert [region["id"] for region in truth["document"]["regions"]] == ["r1", "r2"]


def test_a_rejection_returns_to_the_annotator_with_its_feedback_and_can_be_fixed(story: Any) -> None:
    story.submit()
    story.review("reject", regions=[{"id": "r1", "decision": "reject", "feedback": "too early"}])
    mine = annotations.get_mine(story.annotator, story.task)
    assert mine["state"] == "rejected"
    assert mine["reviews"][0]["regions"] == [{"id": "r1", "decision": "reject", "feedback": "too early"}]
    with pytest.raises(InvalidState):
        handing_in.submit(story.annotator, story.task, mine["revision"])
    again = story.submit()
    assert again["state"] == "submitted"
    assert len(again["reviews"]) == 1
    story.review("approve")
    assert tasks.get_task(story.manager, story.task)["state"] == "approved"


def test_a_rejection_needs_a_reason_and_an_approval_no_rejected_region(story: Any) -> None:
    story.submit()
    with pytest.raises(Invalid, match="Say what should be changed"):
        story.review("reject")
    with pytest.raises(Invalid, match="cannot be approved"):
        story.review("approve", regions=[{"id": "r1", "decision": "reject", "feedback": "x"}])
    with pytest.raises(Invalid, match="no region"):
        story.review("reject", feedback="x", regions=[{"id": "other", "decision": "reject"}])


def test_only_the_submitted_revision_can_be_reviewed(story: Any) -> None:
    story.submit()
    with pytest.raises(Conflict):
        story.review("approve", revision=99)
    handing_in.withdraw(story.annotator, story.task)
    with pytest.raises(Exception, match="deleted or taken back, or it is not for you"):
        story.review("approve")


def test_nobody_reviews_their_own_annotation(
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    add_annotation: Callable[..., str],
) -> None:
    both, other = make_user(), make_user()
    project = make_project(annotators=(both, other), reviewers=(both,), annotators_per_task=2, blind=False)
    task = add_task(project, annotators=(both, other))
    mine = add_annotation(task, both, state="submitted")
    add_annotation(task, other, state="submitted")
    with pytest.raises(Forbidden, match="their own"):
        reviews.review_annotation(both, mine, revision=1, decision="approve")


def test_in_a_blind_project_nobody_sees_others_work_on_a_task_of_their_own(
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    add_annotation: Callable[..., str],
) -> None:
    both, other = make_user(), make_user()
    project = make_project(annotators=(both, other), reviewers=(both,), annotators_per_task=2)
    task = add_task(project, annotators=(both, other))
    theirs = add_annotation(task, other, state="submitted")
    with pytest.raises(Forbidden):
        annotations.list_for_task(both, task)
    with pytest.raises(NotFound):
        annotations.get_annotation(both, theirs)
    with pytest.raises(Forbidden):
        consensus.get_consensus(both, task)
    assert review_queues.review_queue(both, project) == []


def test_who_annotated_a_task_does_not_write_its_ground_truth(
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    add_annotation: Callable[..., str],
) -> None:
    both, other = make_user(), make_user()
    project = make_project(annotators=(both, other), reviewers=(both,), annotators_per_task=2, blind=False)
    task = add_task(project, annotators=(both, other))
    add_annotation(task, both)
    document = {"schema": "labelbuddy/annotation@1"}
    with pytest.raises(Forbidden):
        consensus.put_consensus(both, task, revision=0, document=document)
    add_annotation(task, other, state="submitted")
    with pytest.raises(Forbidden, match="somebody else"):
        consensus.put_consensus(both, task, revision=0, document=document)


def test_a_token_that_may_only_read_may_export(story: Any) -> None:
    story.submit()
    reader = replace(story.manager, can_write=False)
    opened = exports.open_export(reader, story.project, format_name="csv", which="all", audio="none")
    assert b"speech" in b"".join(opened.blocks).lower()


def test_adjudicated_ground_truth_wins_and_a_second_writer_is_told(story: Any) -> None:
    story.submit()
    story.review("approve")
    empty = {"schema": "labelbuddy/annotation@1"}
    assert consensus.put_consensus(story.reviewer, story.task, revision=0, document=empty)["kind"] == "adjudicated"
    with pytest.raises(Conflict):
        consensus.put_consensus(story.manager, story.task, revision=0, document=empty)
    assert consensus.get_consensus(story.manager, story.task)["document"]["regions"] == []


def test_csv_opens_in_pandas_with_every_number_as_it_was_saved(story: Any) -> None:
    story.submit()
    frame = pd.read_csv(io.BytesIO(story.export("csv")))
    regions = frame[frame["kind"] == "region"].set_index("id")
    assert regions.loc["r1", "start"] == 1.234567
    assert regions.loc["r2", "high"] == 200.5
    assert list(regions["label"]) == ["Speech", "Music"]
    assert set(frame["kind"]) == {"region", "tag", "caption"}


def test_csv_tells_beats_of_the_analysis_from_those_of_people_and_whether_they_were_corrected(story: Any) -> None:
    found = {"kind": "analysis", "model": "librosa", "version": "0.11.0"}
    origins = [found, {**found, "edited": True}, HUMAN]
    points = [
        {"id": f"b{place}", "time": 1.0 + place, "kind": "beat", "position": 1, "origin": origin}
        for place, origin in enumerate(origins)
    ]
    story.submit({**DOCUMENT, "points": points})
    frame = pd.read_csv(io.BytesIO(story.export("csv")), dtype=str, keep_default_na=False)
    beats = frame[frame["kind"] == "point"]
    assert beats[["origin", "model", "version", "edited", "model_license"]].to_numpy().tolist() == [
        ["analysis", "librosa", "0.11.0", "false", ""],
        ["analysis", "librosa", "0.11.0", "true", ""],
        ["human", "", "", "", ""],
    ]


def test_csv_holds_nothing_that_a_spreadsheet_takes_for_a_formula(story: Any) -> None:
    story.submit()
    frame = pd.read_csv(io.BytesIO(story.export("csv")), dtype=str, keep_default_na=False)
    cells = frame.to_numpy().ravel()
    assert any("=SUM" in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize(("which", "expected"), [("all", 1), ("submitted", 1), ("approved", 0), ("consensus", 0)])
def test_which_annotations_are_exported_follows_their_state(story: Any, which: str, expected: int) -> None:
    story.submit()
    lines = story.export("jsonl", which).splitlines()
    assert len(lines) == expected


def test_the_ground_truth_export_holds_the_approved_document(story: Any) -> None:
    story.submit()
    story.review("approve")
    (line,) = story.export("jsonl", "consensus").splitlines()
    assert [region["start"] for region in orjson.loads(line)["document"]["regions"]] == [1.234567, 1.234567]


def test_json_holds_the_project_the_documents_and_the_reviews(story: Any) -> None:
    story.submit()
    story.review("approve", feedback="good")
    whole = orjson.loads(story.export("json"))
    (task,) = whole["tasks"]
    assert whole["project"]["name"] == "Street sounds"
    assert task["reviews"][0]["feedback"] == "good"
    assert task["consensus"]["kind"] == "approved"


def test_captions_are_rows_of_audio_path_text_and_time(story: Any) -> None:
    story.submit()
    rows = [orjson.loads(line) for line in story.export("captions", audio="paths").splitlines()]
    assert [row["text_caption"] for row in rows] == ['=SUM(A1)"x"', "Somebody speaks; a dog barks."]
    assert rows[1]["start"] == 0.0
    assert rows[1]["end"] == 60.0
    assert rows[0]["audio_path"] == f"/api/v1/tasks/{story.task}/original"
    frame = pd.read_csv(io.BytesIO(story.export("captions-csv")))
    assert list(frame["end"]) == [2.5, 60.0]


def test_an_export_with_audio_is_a_whole_zip(story: Any, tmp_path: Any) -> None:
    from labelbuddy_core.audio.storage import open_store, original_key
    from labelbuddy_core.settings import get_settings

    story.submit()
    sha256 = tasks.get_task(story.manager, story.task)["recording"]["sha256"]
    sound = tmp_path / "sound"
    sound.write_bytes(b"RIFF" + bytes(200_000))
    open_store(get_settings()).put_file(original_key(sha256), sound)
    with zipfile.ZipFile(io.BytesIO(story.export("csv", audio="included"))) as archive:
        assert archive.testzip() is None
        (member,) = [name for name in archive.namelist() if name.startswith("audio/")]
        assert ".." not in member
        assert archive.getinfo(member).file_size == 200_004
        frame = pd.read_csv(archive.open("labelbuddy-project-1-all.csv"))
    assert set(frame["audio_path"]) == {member}
