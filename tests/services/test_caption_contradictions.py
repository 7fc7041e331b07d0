"""Captions and tags of a task that contradict each other, by the built-in words and those of the project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.reviews import caption_differences

Make = Callable[..., Any]
HUMAN = {"kind": "human"}


class Lab:
    """Two annotators who describe one task."""

    def __init__(self, make_user: Make, make_project: Make, add_task: Make) -> None:
        self.manager, self.reviewer, self.ada, self.ben = (make_user() for _ in range(4))
        self.project = make_project(
            labels=("Rain", "Vinyl", "Dog"),
            managers=(self.manager,),
            reviewers=(self.reviewer,),
            annotators=(self.ada, self.ben),
            annotators_per_task=2,
        )
        self.task = add_task(self.project, annotators=(self.ada, self.ben))

    def describe(self, person: Actor, text: str, *tags: str) -> None:
        document = {
            "schema": "labelbuddy/annotation@1",
            "caption": {"text": text, "origin": HUMAN},
            "tags": [{"label": tag, "score": None, "origin": HUMAN} for tag in tags],
        }
        request = Replacement(client=uuid4(), sequence=1, base_revision=0, document=document)
        saved = annotations.replace(person, self.task, request)
        handing_in.submit(person, self.task, saved["revision"])

    def compared(self) -> list[dict[str, Any]]:
        return caption_differences.compare_captions(self.reviewer, self.task)["captions"]


@pytest.fixture
def lab(make_user: Make, make_project: Make, add_task: Make) -> Lab:
    return Lab(make_user, make_project, add_task)


def test_captions_that_rule_each_other_out_name_each_other(lab: Lab) -> None:
    lab.describe(lab.ada, "A slow piano with vinyl crackle.")
    lab.describe(lab.ben, "A slow piano and rain.")
    ada, ben = lab.compared()
    found = {one["text"]: (one["against"], one["support"]) for one in ada["claims"]}
    assert found == {
        "slow": ([], [ben["annotation"]]),
        "piano": ([], [ben["annotation"]]),
        "vinyl crackle": ([ben["annotation"]], []),
    }


def test_a_tag_contradicts_a_caption_and_supports_one(lab: Lab) -> None:
    lab.describe(lab.ada, "The crackle of a vinyl record.", "dog")
    lab.describe(lab.ben, "A dog is heard.", "rain")
    ada, ben = lab.compared()
    assert [(one["text"], one["against"]) for one in ada["claims"]] == [("vinyl", [ben["annotation"]])]
    assert [(one["name"], one["against"]) for one in ben["tags"]] == [("Rain", [ada["annotation"]])]
    assert [(one["text"], one["support"]) for one in ben["claims"]] == [("dog", [ada["annotation"]])]


def test_a_project_adds_words_of_its_own(lab: Lab) -> None:
    words = [
        {"facet": "Genre", "value": "Techno", "words": ["techno"]},
        {"facet": "genre", "value": "jazz", "words": ["jazz"]},
    ]
    projects.update_project(lab.manager, lab.project, {"lexicon": words})
    lab.describe(lab.ada, "Techno.")
    lab.describe(lab.ben, "Some jazz.")
    assert [[one["facet"] for one in caption["claims"] if one["against"]] for caption in lab.compared()] == [
        ["genre"]
    ] * 2
    with pytest.raises(Invalid) as refused:
        projects.update_project(
            lab.manager, lab.project, {"lexicon": [{"facet": "genre", "value": "jazz", "words": []}]}
        )
    assert refused.value.field == "lexicon.0"
