"""Tiers over HTTP: set by managers, laid out by annotators, kept in documents, revisions and exports."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pandas as pd
import pytest

from labelbuddy_core.services.projects import projects

Make = Callable[..., Any]


class World:
    """A project with tiers, one annotator and a task of 60 s."""

    def __init__(self, make_user: Make, make_project: Make, add_task: Make, client_for: Make) -> None:
        self.manager, annotator = make_user("manager"), make_user("ada")
        self.project = make_project(managers=(self.manager,), annotators=(annotator,))
        self.task = add_task(self.project, annotators=(annotator,))
        self.managing, self.http = client_for(self.manager), client_for(annotator)
        self.url = f"/api/v1/tasks/{self.task}/annotation"
        self.sequence = itertools.count()

    def set(self, **changes: Any) -> Any:
        return self.managing.patch(f"/api/v1/projects/{self.project}", json=changes)

    def save(self, *operations: dict[str, Any]) -> Any:
        base = self.http.get(self.url).json()["revision"]
        body = {"client": str(uuid4()), "sequence": next(self.sequence), "base_revision": base}
        return self.http.patch(self.url, json={**body, "operations": list(operations)})

    def document(self) -> dict[str, Any]:
        return self.http.get(self.url).json()["document"]

    def export(self, form: str) -> bytes:
        return self.managing.get(f"/api/v1/projects/{self.project}/export?format={form}").content


@pytest.fixture
def world(make_user: Make, make_project: Make, add_task: Make, client_for: Make) -> World:
    return World(make_user, make_project, add_task, client_for)


def region(identity: str, start: float, end: float, tier: str | None, label: str = "speech") -> dict[str, Any]:
    value = {"id": identity, "start": start, "end": end, "label": label, "tier": tier, "origin": {"kind": "human"}}
    return {"op": "put", "collection": "regions", "id": identity, "value": value}


def tier(name: str, position: int) -> dict[str, Any]:
    return {"op": "put", "collection": "tiers", "id": name, "value": {"name": name, "position": position}}


def test_lanes_are_labels_unless_a_manager_says_otherwise(world: World) -> None:
    project = world.http.get(f"/api/v1/projects/{world.project}").json()
    assert (project["lanes"], project["tiers"]) == ("labels", [])
    changed = world.set(lanes="tiers", tiers=[" Ada ", "", "Room  tone"]).json()
    assert (changed["lanes"], changed["tiers"]) == ("tiers", ["Ada", "Room tone"])
    assert world.set(lanes="labels").json()["tiers"] == ["Ada", "Room tone"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lanes": "rows"}, "lanes"),
        ({"lanes": "tiers"}, "tiers"),
        ({"lanes": "tiers", "tiers": [" "]}, "tiers"),
        ({"tiers": ["Ada", "Ada"]}, "tiers.1"),
        ({"tiers": ["x" * 81]}, "tiers.0"),
        ({"tiers": [str(number) for number in range(101)]}, "tiers"),
    ],
)
def test_tiers_that_cannot_be_are_refused(world: World, changes: dict[str, Any], field: str) -> None:
    refused = world.set(**changes)
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_a_project_can_be_created_with_tiers(client_for: Make, make_user: Make) -> None:
    body = {"name": "Talk", "template": "transcription", "lanes": "tiers", "tiers": ["Ada"]}
    made = client_for(make_user(can_create_projects=True)).post("/api/v1/projects", json=body)
    assert made.json()["tiers"] == ["Ada"]


def test_tiers_of_an_annotation_and_what_lies_on_them_are_kept_in_every_revision(world: World) -> None:
    world.save(tier("Room", 2), tier("Ada", 1), region("r1", 1, 2, "Ada"))
    world.save(region("r1", 1, 2, "Room"), {"op": "delete", "collection": "tiers", "id": "Ada"})
    document = world.document()
    assert document["tiers"] == [{"name": "Room", "position": 2}]
    assert document["regions"][0]["tier"] == "Room"
    identity = world.http.get(world.url).json()["id"]
    first = world.http.get(f"/api/v1/annotations/{identity}/revisions/1").json()["document"]
    assert [one["name"] for one in first["tiers"]] == ["Ada", "Room"]
    world.http.post(f"/api/v1/annotations/{identity}/restore", json={"revision": 1})
    assert world.document() == first


@pytest.mark.parametrize("name", ["", " Ada", "Ada ", "A\nda", "x" * 81])
def test_a_name_that_no_tier_can_have_is_refused(world: World, name: str) -> None:
    assert world.save(region("r1", 1, 2, name)).json()["field"] == "operations.0.value.tier"
    if name and len(name) <= 80:
        assert world.save(tier(name, 1)).json()["field"] == "operations.0.value.name"


def test_regions_that_must_not_overlap_may_on_different_tiers(world: World) -> None:
    projects.update_project(world.manager, world.project, {"labels": [{"name": "Speech", "overlap": "forbid"}]})
    world.set(lanes="tiers", tiers=["Ada", "Ben"])
    assert world.save(region("r1", 1, 5, "Ada"), region("r2", 2, 6, "Ben"), region("r3", 2, 6, None)).status_code == 200
    assert world.save(region("r2", 2, 6, "Ada")).json()["field"] == "operations.0.value.start"
    assert world.save(region("r4", 4, 7, None)).json()["field"] == "operations.0.value.start"
    world.set(lanes="labels")
    assert world.save(region("r5", 5.5, 7, "Cy")).json()["field"] == "operations.0.value.start"


def test_exports_name_the_tier_of_every_region(world: World) -> None:
    world.set(lanes="tiers", tiers=["=Ada", "Ben"])
    point = {"id": "p1", "time": 9.0, "kind": "event", "label": "dog", "tier": "Ben"}
    world.save(
        region("r1", 1, 2, "=Ada"),
        region("r2", 3, 4, None),
        {"op": "put", "collection": "points", "id": "p1", "value": point},
        tier("Empty", 4),
    )
    frame = pd.read_csv(io.BytesIO(world.export("csv")), keep_default_na=False)
    assert list(frame["tier"]) == ["'=Ada", "", "Ben"]
    whole = orjson.loads(world.export("json"))
    assert (whole["project"]["lanes"], whole["project"]["tiers"]) == ("tiers", ["=Ada", "Ben"])
    document = whole["tasks"][0]["annotations"][0]["document"]
    assert [one["tier"] for one in document["regions"]] == ["=Ada", None]
    assert document["tiers"] == [{"name": "Empty", "position": 4}]
