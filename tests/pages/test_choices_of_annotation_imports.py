"""What a manager chooses for the names in files of labels."""

from __future__ import annotations

from pages._project_import_choices import with_authors, with_labels

MEANING = {"Leave out": None, "Dog": "dog"}
ROWS = [{"name": "bark"}, {"name": "noise"}, {"name": "howl"}]
NOTHING = {"labels": {}, "new_labels": {}}
NEW = ("New label", "bark"), ("New label", "noise"), ("Dog", "")


def test_changed_rows_are_choices_and_others_stay_as_they_were() -> None:
    after = [("Dog", "bark"), ("Leave out", "noise"), ("Dog", "")]
    found = with_labels({"labels": {"howl": "dog"}, "new_labels": {}}, ROWS, list(NEW), after, MEANING)
    assert found == {"labels": {"howl": "dog", "bark": "dog", "noise": None}, "new_labels": {}}


def test_a_label_that_fits_can_be_replaced_by_a_new_one_with_a_name() -> None:
    after = [*NEW[:2], ("New label", " Wolf ")]
    assert with_labels(NOTHING, ROWS, list(NEW), after, MEANING) == {"labels": {}, "new_labels": {"howl": "Wolf"}}


def test_a_new_label_without_a_name_is_called_as_in_the_files_and_is_no_silence() -> None:
    after = [*NEW[:2], ("New label", "")]
    assert with_labels(NOTHING, ROWS, list(NEW), after, MEANING) == {"labels": {}, "new_labels": {"howl": "howl"}}


def test_a_new_label_can_be_renamed_and_given_up() -> None:
    chosen = {"labels": {}, "new_labels": {"bark": "Woof"}}
    before = [("New label", "Woof"), *NEW[1:]]
    renamed = with_labels(chosen, ROWS, before, [("New label", "Wuff"), *NEW[1:]], MEANING)
    assert renamed["new_labels"] == {"bark": "Wuff"}
    given_up = with_labels(chosen, ROWS, before, [("Dog", "Woof"), *NEW[1:]], MEANING)
    assert given_up == {"labels": {"bark": "dog"}, "new_labels": {}}


def test_a_name_beside_a_label_of_the_project_is_no_choice() -> None:
    assert with_labels(NOTHING, ROWS, list(NEW), [*NEW[:2], ("Dog", "Wolf")], MEANING) == NOTHING


def test_an_author_who_is_a_member_may_be_kept_by_name() -> None:
    meaning = {"Kept": "@outside", "Leave out": None, "anna": "anna"}
    rows = [{"name": "Anna"}, {"name": "Ben"}]
    assert with_authors({}, rows, ["anna", "Kept"], ["Kept", "Kept"], meaning) == {"Anna": "@outside"}


def test_marks_without_a_label_are_no_choice_until_somebody_chooses() -> None:
    rows, before = [{"name": ""}], [("To be chosen", "")]
    assert with_labels(NOTHING, rows, before, before, MEANING) == NOTHING
    assert with_labels(NOTHING, rows, before, [("Dog", "")], MEANING) == {"labels": {"": "dog"}, "new_labels": {}}
    made = with_labels(NOTHING, rows, before, [("New label", "")], MEANING)
    assert made == {"labels": {}, "new_labels": {"": "unlabeled"}}
