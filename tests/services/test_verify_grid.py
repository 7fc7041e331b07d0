"""Regions of one label decided one by one: sorted by uncertainty, kept until the whole is decided, and logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import HistoryEvent
from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.errors import Conflict, Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.reviews import region_verdicts, reviews

Make = Callable[..., Any]


def region(name: str, score: float | None = None, label: str = "speech") -> dict[str, Any]:
    origin: dict[str, Any] = {"kind": "human"}
    if score is not None:
        origin = {"kind": "model", "model": "m", "version": "1", "prediction": "1", "region": "x", "score": score}
    return {"id": name, "start": 1.0, "end": 2.0, "label": label, "origin": origin}


class Lab:
    """An annotator and a reviewer."""

    def __init__(self, make_user: Make, make_project: Make, add_task: Make) -> None:
        self.annotator, self.reviewer, self.outsider = make_user(), make_user(), make_user()
        self.project = make_project(annotators=(self.annotator,), reviewers=(self.reviewer,))
        self._add_task = add_task

    def hand_in(self, *regions: dict[str, Any], **collections: Any) -> dict[str, Any]:
        task = self._add_task(self.project, annotators=(self.annotator,))
        document = {"schema": "labelbuddy/annotation@1", "regions": list(regions), **collections}
        request = Replacement(client=uuid4(), sequence=1, base_revision=0, document=document)
        saved = annotations.replace(self.annotator, task, request)
        return handing_in.submit(self.annotator, task, saved["revision"])

    def shown(self, label: str = "speech", **more: Any) -> list[str]:
        found = region_verdicts.regions_to_verify(self.reviewer, self.project, label, **more)
        return [one["region"]["id"] for one in found["items"]]

    def decide(self, one: dict[str, Any], name: str, decision: str | None) -> None:
        region_verdicts.decide_region(
            self.reviewer, one["id"], region=name, revision=one["revision"], decision=decision
        )

    def state(self, one: dict[str, Any]) -> str:
        return annotations.get_annotation(self.annotator, one["id"])["state"]


@pytest.fixture
def lab(make_user: Make, make_project: Make, add_task: Make) -> Lab:
    return Lab(make_user, make_project, add_task)


def test_the_least_certain_of_a_label_come_first_and_those_without_a_score_last(lab: Lab) -> None:
    lab.hand_in(region("sure", 0.95), region("hand"), region("dog", 0.5, label="dog"))
    lab.hand_in(region("unsure", 0.55), region("surely-not", 0.1))
    assert lab.shown() == ["unsure", "surely-not", "sure", "hand"]
    assert lab.shown(offset=1, limit=2) == ["surely-not", "sure"]
    labels = region_verdicts.labels_to_verify(lab.reviewer, lab.project)
    assert labels == [{"label": "speech", "count": 4}, {"label": "dog", "count": 1}]


def test_what_is_decided_is_not_shown_again_until_that_is_taken_back(lab: Lab) -> None:
    one = lab.hand_in(region("a", 0.5), region("b", 0.6))
    lab.decide(one, "a", "approve")
    assert lab.shown() == ["b"]
    lab.decide(one, "a", "reject")
    assert region_verdicts.my_verdicts(lab.reviewer, one["id"]) == [{"id": "a", "decision": "reject", "feedback": ""}]
    lab.decide(one, "a", None)
    assert lab.shown() == ["a", "b"]


def test_every_decision_is_in_the_history_with_the_origin_of_the_region(lab: Lab) -> None:
    one = lab.hand_in(region("a", 0.5))
    lab.decide(one, "a", "reject")
    lab.decide(one, "a", None)
    with get_database().read() as session:
        events = session.scalars(
            select(HistoryEvent).where(HistoryEvent.action.like("region.%")).order_by(HistoryEvent.id)
        ).all()
    assert [event.action for event in events] == ["region.rejected", "region.undecided"]
    assert events[0].data["origin"]["score"] == 0.5


def test_annotations_are_decided_of_which_everything_is_and_no_others(lab: Lab) -> None:
    good, wrong = lab.hand_in(region("a"), region("b", label="dog")), lab.hand_in(region("a"), region("b"))
    half = lab.hand_in(region("a"), region("b"))
    caption = {"text": "Somebody speaks.", "origin": {"kind": "human"}}
    described = lab.hand_in(region("a"), caption=caption)
    lab.decide(good, "a", "approve")
    lab.decide(good, "b", "approve")
    lab.decide(wrong, "a", "approve")
    lab.decide(wrong, "b", "reject")
    lab.decide(half, "a", "reject")
    lab.decide(described, "a", "approve")
    found = region_verdicts.regions_to_verify(lab.reviewer, lab.project, "speech")
    assert found["complete"] == {"approve": 1, "send_back": 1}
    with pytest.raises(Invalid, match="Say what is wrong"):
        region_verdicts.finish(lab.reviewer, lab.project)
    assert lab.state(good) == "submitted"
    done = region_verdicts.finish(lab.reviewer, lab.project, feedback="No speech there")
    assert done == {"approve": [good["id"]], "send_back": [wrong["id"]]}
    assert [lab.state(one) for one in (good, wrong, half, described)] == [
        "approved", "rejected", "submitted", "submitted",
    ]  # fmt: skip
    (review,) = annotations.get_annotation(lab.annotator, wrong["id"])["reviews"]
    assert {one["id"]: one["decision"] for one in review["regions"]} == {"a": "approve", "b": "reject"}


def test_a_tag_of_the_same_name_as_a_decided_region_keeps_an_annotation_open(lab: Lab) -> None:
    tag = {"label": "dog", "score": None, "origin": {"kind": "human"}}
    one = lab.hand_in(region("dog"), tags=[tag])
    lab.decide(one, "dog", "approve")
    assert region_verdicts.finish(lab.reviewer, lab.project) == {"approve": [], "send_back": []}


def test_a_whole_decision_ends_what_was_said_of_regions(lab: Lab) -> None:
    one = lab.hand_in(region("a"))
    lab.decide(one, "a", "approve")
    reviews.review_annotation(lab.reviewer, one["id"], revision=one["revision"], decision="approve")
    assert region_verdicts.my_verdicts(lab.reviewer, one["id"]) == []
    with pytest.raises(InvalidState):
        lab.decide(one, "a", "reject")


def test_only_what_is_submitted_now_is_decided_and_by_reviewers(lab: Lab) -> None:
    one = lab.hand_in(region("a"))
    with pytest.raises(Conflict):
        region_verdicts.decide_region(lab.reviewer, one["id"], region="a", revision=99, decision="approve")
    with pytest.raises(NotFound, match="no region"):
        lab.decide(one, "z", "approve")
    with pytest.raises(Invalid, match="decision"):
        lab.decide(one, "a", "maybe")
    with pytest.raises(Forbidden):
        region_verdicts.decide_region(lab.annotator, one["id"], region="a", revision=1, decision="approve")
    with pytest.raises(NotFound):
        region_verdicts.regions_to_verify(lab.outsider, lab.project, "speech")
