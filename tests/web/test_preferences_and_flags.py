"""What people set for themselves, and what they mark for a manager, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.projects import projects

Make = Callable[..., Any]


def test_preferences_are_kept_for_one_person_alone(client_for: Make, make_user: Make) -> None:
    ada, ben = client_for(make_user("ada")), client_for(make_user("ben"))
    assert ada.get("/api/v1/me/preferences").json() == {
        "keys": {},
        "reaction": 0.15,
        "language": "auto",
        "scores": "shown",
        "leveling": "on",
        "loudness": -23.0,
    }
    mine = {"keys": {"split": "Ctrl+B"}, "reaction": 0.2, "language": "de", "scores": "hidden"}
    mine |= {"leveling": "off", "loudness": -18.0}
    assert ada.put("/api/v1/me/preferences", json=mine).json() == mine
    assert ada.get("/api/v1/me/preferences").json() == mine
    assert ben.get("/api/v1/me/preferences").json()["keys"] == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"reaction": 2},
        {"keys": {"split": ""}},
        {"keys": {"A B": "x"}},
        {"colors": 1},
        {"language": "x"},
        {"scores": "x"},
        {"leveling": "x"},
        {"loudness": -50},
        {"loudness": 0},
    ],
)
def test_preferences_that_cannot_be_are_refused(client_for: Make, make_user: Make, wrong: dict[str, Any]) -> None:
    assert client_for(make_user("ada")).put("/api/v1/me/preferences", json=wrong).status_code == 422


def test_an_annotator_flags_a_task_and_the_manager_finds_it(
    client_for: Make, make_user: Make, make_project: Make, add_task: Make
) -> None:
    manager, annotator = make_user("manager"), make_user("annotator")
    project = make_project(managers=(manager,), annotators=(annotator,))
    flagged, _other = add_task(project), add_task(project)
    queue = client_for(annotator)
    assert queue.post(f"/api/v1/projects/{project}/tasks/next").json()["id"] == str(flagged)
    told = queue.put(f"/api/v1/tasks/{flagged}/flag", json={"flagged": True, "note": " clipped "})
    assert told.json()["flag"] == "clipped"
    found = client_for(manager).get(f"/api/v1/projects/{project}/tasks?flagged=true").json()
    assert [task["id"] for task in found["items"]] == [str(flagged)]
    client_for(manager).put(f"/api/v1/tasks/{flagged}/flag", json={"flagged": False})
    assert client_for(manager).get(f"/api/v1/tasks/{flagged}").json()["flag"] is None


def test_labels_keep_their_rules_when_the_project_is_asked(make_user: Make, make_project: Make) -> None:
    manager: Actor = make_user("manager")
    project = make_project(managers=(manager,))
    asked = {"name": "Speaker", "kind": "choice", "choices": ["Ada", "Ben"]}
    labels = [{"name": "Speech", "overlap": "forbid", "attributes": [asked]}, {"name": "Music"}]
    projects.update_project(manager, project, {"labels": labels})
    speech, music = projects.get_project(manager, project)["labels"]
    assert (speech["overlap"], speech["attributes"][0]["id"], music["overlap"]) == ("forbid", "Speaker", "allow")
