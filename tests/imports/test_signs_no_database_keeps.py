"""NUL and halves of characters: no PostgreSQL keeps them, so neither a person nor a message of an import has them."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.imports.planned_annotations import Findings
from tests.imports.import_lab import Lab


@pytest.fixture
def lab(make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str]) -> Lab:
    manager, anna = make_user("manager"), make_user("anna")
    project = make_project(managers=(manager,), annotators=(anna,))
    return Lab(manager, anna, project, {"song": add_task(project, name="song.wav")})


def test_a_problem_shows_a_dot_in_place_of_each() -> None:
    findings = Findings()
    findings.refuse("a\0.csv", "Line 1\ud800", "No recording 'so\0ng'.\nName it.")
    (problem,) = findings.problems
    assert (problem.file, problem.place, problem.reason) == ("a·.csv", "Line 1·", "No recording 'so·ng'.·Name it.")


def test_an_author_whose_name_has_nul_in_json_of_others_stays_out_and_is_told(lab: Lab) -> None:
    mark = {"namespace": "segment_open", "data": [{"time": 1.0, "duration": 1.0, "value": "dog", "confidence": None}]}
    jams = {
        "annotations": [{**mark, "annotation_metadata": {"annotator": {"name": "Be\0n"}}}],
        "file_metadata": {"duration": 9.0, "title": "song.wav"},
    }
    lab.add(song__jams=orjson.dumps(jams))
    report = lab.do("check")
    assert report["authors"] == []
    assert [reason for _, _, reason in lab.problems()] == [
        "'Be·n' has a control character or a line break (U+0000, character 3); remove it."
    ]
