"""Label sets: what is filled in, what is refused, and that ids are unique and stable."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.domain.label_sets import complete, slug
from labelbuddy_core.errors import Invalid

VISIBLE = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])


def test_missing_ids_colors_and_keys_are_filled_in() -> None:
    labels = complete([{"name": "Speech"}, {"name": "Dog bark", "key": "d"}])
    assert [(label.id, label.key) for label in labels] == [("speech", "1"), ("dog-bark", "d")]
    assert all(label.color.startswith("#") for label in labels)


def test_a_label_that_stands_without_a_key_gets_none_and_a_new_one_gets_a_free_one() -> None:
    labels = complete(
        [{"id": "dog", "name": "Dog"}, {"id": "cat", "name": "Cat", "key": "2"}, {"name": "Cow"}],
        standing={"dog", "cat"},
    )
    assert [label.key for label in labels] == [None, "2", "1"]


def test_a_parent_may_be_given_by_its_name() -> None:
    _, bark, whine = complete(
        [{"id": "k1", "name": "Dog"}, {"name": "Bark", "parent": "dog "}, {"name": "Whine", "parent": "k1"}]
    )
    assert (bark.parent, whine.parent) == ("k1", "k1")


def test_an_id_survives_renaming() -> None:
    (label,) = complete([{"id": "dog", "name": "Canine"}])
    assert label.id == "dog"


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([{"name": " "}], "needs a name"),
        ([{"name": "Dog"}, {"name": "dog"}], "appears twice"),
        ([{"name": "Dog\tCat"}], "'Dog·Cat' has a control character or a line break"),
        ([{"name": "Dog", "color": "red"}], "#RRGGBB"),
        ([{"name": "Dog", "key": "dd"}], "single character"),
        ([{"name": "Dog", "key": "d"}, {"name": "Cat", "key": "d"}], "picks two labels"),
        ([{"name": "Dog", "parent": "animal"}], "is not in the set"),
        (
            [{"id": "a", "name": "A", "parent": "b"}, {"id": "b", "name": "B", "parent": "a"}],
            "itself: “A” below “B” below “A”",
        ),
        ([{"id": "a", "name": "A"}, {"id": "a", "name": "B"}], "same id"),
    ],
)
def test_a_wrong_label_set_is_refused(labels: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(Invalid, match=message):
        complete(labels)


@given(st.lists(st.text(VISIBLE, min_size=1, max_size=20).filter(lambda name: name.strip()), max_size=15))
def test_ids_are_unique_whatever_the_names(names: list[str]) -> None:
    distinct = list({name.strip().casefold(): name for name in names}.values())
    labels = complete([{"name": name} for name in distinct])
    assert len({label.id for label in labels}) == len(distinct)


def test_letters_of_every_script_stay_in_an_id() -> None:
    assert slug("  Ομιλία / Music  ") == "ομιλία-music"
