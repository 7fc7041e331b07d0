"""Edits of a label set and what others changed meanwhile are put together, or said not to fit."""

from __future__ import annotations

from typing import Any

import pytest

from labelbuddy_core.domain.label_edits import merge_edit

DOG: dict[str, Any] = {"id": "dog", "name": "Dog", "color": "#E69F00", "key": "1"}
CAT: dict[str, Any] = {"id": "cat", "name": "Cat", "color": "#56B4E9", "key": "2"}
ZEBRA: dict[str, Any] = {"id": "zebra", "name": "Zebra", "color": "#009E73", "key": "3"}
BIRD: dict[str, Any] = {"name": "Bird", "shortest": "0.0", "overlap": "allow"}


def test_what_both_did_is_in_the_set() -> None:
    edit = merge_edit([DOG, CAT], [{**DOG, "name": "Hound"}, CAT, BIRD], [{**DOG, "key": "d"}, CAT, ZEBRA])
    assert [(one["name"], one.get("key")) for one in edit.labels] == [
        ("Hound", "d"),
        ("Cat", "2"),
        ("Zebra", "3"),
        ("Bird", None),
    ]
    assert edit.changed
    assert not edit.clashes


def test_edits_go_by_the_ids_of_labels_and_not_by_their_places() -> None:
    edit = merge_edit([DOG, CAT], [DOG, {**CAT, "name": "Tom"}], [ZEBRA, CAT, DOG])
    assert [one["name"] for one in edit.labels] == ["Zebra", "Tom", "Dog"]


def test_a_table_that_was_not_touched_changes_nothing() -> None:
    """What a table writes otherwise than the set does (numbers as text, small letters of a color) is no change."""
    edit = merge_edit([DOG], [{**DOG, "shortest": "0.0", "color": "#e69f00", "words": []}], [{**DOG, "name": "Hound"}])
    assert not edit.changed
    assert [one["name"] for one in edit.labels] == ["Hound"]


def test_a_label_that_both_removed_is_no_clash() -> None:
    edit = merge_edit([DOG, CAT], [CAT], [CAT])
    assert (edit.changed, edit.clashes) == (False, ())


@pytest.mark.parametrize(
    ("edited", "present", "said"),
    [
        ([{**DOG, "name": "Hound"}, CAT], [{**DOG, "name": "Wolf"}, CAT], "“Dog” was changed by somebody too (name)."),
        ([{**DOG, "name": "Hound"}, CAT], [CAT], "“Dog”, which you changed, was removed by somebody."),
        ([CAT], [{**DOG, "name": "Wolf"}, CAT], "“Dog”, which you removed, was changed by somebody."),
        ([DOG, CAT, BIRD], [DOG, CAT, {"id": "b", "name": "bird"}], "“Bird” was added by somebody too."),
    ],
)
def test_what_cannot_be_put_together_is_said(edited: list[Any], present: list[Any], said: str) -> None:
    assert merge_edit([DOG, CAT], edited, present).clashes == (said,)
