"""Trees of labels: the nearest label above one, and circles."""

from __future__ import annotations

from labelbuddy_core.domain.label_trees import circle_in, nearest_above

TREE = {
    "Bark": ["Dog"],
    "Growling": ["Dog", "Cat"],
    "Dog": ["Domestic animals"],
    "Cat": ["Domestic animals"],
    "Domestic animals": ["Animal"],
}


def test_the_nearest_ancestor_that_is_present_is_found() -> None:
    assert nearest_above("Bark", TREE, {"Dog", "Animal"}) == "Dog"
    assert nearest_above("Bark", TREE, {"Animal", "Cat"}) == "Animal"
    assert nearest_above("Growling", TREE, {"Cat", "Animal"}) == "Cat"


def test_without_an_ancestor_in_the_set_a_label_stands_at_the_top() -> None:
    assert nearest_above("Bark", TREE, {"Bark", "Cat"}) is None
    assert nearest_above("Speech", TREE, {"Animal"}) is None


def test_of_several_parents_that_are_present_the_first_counts() -> None:
    assert nearest_above("Growling", TREE, {"Cat", "Dog"}) == "Dog"


def test_a_circle_is_found_and_a_label_with_two_ways_up_is_none() -> None:
    assert circle_in(TREE) is None
    assert circle_in({**TREE, "Animal": ["Bark"]}) in {"Animal", "Bark", "Dog", "Domestic animals"}
    assert circle_in({"Dog": ["Dog"]}) == "Dog"
