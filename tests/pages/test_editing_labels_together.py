"""Two managers edit the label set at a time: nothing that one of them typed is lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import HistoryEvent
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.projects import projects

Make = Callable[..., Any]
ADDED = {"edited_rows": {}, "added_rows": [{"name": "Bird", "parent": "Dog"}], "deleted_rows": []}


class Labels:
    """The tab of labels of a project with speech, music and dog, as one manager has it open."""

    def __init__(self, at: AppTest, manager: Actor, project: str) -> None:
        self.at, self.manager, self.project = at, manager, project

    @property
    def table(self) -> Any:
        (found,) = [one for one in self.at.dataframe if (one.key or "").startswith("labels-")]
        return found

    def type(self, edits: dict[str, Any]) -> None:
        self.at.session_state[self.table.key] = edits
        self.at.run()
        assert not self.at.exception

    def save(self) -> None:
        (button,) = [one for one in self.at.button if one.label == "Save labels"]
        button.click().run()
        assert not self.at.exception

    @property
    def said(self) -> str:
        return " ".join(one.value for one in [*self.at.toast, *self.at.error, *self.at.info])

    @property
    def present(self) -> list[dict[str, Any]]:
        return projects.get_project(self.manager, self.project)["labels"]

    def by_somebody_else(self, labels: list[dict[str, Any]]) -> None:
        projects.update_project(self.manager, self.project, {"labels": labels})


@pytest.fixture
def labels(app: Make, make_user: Make, make_project: Make) -> Labels:
    manager = make_user("manager")
    project = make_project(managers=(manager,))
    at = app(manager).run()
    at.switch_page("project.py").run()
    assert not at.exception
    return Labels(at, manager, project)


def test_a_label_that_was_typed_while_somebody_added_another_is_saved(labels: Labels) -> None:
    labels.type(ADDED)
    labels.by_somebody_else([*labels.present, {"name": "Zebra"}])
    labels.at.run()
    assert list(labels.table.value["name"]) == ["Speech", "Music", "Dog"]
    assert "Somebody changed the label set since you began to edit it" in labels.said
    labels.save()
    assert [one["name"] for one in labels.present] == ["Speech", "Music", "Dog", "Zebra", "Bird"]
    assert labels.present[-1]["parent"] == "dog"
    assert "Labels saved" in labels.said
    assert list(labels.table.value["name"]) == ["Speech", "Music", "Dog", "Zebra", "Bird"]


def test_edits_hit_the_label_that_was_shown_also_where_others_lie_in_its_row_now(labels: Labels) -> None:
    labels.type({"edited_rows": {"0": {"name": "Talk"}}, "added_rows": [], "deleted_rows": []})
    labels.by_somebody_else([{"name": "Zebra"}, *labels.present[1:], labels.present[0]])
    labels.save()
    assert [(one["id"], one["name"]) for one in labels.present] == [
        ("zebra", "Zebra"),
        ("music", "Music"),
        ("dog", "Dog"),
        ("speech", "Talk"),
    ]


def test_what_both_changed_is_not_saved_and_stays_in_the_table(labels: Labels) -> None:
    edits = {"edited_rows": {"0": {"name": "Talk"}}, "added_rows": [], "deleted_rows": []}
    labels.type(edits)
    labels.by_somebody_else([{**labels.present[0], "name": "Voice"}, *labels.present[1:]])
    labels.save()
    assert "Nothing was saved" in labels.said
    assert "“Speech” was changed by somebody too" in labels.said
    assert "Labels saved" not in labels.said
    assert labels.present[0]["name"] == "Voice"
    assert list(labels.at.session_state[labels.table.key]["edited_rows"].values()) == [{"name": "Talk"}]
    (button,) = [one for one in labels.at.button if one.label == "Show the labels of today"]
    button.click().run()
    assert next(iter(labels.table.value["name"])) == "Voice"


def test_saving_an_untouched_table_says_so_and_is_no_event(labels: Labels) -> None:
    labels.save()
    assert "Nothing to save" in labels.said
    assert "Labels saved" not in labels.said
    with get_database().read() as session:
        changes = select(func.count()).where(HistoryEvent.action == "project.changed")
        assert session.scalar(changes) == 0


def test_a_row_without_a_name_is_not_dropped(labels: Labels) -> None:
    labels.type({**ADDED, "added_rows": [{"name": "Bird"}, {"description": "sings"}]})
    labels.save()
    assert "Row 5 has no name" in labels.said
    assert len(labels.present) == 3
