"""AudioSet's tree: every class has its place, and a model's file says what lies above what."""

from __future__ import annotations

import pytest
import yaml
from running_models import ROOT

from model_containers.panns.labels import LABELS
from model_containers.panns.ontology import PARENTS, parents_among


def test_the_ontology_has_632_classes_below_seven() -> None:
    everything = {*PARENTS, *(parent for parents in PARENTS.values() for parent in parents)}
    assert len(everything) == 632
    assert everything - set(PARENTS) == {
        "Human sounds",
        "Animal",
        "Music",
        "Natural sounds",
        "Sounds of things",
        "Source-ambiguous sounds",
        "Channel, environment and background",
    }
    assert set(LABELS) <= everything


def test_a_class_with_several_parents_has_all_of_them_in_their_order() -> None:
    assert PARENTS["Growling"] == ("Dog", "Cat", "Roaring cats (lions, tigers)", "Canidae, dogs, wolves")
    assert PARENTS["Bell"] == ("Musical instrument", "Sounds of things")


def test_where_a_parent_is_missing_those_above_it_take_its_place() -> None:
    assert parents_among(["Animal", "Bark", "Speech", "Choir", "Music", "Singing"]) == {
        "Bark": ("Animal",),
        "Choir": ("Singing", "Music"),
    }


@pytest.mark.parametrize("name", ["model.yaml", "model.local.yaml"])
def test_the_files_of_panns_declare_the_tree_of_their_classes(name: str) -> None:
    declared = yaml.safe_load((ROOT / "model_containers/panns" / name).read_text())["parents"]
    listed = {label: (above,) if isinstance(above, str) else tuple(above) for label, above in declared.items()}
    assert listed == parents_among(LABELS)
