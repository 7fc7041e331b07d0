"""What managers type into the tables of labels and questions, as the services take it."""

from __future__ import annotations

import pandas as pd

from labelbuddy_core.domain.label_sets import complete
from pages._label_table import COLUMNS, attributes_from, labels_from

ASKED = {"id": "who", "name": "Speaker", "kind": "text", "choices": [], "required": False}


def test_an_edited_table_keeps_the_questions_that_it_does_not_show() -> None:
    rows = pd.DataFrame(
        [
            ["dog", "Hound", "#E69F00", "d", "", "never overlap", 0.5, "free", None, "barks"],
            [None, "Chord", None, None, None, "cut to fit", None, "chords (Harte)", None, None],
            [None, "Call", None, None, None, "may overlap", None, "words of its own", "song, alarm,, ", None],
            [None, " ", None, None, None, None, None, None, None, None],
        ],
        columns=COLUMNS,
    )
    hound, chord, call = complete(labels_from(rows, [{"id": "dog", "attributes": [ASKED]}]))
    assert (hound.id, hound.rules.overlap, hound.rules.shortest) == ("dog", "forbid", 0.5)
    assert hound.rules.attributes[0].name == "Speaker"
    assert (chord.rules.overlap, chord.rules.vocabulary, chord.rules.attributes) == ("trim", "harte", ())
    assert (call.rules.vocabulary, call.rules.words) == ("own", ("song", "alarm"))


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
