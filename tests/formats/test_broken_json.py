"""JSON that is broken names line and column; a file that was cut off is said to end early."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import aoef, jams_files, json_import, label_studio, labelbuddy_2022
from labelbuddy_core.formats.import_formats import detected

READERS: dict[str, Callable[[str], Any]] = {
    "jams": lambda text: list(jams_files.read(text)),
    "aoef": lambda text: list(aoef.read(text)),
    "label-studio": lambda text: list(label_studio.read(text)),
    "labelbuddy-2022": lambda text: list(labelbuddy_2022.read(text)),
    "json": lambda text: list(json_import.read(text.encode(), "x.json")),
    "told by itself": lambda text: detected("x.json", text),
}


@pytest.mark.parametrize("form", list(READERS))
def test_a_mistake_is_named_with_line_and_column(form: str) -> None:
    with pytest.raises(Invalid) as problem:
        READERS[form](("[1," if form == "labelbuddy-2022" else '{"tasks":') + '\n  [{"a":1, b}]')
    assert problem.value.detail.startswith("Line 2, column 12: this is not JSON (")
    assert problem.value.detail.endswith(", found 'b}]').")


@pytest.mark.parametrize("rest", ["", '"whi', "tr", "[", '{"a"', " "])
@pytest.mark.parametrize("form", [one for one in READERS if one != "labelbuddy-2022"])
def test_a_file_that_was_cut_off_is_said_to_end_early(form: str, rest: str) -> None:
    with pytest.raises(Invalid, match=r"Line 2: the file ends early, in the middle of its JSON\."):
        READERS[form]('{"tasks":\n  [' + rest)


@pytest.mark.parametrize("form", ["jams", "label-studio", "json"])
def test_an_empty_file_is_said_to_be_empty(form: str) -> None:
    with pytest.raises(Invalid, match=r"The file is empty\."):
        READERS[form](" \n")


def test_json_that_nothing_can_hold_is_refused() -> None:
    for text in ("[" * 200_000, "9" * 5000):
        with pytest.raises(Invalid):
            list(label_studio.read(text))
