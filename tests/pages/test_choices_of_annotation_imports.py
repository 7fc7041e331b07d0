"""What a manager chooses for the names in files of labels."""

from __future__ import annotations

from pages._project_import_choices import _AS_TOLD, _with_changes

MEANING = {"New label": _AS_TOLD, "Leave out": None, "Dog": "dog"}
ROWS = [{"name": "bark"}, {"name": "noise"}, {"name": "howl"}]


def test_changed_rows_are_choices_and_others_stay_as_they_were() -> None:
    after = ["Dog", "Leave out", "Dog"]
    found = _with_changes({"howl": "dog"}, ROWS, ["New label", "New label", "Dog"], after, MEANING)
    assert found == {"howl": "dog", "bark": "dog", "noise": None}


def test_a_choice_that_is_put_back_is_none_any_more() -> None:
    before, after = ["Dog", "Leave out", "New label"], ["New label", "New label", "New label"]
    assert _with_changes({"bark": "dog", "noise": None}, ROWS, before, after, MEANING) == {}
