"""Reasons are kept with the review and exported with it; a second review knows what was sent back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pytest

from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.errors import Forbidden, Invalid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.exports import exports, review_export
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.reviews import reviews


def document(end: float) -> dict[str, Any]:
    region = {"id": "r1", "start": 1.0, "end": end, "label": "speech", "origin": {"kind": "human"}}
    return {"schema": "labelbuddy/annotation@1", "regions": [region]}


@pytest.fixture
def story(make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str]) -> Any:
    """A project with reasons, and an annotator who hands in."""

    class Story:
        manager, annotator, reviewer = make_user(), make_user(), make_user()
        project = make_project(managers=(manager,), annotators=(annotator,), reviewers=(reviewer,))
        task = add_task(project, annotators=(annotator,))

        def hand_in(self, end: float) -> dict[str, Any]:
            base = annotations.get_mine(self.annotator, self.task)["revision"]
            request = Replacement(client=uuid4(), sequence=1, base_revision=base, document=document(end))
            return handing_in.submit(
                self.annotator, self.task, annotations.replace(self.annotator, self.task, request)["revision"]
            )

        def review(self, one: dict[str, Any], decision: str, **more: Any) -> dict[str, Any]:
            return reviews.review_annotation(
                self.reviewer, one["id"], revision=one["revision"], decision=decision, **more
            )

    made = Story()
    projects.update_project(made.manager, made.project, {"review_reasons": ["Too loose", "Wrong label"]})
    return made


def test_a_reason_is_enough_to_send_back_and_is_exported(story: Any) -> None:
    told = story.review(story.hand_in(2.0), "reject", reasons=["Too loose"])
    assert told["reasons"] == ["Too loose"]
    mine = annotations.get_mine(story.annotator, story.task)
    assert mine["reviews"][0]["reasons"] == ["Too loose"]
    opened = exports.open_export(story.manager, story.project, format_name="json", which="all", audio="none")
    (task,) = orjson.loads(b"".join(opened.blocks))["tasks"]
    assert task["reviews"][0]["reasons"] == ["Too loose"]


def test_a_reason_that_the_project_does_not_have_is_refused(story: Any) -> None:
    with pytest.raises(Invalid, match="no reason"):
        story.review(story.hand_in(2.0), "reject", reasons=["Ugly"])


def test_what_was_sent_back_is_read_as_it_was(story: Any) -> None:
    first = story.hand_in(2.0)
    assert reviews.get_sent_back(story.reviewer, first["id"]) is None
    story.review(first, "reject", feedback="Ends too early")
    again = story.hand_in(3.0)
    found = reviews.get_sent_back(story.reviewer, again["id"])
    assert found is not None
    assert found["revision"] == first["revision"]
    assert [region["end"] for region in found["document"]["regions"]] == [2.0]


def test_annotators_do_not_ask_for_what_was_sent_back(story: Any) -> None:
    with pytest.raises(Forbidden):
        reviews.get_sent_back(story.annotator, story.hand_in(2.0)["id"])


def test_reviews_are_downloaded_with_a_row_for_each_reason(story: Any) -> None:
    first = story.hand_in(2.0)
    story.review(first, "reject", reasons=["Too loose", "Wrong label"], feedback="=SUM(A1), listen again")
    story.review(story.hand_in(3.0), "approve")
    opened = review_export.open_reviews(story.manager, story.project, format_name="csv")
    lines = list(csv.DictReader(io.StringIO(b"".join(opened.blocks).decode("utf-8-sig"))))
    assert [(one["decision"], one["reason"]) for one in lines] == [
        ("reject", "Too loose"), ("reject", "Wrong label"), ("approve", ""),
    ]  # fmt: skip
    assert lines[0]["annotator"] == story.annotator.username
    assert lines[0]["reviewer"] == story.reviewer.username
    assert lines[0]["feedback"] == "'=SUM(A1), listen again"
    with pytest.raises(Forbidden):
        review_export.open_reviews(story.reviewer, story.project, format_name="csv")
    with pytest.raises(Invalid):
        review_export.open_reviews(story.manager, story.project, format_name="xml")
