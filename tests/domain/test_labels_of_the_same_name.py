"""Which label of a project a name from elsewhere means by itself."""

from __future__ import annotations

import pytest

from labelbuddy_core.domain.label_matching import similar_labels, suggest_label_map


def means(name: str, *labels: str, **ids: str) -> str | None:
    return suggest_label_map([name], {**{label: label for label in labels}, **ids}).get(name)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("dog", "Dog"), ("Dogs", "Dog"), ("DOG BARK", "Dog bark"), ("dog_bark", "Dog bark"), ("dog-bark", "Dog bark"),
        ("Vögel", "Vogel"), ("Class", "class"), ("C#", "c#"),
    ],
)  # fmt: skip
def test_case_accents_what_is_between_words_and_a_plural_do_not_matter(name: str, label: str) -> None:
    assert means(name, label, "Other") == label


@pytest.mark.parametrize(
    ("name", "label"),
    [("C#", "C"), ("A+", "A-"), ("Dog?", "Dog"), ("A/B", "a:b"), ("C:min", "C min"), ("+", "-"), ("Clas", "class")],
)
def test_other_signs_make_another_name(name: str, label: str) -> None:
    assert means(name, label) is None


def test_the_very_same_name_comes_first() -> None:
    labels = {"one": "A/B", "two": "a/b", "three": "Dogs", "four": "Dog", "five": "dog"}
    assert suggest_label_map(["A/B", "a/b", "Dogs", "dog"], labels) == {
        "A/B": "one", "a/b": "two", "Dogs": "three", "dog": "five",
    }  # fmt: skip


def test_what_could_be_two_labels_is_none_of_them() -> None:
    assert means("DOG", "Dog", "dog") is None
    assert means("dogs", "Dog", "dog") is None


def test_an_id_counts_where_no_name_fits() -> None:
    assert suggest_label_map(["canis", "hund"], {"canis": "Dog", "x": "Hund", "hund": "Cat"}) == {
        "canis": "canis", "hund": "x",
    }  # fmt: skip


def test_what_differs_in_signs_may_be_proposed_to_a_person() -> None:
    assert similar_labels(["Dog?"], {"dog": "Dog"}) == {"Dog?": "dog"}
