"""A decision and the reviewer's ground truth are written together: both, or neither."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.errors import Conflict, Forbidden, Invalid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import consensus
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.reviews import reviews


def document(end: float) -> dict[str, Any]:
    region = {"id": "r1", "start": 1.0, "end": end, "label": "speech", "origin": {"kind": "human"}}
    return {"schema": "labelbuddy/annotation@1", "regions": [region]}


@pytest.fixture
def story(make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str]) -> Any:
    """A submitted annotation and two reviewers."""

    class Story:
        annotator, reviewer, other = make_user(), make_user(), make_user()
        project = make_project(annotators=(annotator,), reviewers=(reviewer, other))
        task = add_task(project, annotators=(annotator,))

        def __init__(self) -> None:
            request = Replacement(client=uuid4(), sequence=1, base_revision=0, document=document(2.0))
            saved = annotations.replace(self.annotator, self.task, request)
            self.annotation = handing_in.submit(self.annotator, self.task, saved["revision"])

        def decide(self, decision: str, revision: int, written: dict[str, Any], **more: Any) -> dict[str, Any]:
            return reviews.review_annotation(
                self.reviewer,
                self.annotation["id"],
                revision=self.annotation["revision"],
                decision=decision,
                ground_truth={"revision": revision, "document": written},
                **more,
            )

        @property
        def state(self) -> str:
            return annotations.get_mine(self.annotator, self.task)["state"]

        @property
        def truth(self) -> dict[str, Any]:
            return consensus.get_consensus(self.other, self.task)

    return Story()


def test_a_decision_writes_the_ground_truth_and_answers_with_it(story: Any) -> None:
    told = story.decide("reject", 0, document(3.0), feedback="Ends too early")
    assert told["ground_truth"]["revision"] == 1
    assert story.state == "rejected"
    assert (story.truth["kind"], story.truth["by"]) == ("adjudicated", story.reviewer.username)
    assert story.truth["document"]["regions"][0]["end"] == 3.0


def test_nothing_is_decided_where_somebody_else_wrote_the_ground_truth_meanwhile(story: Any) -> None:
    consensus.put_consensus(story.other, story.task, revision=0, document=document(4.0))
    with pytest.raises(Conflict) as refused:
        story.decide("approve", 0, document(3.0))
    assert refused.value.field == "ground_truth"
    assert refused.value.extra["document"]["regions"][0]["end"] == 4.0
    assert story.state == "submitted"


def test_no_ground_truth_is_written_where_the_decision_is_refused(story: Any) -> None:
    with pytest.raises(Invalid, match="Say what should be changed"):
        story.decide("reject", 0, document(3.0))
    assert story.truth["kind"] == "none"


def test_a_wrong_ground_truth_leaves_the_annotation_undecided(story: Any) -> None:
    wrong = document(3.0)
    wrong["regions"][0]["label"] = "nothing of this project"
    with pytest.raises(Invalid):
        story.decide("approve", 0, wrong)
    assert story.state == "submitted"


def test_a_reviewer_who_annotated_the_task_too_decides_but_writes_no_ground_truth(
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    add_annotation: Callable[..., str],
) -> None:
    one, both = make_user(), make_user()
    project = make_project(annotators=(one, both), reviewers=(both,), annotators_per_task=2, blind=False)
    task = add_task(project, annotators=(one, both))
    add_annotation(task, both)
    waiting = add_annotation(task, one, state="submitted")
    with pytest.raises(Forbidden, match="somebody else writes its ground truth"):
        reviews.review_annotation(
            both, waiting, revision=1, decision="approve", ground_truth={"revision": 0, "document": document(3.0)}
        )
    assert reviews.review_annotation(both, waiting, revision=1, decision="approve")["decision"] == "approve"
