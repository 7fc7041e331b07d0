"""What a script may give to `audio_editor`, and what it gets before any browser has answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.wavesurfer_component import audio_editor
from labelbuddy_core.errors import Invalid

SILENCE = (np.zeros(8000), 8000)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """A folder for temporary files of this test alone."""
    from labelbuddy_core.services.recordings import standalone_folder, standalone_sounds

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    standalone_folder.shared_folder.cache_clear()
    yield
    standalone_folder.shared_folder.cache_clear()
    standalone_sounds._mapped.cache_clear()


def app() -> None:
    import numpy as np
    import streamlit as st

    from components.wavesurfer_component import audio_editor

    labels = ["Loud noise", {"name": "Verse", "id": "v", "key": "z", "overlap": "forbid", "shortest": 0.5}]
    given = [{"start": 0.25, "end": 0.5, "label": "Verse"}]
    st.session_state.document = audio_editor(
        (np.zeros(8000), 8000), labels, key="song", document=given, controls=("tags",), height=500
    )


def run(script: Callable[[], None]) -> tuple[AppTest, dict[str, Any]]:
    """The app after one run, and what its editor was given."""
    tested = AppTest.from_function(script, default_timeout=60).run()
    assert not tested.exception
    (editor,) = tested.get("bidi_component")
    return tested, json.loads(editor.proto.json)


def test_an_app_that_is_tested_without_a_browser_gets_the_initial_document() -> None:
    tested, _ = run(app)
    (region,) = tested.session_state.document["regions"]
    assert (region["start"], region["end"], region["label"]) == (0.25, 0.5, "v")


def test_the_browser_gets_labels_with_rules_controls_and_addresses_of_files() -> None:
    _, data = run(app)
    assert [label["id"] for label in data["labels"]] == ["Loud noise", "v"]
    assert data["labels"][0]["key"] == "1"
    assert (data["labels"][1]["overlap"], data["labels"][1]["shortest"]) == ("forbid", 0.5)
    assert data["controls"]["tags"]
    assert data["controls"]["regions"]
    assert not data["controls"]["caption"]
    assert all(data["files"][name] for name in ("audio", "peaks", "samples"))
    assert data["sound"]["frames"] == 8000


def test_what_the_browser_is_told_stays_small_with_many_regions() -> None:
    def many() -> None:
        import numpy as np

        from components.wavesurfer_component import audio_editor

        regions = [{"start": 0.0001 * number, "end": 0.5, "label": "a"} for number in range(2000)]
        audio_editor((np.zeros(8000), 8000), ["a"], key="song", document=regions)

    _, data = run(many)
    assert len(json.dumps(data)) < 20_000


def test_outside_of_a_running_app_the_initial_document_comes_back() -> None:
    document = audio_editor(SILENCE, ["a"], key="song", document=[{"start": 0, "end": 1, "label": "a"}])
    assert document["regions"][0]["label"] == "a"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"labels": []}, "labels"),
        ({"labels": "verse"}, "labels"),
        ({"labels": ["a", "A"]}, "labels.1.name"),
        ({"labels": [{"name": "a", "color": "red"}]}, "labels.0.color"),
        ({"controls": ("waves",)}, "controls"),
        ({"controls": "points"}, "controls"),
        ({"document": [{"start": 0, "end": 9, "label": "a"}]}, "document.end"),
        ({"suggestions": [{"start": 0, "end": 1, "label": "z"}]}, "suggestions.0.document.label"),
        ({"language": "xx"}, "language"),
        ({"audio": "/nowhere.wav"}, "audio"),
    ],
)
def test_a_wrong_argument_is_named(arguments: dict[str, Any], field: str) -> None:
    given = {"audio": SILENCE, "labels": ["a"], "key": field, **arguments}
    with pytest.raises(Invalid) as caught:
        audio_editor(given.pop("audio"), given.pop("labels"), **given)
    assert caught.value.field == field
