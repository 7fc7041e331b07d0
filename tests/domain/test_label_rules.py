"""Rules of labels: what is filled in, and what is refused with the member that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from labelbuddy_core.domain.label_rules import LabelRules
from labelbuddy_core.domain.label_sets import complete
from labelbuddy_core.errors import Invalid


def test_a_label_without_rules_has_the_usual_ones() -> None:
    (label,) = complete([{"name": "Speech"}])
    assert label.rules == LabelRules()


def test_rules_come_back_as_they_were_given() -> None:
    asked = {"id": "who", "name": "Speaker", "kind": "choice", "choices": ["Ada", "Ben"], "required": True}
    given: dict[str, Any] = {"overlap": "trim", "shortest": 0.25, "vocabulary": "own", "attributes": [asked]}
    given["words"] = ["maj", "min"]
    (label,) = complete([{"name": "Chord", **given}])
    assert label.rules.as_json() == given


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"overlap": "never"}, "labels.0.overlap"),
        ({"shortest": -1}, "labels.0.shortest"),
        ({"shortest": "nan"}, "labels.0.shortest"),
        ({"vocabulary": "latin"}, "labels.0.vocabulary"),
        ({"vocabulary": "own"}, "labels.0.words"),
        ({"vocabulary": "own", "words": "maj"}, "labels.0.words"),
        ({"vocabulary": "own", "words": ["m" * 81]}, "labels.0.words"),
        ({"vocabulary": "harte", "words": ["maj"]}, "labels.0.words"),
        ({"attributes": [{"name": ""}]}, "labels.0.attributes.0.name"),
        ({"attributes": [{"name": "Who", "kind": "choice", "choices": ["Ada"]}]}, "labels.0.attributes.0.choices"),
        ({"attributes": [{"name": "Who", "kind": "guess"}]}, "labels.0.attributes.0.kind"),
        ({"attributes": [{"name": "Who"}, {"name": "Who"}]}, "labels.0.attributes"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_its_name(rules: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        complete([{"name": "Speech", **rules}])
    assert refused.value.field == field
