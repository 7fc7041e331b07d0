"""Documents as scripts write them: what is left out is filled in, and what is wrong is named."""

from __future__ import annotations

import pytest

from labelbuddy_core.domain.given_documents import checked_document, complete_document, complete_predictions
from labelbuddy_core.domain.label_sets import complete
from labelbuddy_core.errors import Invalid

LABELS = complete([{"id": "verse", "name": "Verse"}, {"id": "noise", "name": "Loud noise"}])


def test_nothing_given_is_an_empty_document() -> None:
    document = complete_document(None, LABELS, 10.0, "document")
    assert document["schema"] == "labelbuddy/annotation@1"
    assert document["regions"] == document["points"] == document["tags"] == []


def test_a_list_of_regions_becomes_a_document_with_ids_and_origins() -> None:
    document = complete_document([{"start": 1, "end": 2.0000004, "label": "verse"}], LABELS, 10.0, "document")
    (region,) = document["regions"]
    assert region["id"]
    assert region["origin"]["kind"] == "import"
    assert region["end"] == 2.0


def test_the_same_list_means_the_same_items_at_every_run() -> None:
    given = [{"start": 1, "end": 2, "label": "verse"}, {"start": 1, "end": 2, "label": "verse"}]
    first, again = (complete_document(given, LABELS, 10.0, "document") for _ in range(2))
    assert first == again
    assert first["regions"][0]["id"] != first["regions"][1]["id"]


def test_labels_may_be_given_by_name() -> None:
    document = complete_document([{"start": 1, "end": 2, "label": "Loud noise"}], LABELS, 10.0, "document")
    assert document["regions"][0]["label"] == "noise"


def test_a_whole_document_stays_what_it_is() -> None:
    given = {
        "schema": "labelbuddy/annotation@1",
        "regions": [{"id": "r", "start": 1.0, "end": 2.0, "label": "verse", "origin": {"kind": "human"}}],
        "points": [{"time": 3.0, "kind": "beat", "position": 1}],
        "tags": [{"label": "noise"}],
        "caption": "a quiet street",
    }
    document = complete_document(given, LABELS, 10.0, "document")
    assert document["regions"][0]["id"] == "r"
    assert document["regions"][0]["origin"]["kind"] == "human"
    assert document["points"][0]["time"] == 3.0
    assert document["caption"]["text"] == "a quiet street"
    assert checked_document(document, LABELS, 10.0) == document


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ([{"start": 1, "end": 2, "label": "chorus"}], "document.label"),
        ([{"start": 1, "end": 20, "label": "verse"}], "document.end"),
        ([{"start": 3, "end": 2, "label": "verse"}], "document.regions.0"),
        ([{"start": 1, "label": "verse"}], "document.regions.0.end"),
        ([{"begin": 1}], "document"),
        ({"regions": 5}, "document.regions"),
        ("verse", "document"),
    ],
)
def test_what_is_wrong_is_named(given, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        complete_document(given, LABELS, 10.0, "document")
    assert caught.value.field == field


def test_a_document_of_suggestions_is_one_prediction_with_scores_in_its_origins() -> None:
    (prediction,) = complete_predictions(
        [{"id": "1", "start": 1, "end": 2, "label": "verse", "score": 0.9}], LABELS, 10.0, "suggestions"
    )
    (region,) = prediction["document"]["regions"]
    assert region["origin"] | {"region": "", "prediction": ""} == {
        "kind": "model", "prediction": "", "region": "", "model": "Suggestions", "version": None, "score": 0.9,
        "edited": False, "annotation": None,
    }  # fmt: skip
    assert region["origin"]["region"] == region["id"]
    assert region["origin"]["prediction"] == prediction["id"]


def test_several_models_may_use_the_same_ids() -> None:
    region = {"id": "1", "start": 1, "end": 2, "label": "verse", "score": 0.5}
    both = [{"model": name, "version": "2", "license": "MIT", "document": [region]} for name in ("ear", "eye")]
    made = complete_predictions(both, LABELS, 10.0, "suggestions")
    assert [one["model_name"] for one in made] == ["ear", "eye"]
    assert made[0]["document"]["regions"][0]["id"] != made[1]["document"]["regions"][0]["id"]
    assert made[0]["license"] == "MIT"


def test_no_suggestions_are_no_predictions() -> None:
    assert complete_predictions(None, LABELS, 10.0, "suggestions") == []
    assert complete_predictions([], LABELS, 10.0, "suggestions") == []


def test_a_prediction_with_an_unknown_member_is_refused() -> None:
    with pytest.raises(Invalid, match="threshold"):
        complete_predictions({"document": [], "threshold": 1}, LABELS, 10.0, "suggestions")
