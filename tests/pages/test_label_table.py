"""What managers type into the tables of labels and questions, as the services take it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from page_buttons import button, in_dialog

from labelbuddy_core.domain.label_sets import complete
from labelbuddy_core.domain.templates import TEMPLATES
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.projects import projects
from pages._label_table import COLUMNS, attributes_from, labels_from

Make = Callable[..., Any]
ASKED = {"id": "who", "name": "Speaker", "kind": "text", "choices": [], "required": False}


def test_an_edited_table_keeps_the_questions_that_it_does_not_show() -> None:
    rows = pd.DataFrame(
        [
            ["dog", "Hound", "#E69F00", "d", "Animal", "never overlap", 0.5, "free", None, "barks"],
            [None, "Chord", None, None, None, "cut to fit", None, "chords (Harte)", None, None],
            [None, "Call", None, None, None, "may overlap", None, "words of its own", "song, alarm,, ", None],
        ],
        columns=COLUMNS,
    )
    before = [{"id": "dog", "name": "Dog", "attributes": [ASKED]}, {"id": "k1", "name": "Animal", "attributes": []}]
    read = labels_from(rows, before)
    assert read[0]["parent"] == "k1"
    hound, chord, call = complete([{**read[0], "parent": None}, *read[1:]])
    assert (hound.id, hound.rules.overlap, hound.rules.shortest) == ("dog", "forbid", 0.5)
    assert hound.rules.attributes[0].name == "Speaker"
    assert (chord.rules.overlap, chord.rules.vocabulary, chord.rules.attributes) == ("trim", "harte", ())
    assert (call.rules.vocabulary, call.rules.words) == ("own", ("song", "alarm"))


@pytest.mark.parametrize("row", [[None] * 10, ["dog", " ", "#E69F00", "d", None, None, 0.5, None, None, "barks"]])
def test_a_row_without_a_name_is_refused_with_its_number(row: list[Any]) -> None:
    named = [None, "Cat", None, None, None, None, None, None, None, None]
    with pytest.raises(Invalid, match="Row 2 has no name"):
        labels_from(pd.DataFrame([named, row], columns=COLUMNS))


def test_questions_are_read_with_their_choices() -> None:
    columns = ["id", "name", "kind", "choices", "required"]
    rows = pd.DataFrame(
        [
            ["who", "Speaker", "Choice", "Ada, Ben,, ", True],
            [None, "Loud", "Rating 1–5", None, None],
            [None, "", "Text", "", False],
        ],
        columns=columns,
    )
    who, loud = attributes_from(rows)
    assert who == {"id": "who", "name": "Speaker", "kind": "choice", "choices": ["Ada", "Ben"], "required": True}
    assert (loud["kind"], loud["choices"], loud["required"]) == ("rating", [], False)


def test_a_project_without_labels_opens_with_an_empty_table(app: Make, make_user: Make, make_project: Make) -> None:
    manager = make_user()
    project = make_project(managers=(manager,), labels=())
    at = app(manager).run()
    at.query_params["project"] = project
    at.switch_page("project.py").run()
    assert not at.exception


def test_a_project_of_a_template_without_labels_is_created(app: Make, make_user: Make) -> None:
    manager = make_user(can_create_projects=True)
    at = app(manager).run()
    button(at, "New project").click().run()
    (template,) = [one for one in at.selectbox if one.label == "What should be labeled?"]
    (name,) = [one for one in at.text_input if one.label == "Name"]
    template.select_index(list(TEMPLATES).index("custom"))
    name.set_value("Anything")
    button(at, "New project").click().run()  # a dialog is open while its opener is pressed
    in_dialog(at, "New project", "Create project")
    assert [one["labels"] for one in projects.list_projects(manager)] == [[]]
