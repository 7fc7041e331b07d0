"""What a change of a label set comes to: the set after it, and the label that every item gets."""

from __future__ import annotations

from typing import Any

import pytest

from labelbuddy_core.domain.label_changes import Labels, plan, taken_back
from labelbuddy_core.domain.label_rules import LabelRules
from labelbuddy_core.domain.label_sets import OKABE_ITO, complete
from labelbuddy_core.domain.relabeling import Relabeling, relabeled, relabeled_document, relabeling_from, spoken
from labelbuddy_core.errors import Invalid


def label(name: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": name.lower(), "name": name, "color": "#E69F00", "key": None, "parent": parent, "description": "",
        "deprecated": False, **LabelRules().as_json(), **more,
    }  # fmt: skip


def choice(*choices: str, **more: Any) -> dict[str, Any]:
    return {"id": "size", "name": "Size", "kind": "choice", "choices": list(choices), "required": True, **more}


def ids(labels: Labels) -> list[tuple[str, str | None]]:
    return [(one["id"], one["parent"]) for one in labels]


def test_a_merge_takes_labels_out_and_puts_what_was_below_them_below_the_one_that_stays() -> None:
    labels = [label("Animal"), label("Dog", "animal"), label("Hound", "animal"), label("Puppy", "hound")]
    planned = plan({"kind": "merge", "labels": ["hound"], "into": "dog"}, labels)
    assert ids(planned.labels) == [("animal", None), ("dog", "animal"), ("puppy", "dog")]
    assert planned.relabeling.label_of({"label": "hound"}) == "dog"
    assert planned.told == "“Hound” was merged into “Dog”."


@pytest.mark.parametrize(
    ("dog", "hound", "puppy", "kept", "told"),
    [
        ("1", "4", None, "1", "“Hound”, “Puppy” were merged into “Dog”; key 4 is free."),
        ("1", "4", "5", "1", "“Hound”, “Puppy” were merged into “Dog”; keys 4, 5 are free."),
        (None, "4", None, "4", "“Hound”, “Puppy” were merged into “Dog”, which takes key 4."),
        (None, "4", "5", "4", "“Hound”, “Puppy” were merged into “Dog”, which takes key 4; key 5 is free."),
        (None, None, None, None, "“Hound”, “Puppy” were merged into “Dog”."),
    ],
)
def test_a_merge_says_what_becomes_of_keys_and_gives_one_to_the_label_that_stays_without_one(
    dog: str | None, hound: str | None, puppy: str | None, kept: str | None, told: str
) -> None:
    labels = [label("Dog", key=dog), label("Hound", key=hound), label("Puppy", key=puppy), label("Cat")]
    planned = plan({"kind": "merge", "labels": ["hound", "puppy"], "into": "dog"}, labels)
    assert [one["key"] for one in planned.labels] == [kept, None]
    assert planned.told == told


def test_a_deprecated_label_that_is_merged_into_takes_no_key() -> None:
    labels = [label("Dog", deprecated=True), label("Hound", key="4")]
    planned = plan({"kind": "merge", "labels": ["hound"], "into": "dog"}, labels)
    assert (planned.labels[0]["key"], planned.told) == (None, "“Hound” was merged into “Dog”; key 4 is free.")


def test_a_deprecation_frees_the_key_and_taking_it_back_gives_none() -> None:
    planned = plan({"kind": "deprecate", "label": "dog"}, [label("Dog", key="1")])
    assert planned.told == "“Dog” is not given any more; key 1 is free."
    again = plan({"kind": "deprecate", "label": "dog", "deprecated": False}, planned.labels)
    assert (again.labels[0]["key"], again.told) == (None, "“Dog” can be given again, without a key.")


def test_a_label_that_is_merged_into_one_below_it_leaves_no_circle() -> None:
    labels = [label("Top"), label("Animal", "top"), label("Mammal", "animal"), label("Dog", "mammal")]
    planned = plan({"kind": "merge", "labels": ["animal"], "into": "dog"}, labels)
    assert ids(planned.labels) == [("top", None), ("mammal", "top"), ("dog", "mammal")]


