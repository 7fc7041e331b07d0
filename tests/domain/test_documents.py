"""The annotation document: what is accepted, how it is keyed, clipped and put together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.domain.documents import (
    Collection,
    Region,
    assemble,
    fitted,
    items_of,
    key_of,
    parse_document,
    parse_item,
)
from labelbuddy_core.errors import Invalid

HUMAN = {"kind": "human"}
LABELS = frozenset({"music", "speech"})


def region(**changes: Any) -> dict[str, Any]:
    return {"id": "r_1", "start": 1.0, "end": 2.0, "label": "music", "origin": HUMAN, **changes}


def test_a_document_needs_only_its_schema() -> None:
    document = parse_document({"schema": "labelbuddy/annotation@1"})
    assert list(items_of(document)) == []


def test_the_example_of_the_design_is_accepted() -> None:
    document = parse_document(
        {
            "schema": "labelbuddy/annotation@1",
            "regions": [
                region(
                    low=200.0,
                    high=4200.0,
                    channel=None,
                    text="plucked string",
                    attributes={"salience": 3},
                    confidence=None,
                    origin={
                        "kind": "model",
                        "prediction": "p_1",
                        "region": "r_9",
                        "model": "yoho",
                        "version": "3",
                        "score": 0.93,
                        "edited": True,
                    },
                )
            ],
            "points": [{"id": "p_1", "time": 12.034, "kind": "beat", "position": 1}],
            "tags": [{"label": "rock", "score": None, "origin": HUMAN}],
            "caption": {"text": "A track …", "start": None, "end": None, "origin": {"kind": "model", "edited": True}},
            "answers": [
                {
                    "question": "q1",
                    "answer": "…",
                    "evidence": [{"start": 3.1, "end": 4.0, "low": None, "high": None}],
                    "global": False,
                }
            ],
        }
    )
    assert [(collection.value, key_of(item)) for collection, item in items_of(document)] == [
        ("regions", "r_1"),
        ("points", "p_1"),
        ("tags", "rock"),
        ("answers", "q1"),
        ("caption", "caption"),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": 3.0}, "value"),
        ({"start": float("nan")}, "value.start"),
        ({"end": float("inf")}, "value.end"),
        ({"low": -1.0}, "value.low"),
        ({"low": 500.0, "high": 100.0}, "value"),
        ({"label": ""}, "value.label"),
        ({"id": "../../etc"}, "value.id"),
        ({"colour": "red"}, "value.colour"),
        ({"start": "one"}, "value.start"),
        ({"origin": {"kind": "robot"}}, "value.origin.kind"),
        ({"confidence": 1.2}, "value.confidence"),
        ({"text": "x" * 20_001}, "value.text"),
        ({"text": "dog\x00"}, "value.text"),
    ],
)
def test_a_bad_region_is_refused_and_the_field_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_item(Collection.REGIONS, region(**changes))
    assert caught.value.field == field


def test_two_items_with_one_key_are_refused() -> None:
    with pytest.raises(Invalid, match="more than once"):
        parse_document({"schema": "labelbuddy/annotation@1", "regions": [region(), region()]})


def test_a_label_outside_the_label_set_is_refused() -> None:
    item = parse_item(Collection.REGIONS, region(label="cat"))
    with pytest.raises(Invalid, match="'cat' is not in this project's label set"):
        fitted(item, labels=LABELS, start=0.0, stop=10.0)


def test_times_a_little_outside_are_clipped_and_times_far_outside_refused() -> None:
    near = parse_item(Collection.REGIONS, region(start=-0.004, end=10.005))
    clipped = fitted(near, labels=LABELS, start=0.0, stop=10.0)
    assert isinstance(clipped, Region)
    assert (clipped.start, clipped.end) == (0.0, 10.0)
    far = parse_item(Collection.REGIONS, region(end=10.0051))
    with pytest.raises(Invalid, match="outside the task"):
        fitted(far, labels=LABELS, start=0.0, stop=10.0)


@given(st.floats(0, 3600), st.floats(0, 3600))
def test_fitting_rounds_to_a_microsecond_and_fitting_again_changes_nothing(one: float, two: float) -> None:
    start, end = sorted((one, two))
    item = parse_item(Collection.REGIONS, region(start=start, end=end))
    once = fitted(item, labels=LABELS, start=0.0, stop=3600.0)
    assert isinstance(once, Region)
    assert abs(once.start - start) <= 5.1e-7
    assert once.start <= once.end
    assert fitted(once, labels=LABELS, start=0.0, stop=3600.0) == once


def test_an_assembled_document_is_sorted_by_time() -> None:
    document = assemble([("regions", region(id="late", start=5.0, end=6.0)), ("regions", region(id="early"))])
    assert [entry["id"] for entry in document["regions"]] == ["early", "late"]
