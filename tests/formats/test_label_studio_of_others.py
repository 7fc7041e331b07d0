"""What people make in Label Studio with other labeling interfaces than ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import label_studio
from labelbuddy_core.formats.marks import Mark, Marked


def result(kind: str, said: object, identity: str = "", *, whole: bool = False) -> dict[str, Any]:
    span = {} if whole else {"start": 1.0, "end": 2.0}
    return {"id": identity or kind, "from_name": f"my-{kind}", "type": kind, "value": {**span, kind: said}}


def read(*results: dict[str, Any]) -> tuple[Marked, list[str]]:
    problems: list[Invalid] = []
    text = json.dumps([{"data": {"audio": "a.wav"}, "annotations": [{"result": list(results)}]}])
    (found,) = label_studio.read(text, problems.append)
    return found, [problem.detail for problem in problems]


def test_a_region_with_several_labels_is_a_region_for_each() -> None:
    found, problems = read(result("labels", ["Dog", "Car"], "r"), result("rating", 4, "r"))
    stars = (("my-rating", "4"),)
    assert found.marks == (Mark(1.0, 2.0, "Car", attributes=stars), Mark(1.0, 2.0, "Dog", attributes=stars))
    assert problems == []


@pytest.mark.parametrize(("kind", "value"), [("rating", 4), ("number", 7)])
def test_a_number_about_the_whole_clip_is_listed_and_makes_no_label(kind: str, value: int) -> None:
    found, problems = read(result(kind, value, whole=True))
    assert found.tags == ()
    place = "tasks[0].annotations[0].result[0]"
    assert problems == [f"{place}: a {kind} ({value}) about the whole clip is neither a tag nor a caption."]


def test_a_path_of_a_taxonomy_is_one_name() -> None:
    paths = [["Animal", "Dog"], ["Vehicle"]]
    found, _ = read(result("taxonomy", paths, whole=True))
    assert found.tags == (("Animal / Dog", None), ("Vehicle", None))
    found, _ = read(result("labels", ["Noise"], "r"), result("taxonomy", paths, "r"))
    assert found.marks == (Mark(1.0, 2.0, "Noise", attributes=(("my-taxonomy", "Animal / Dog, Vehicle"),)),)


def test_json_min_is_named_with_the_remedy() -> None:
    least = [{"audio": "a.wav", "id": 1, "label": [{"start": 1, "end": 2, "labels": ["Dog"]}], "annotation_id": 3}]
    with pytest.raises(Invalid, match=r"This is Label Studio's JSON_MIN.*export JSON"):
        list(label_studio.read(json.dumps(least)))


def test_a_relation_is_listed_and_the_regions_that_it_joins_are_read() -> None:
    relation = {"from_id": "a", "to_id": "b", "type": "relation", "direction": "right"}
    found, problems = read(result("labels", ["Dog"]), relation)
    assert found.marks == (Mark(1.0, 2.0, "Dog"),)
    assert problems == ["tasks[0].annotations[0].result[1].value: expected an object."]