def test_the_label_that_stays_asks_what_the_others_asked() -> None:
    sure = {"id": "sure", "name": "Sure", "kind": "yes-no", "choices": [], "required": True}
    labels = [
        label("Dog", attributes=[choice("big", "small")]),
        label("Hound", attributes=[choice("huge", "big"), sure]),
    ]
    (dog,) = plan({"kind": "merge", "labels": ["hound"], "into": "dog"}, labels).labels
    size, asked = dog["attributes"]
    assert (size["choices"], size["required"]) == (["big", "small", "huge"], True)
    assert (asked["id"], asked["required"]) == ("sure", False)


def test_what_does_not_fit_is_said_before() -> None:
    labels = [label("Dog", overlap="forbid"), label("Hound")]
    (note,) = plan({"kind": "merge", "labels": ["hound"], "into": "dog"}, labels).notes
    assert note == "“Dog” forbids overlaps: regions that overlap after the merge stay until moved."


def test_a_split_by_an_answer_makes_the_labels_that_are_missing_beside_it() -> None:
    labels = [label("Animal"), label("Dog", "animal", attributes=[choice("big", "small")]), label("Big dog", key="b")]
    labels[2]["id"] = "big-dog"
    change = {"kind": "split", "label": "dog", "attribute": "size", "into": {"big": "big dog", "small": "Small dog"}}
    planned = plan(change, labels)
    assert ids(planned.labels) == [("animal", None), ("dog", "animal"), ("small-dog", "animal"), ("big-dog", None)]
    assert planned.created == ("small-dog",)
    assert complete(planned.labels)[2].rules.attributes[0].id == "size"
    of = relabeling_from(planned.relabeling.as_json()).label_of
    assert of({"label": "dog", "attributes": {"size": "Small"}}) == "small-dog"
    assert of({"label": "dog", "attributes": {"size": "huge"}}) == "dog"
    assert of({"label": "cat", "attributes": {"size": "small"}}) == "cat"


def test_a_split_by_text_and_one_by_hand() -> None:
    by_text = plan({"kind": "split", "label": "dog", "by": "text", "into": {"woof  Woof": "Bark"}}, [label("Dog")])
    assert by_text.relabeling.label_of({"label": "dog", "text": " Woof woof"}) == "bark"
    by_hand = plan({"kind": "split", "label": "dog", "by": "hand", "into": ["Bark", "Growl"]}, [label("Dog")])
    assert by_hand.relabeling.label_of({"label": "dog", "text": "Bark"}) == "dog"
    assert by_hand.relabeling.split is not None
    assert by_hand.relabeling.split.targets == ("bark", "growl")


def test_the_parts_of_a_split_have_colors_that_no_label_has_however_many_there_are() -> None:
    labels = [label("Dog"), *(label(f"L{number}", color=color.lower()) for number, color in enumerate(OKABE_ITO[:6]))]
    names = [f"Part {number}" for number in range(60)]
    planned = plan({"kind": "split", "label": "dog", "by": "hand", "into": names}, labels)
    colors = [one["color"] for one in planned.labels if one["id"] in planned.created]
    assert colors[:2] == list(OKABE_ITO[6:])
    assert len(set(colors)) == 60
    assert not set(colors) & set(OKABE_ITO[:6])
    assert complete(planned.labels)


def test_answers_are_compared_as_they_are_spoken() -> None:
    assert [spoken(one) for one in (True, False, 3.0, 2.5, None, " Big  Dog ")] == [
        "yes",
        "no",
        "3",
        "2.5",
        "",
        "big dog",
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "paint"}, "kind"),
        ({"kind": "rename", "label": "cat", "name": "x"}, "label"),
        ({"kind": "rename", "label": "dog", "name": "Hound"}, "labels.1.name"),
        ({"kind": "rename", "label": "dog", "name": " "}, "labels.0.name"),
        ({"kind": "rename", "label": "dog", "name": "x", "color": "#000000"}, "color"),
        ({"kind": "recolor", "label": "dog", "color": "red"}, "labels.0.color"),
        ({"kind": "move", "label": "dog", "parent": "dog"}, "labels.0.parent"),
        ({"kind": "merge", "labels": ["dog"], "into": "dog"}, "labels"),
        ({"kind": "merge", "labels": [], "into": "dog"}, "labels"),
        ({"kind": "merge", "labels": ["hound"]}, "into"),
        ({"kind": "split", "label": "dog", "attribute": "size", "into": {"big": "x"}}, "attribute"),
        ({"kind": "split", "label": "dog", "by": "hand", "into": []}, "into"),
        ({"kind": "split", "label": "dog", "by": "hand", "into": "x"}, "into"),
        ({"kind": "split", "label": "dog", "by": "luck", "into": ["x"]}, "by"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan(change, [label("Dog"), label("Hound")])
    assert refused.value.field == field


def test_of_two_tags_that_become_one_the_persons_own_stays() -> None:
    hound = {"label": "hound", "score": 0.9, "origin": {"kind": "model"}}
    own = {"label": "dog", "score": None, "origin": {"kind": "human"}}
    region = {"id": "r1", "start": 1.0, "end": 2.0, "label": "hound"}
    items = {("tags", "hound"): hound, ("tags", "dog"): own, ("regions", "r1"): region}
    gone, put = relabeled(items, Relabeling(merged={"hound": "dog"}))
    assert gone == [("tags", "hound")]
    assert put == {("regions", "r1"): {**region, "label": "dog"}}
    document = {"regions": [region], "points": [], "tags": [hound, {**own, "score": 0.2}], "caption": None}
    changed = relabeled_document(document, Relabeling(merged={"hound": "dog"}))
    assert changed["tags"] == [{**hound, "label": "dog"}]
    assert relabeled_document(document, Relabeling(merged={"cat": "dog"})) == document


def test_taking_back_a_merge_leaves_what_was_done_to_other_labels() -> None:
    before = [label("Hound"), label("Dog"), label("Cat")]
    after = plan({"kind": "merge", "labels": ["hound"], "into": "dog"}, before).labels
    present = [*[dict(one) for one in after], label("Bird")]
    present[1]["color"] = "#000000"
    labels, problems = taken_back(present, before, after)
    assert problems == []
    assert [(one["id"], one["color"]) for one in labels] == [
        ("hound", "#E69F00"), ("dog", "#E69F00"), ("cat", "#000000"), ("bird", "#E69F00"),
    ]  # fmt: skip


def test_a_label_that_was_changed_since_stands_in_the_way() -> None:
    before = [label("Dog")]
    after = plan({"kind": "rename", "label": "dog", "name": "Hound"}, before).labels
    present = [{**after[0], "name": "Wolf"}]
    assert taken_back(present, before, after) == (present, ["The label “Wolf” was changed since."])


def test_a_label_that_got_the_freed_key_stands_in_the_way_of_a_merge_and_is_named() -> None:
    before = [label("Hound", key="3"), label("Dog", key="1")]
    after = plan({"kind": "merge", "labels": ["hound"], "into": "dog"}, before).labels
    present = [*after, label("Bird", key="3")]
    said = "“Hound” and “Bird” would both have the key 3: give “Bird” another key first."
    assert taken_back(present, before, after) == (present, [said])


def test_a_label_that_was_there_and_got_the_freed_key_or_name_stands_in_the_way_too() -> None:
    before = [label("Dog", key="3"), label("Bird")]
    after = plan({"kind": "deprecate", "label": "dog"}, before).labels
    present = [after[0], {**after[1], "key": "3"}]
    said = "“Dog” and “Bird” would both have the key 3: give “Bird” another key first."
    assert taken_back(present, before, after) == (present, [said])
    after = plan({"kind": "rename", "label": "dog", "name": "Hound"}, before).labels
    present = [after[0], {**after[1], "name": "Dog"}]
    assert taken_back(present, before, after) == (
        present, ["The label set was changed since: The label 'Dog' appears twice."],
    )  # fmt: skip


def test_taking_back_a_move_restores_the_order() -> None:
    before = [label("A"), label("B"), label("C")]
    after = plan({"kind": "move", "label": "c", "parent": None, "before": "a"}, before).labels
    assert [one["id"] for one in after] == ["c", "a", "b"]
    assert [one["id"] for one in taken_back(after, before, after)[0]] == ["a", "b", "c"]
