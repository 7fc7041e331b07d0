"""Suggestions over HTTP: who sees them when, and that what becomes of each is logged for studies."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pandas as pd
import pytest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Model, Prediction, ProjectModel
from labelbuddy_core.domain.documents import empty_document
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.history import Event, record_all
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.tasks import tasks

Make = Callable[..., Any]
STRETCHES = ((1.0, 2.0, 0.9), (3.0, 4.0, 0.6), (5.0, 6.0, 0.3))


class World:
    """A project with three roles, a task of 60 s, and what a model says about it."""

    def __init__(self, make_user: Make, make_project: Make, add_task: Make, client_for: Make) -> None:
        self.manager, self.annotator, self.reviewer = make_user("manager"), make_user("ada"), make_user("rob")
        people = {"managers": (self.manager,), "annotators": (self.annotator,), "reviewers": (self.reviewer,)}
        self.project = make_project(**people, strategy="all", annotators_per_task=2)
        self.task = add_task(self.project, annotators=(self.annotator,))
        self.prediction = self.predict(self.task)
        self.client_for = client_for
        self.http = client_for(self.annotator)
        self.tab = str(uuid4())
        self.sequence = itertools.count()

    def predict(self, task: str, options: dict[str, float] | None = None, caption: str | None = None) -> str:
        with get_database().write() as session:
            model = session.query(Model).filter(Model.name == "tagger").first()
            if model is None:
                model = Model(name="tagger", source="x", specification={})
                session.add(model)
                session.flush()
                session.add(ProjectModel(project_id=int(self.project), model_id=model.id))
            made = Prediction(
                project_id=int(self.project),
                task_id=int(task),
                model_id=model.id,
                version="2",
                document={},
                seconds=1,
                options=options or {},
            )
            session.add(made)
            session.flush()
            number = str(made.id)
            origin = {"kind": "model", "prediction": number, "model": "tagger", "version": "2", "edited": False}
            regions = [
                {
                    "id": f"m{number}_{place}",
                    "start": start,
                    "end": end,
                    "label": "speech",
                    "origin": {**origin, "region": f"m{number}_{place}", "score": score},
                }
                for place, (start, end, score) in enumerate(STRETCHES)
            ]
            tags = [{"label": "music", "score": 0.8, "origin": {**origin, "region": "tag:music", "score": 0.8}}]
            said = caption and {"text": caption, "start": None, "end": None, "origin": {**origin, "region": "caption"}}
            made.document = {**empty_document(), "regions": regions, "tags": tags, "caption": said}
            return number

    def set(self, when: str, **more: Any) -> None:
        projects.update_project(self.manager, self.project, {"suggestions": when, **more})

    def seen(self, who: Any = None) -> dict[str, Any]:
        client = self.client_for(who or self.annotator)
        return client.get(f"/api/v1/tasks/{self.task}/predictions").json()

    def suggested(self, place: int, **changes: Any) -> dict[str, Any]:
        """A region as the model suggests it, with changes by hand."""
        region = self.seen()["items"][0]["document"]["regions"][place]
        if changes:
            region = {**region, **changes, "origin": {**region["origin"], "edited": True}}
        return region

    def put(self, region: dict[str, Any], **by: Any) -> dict[str, Any]:
        return {"op": "put", "collection": "regions", "id": region["id"], "value": region, **by}

    def save(self, *operations: dict[str, Any]) -> int:
        answer = self.http.patch(f"/api/v1/tasks/{self.task}/annotation", json=self.batch(*operations))
        assert answer.status_code == 200, answer.text
        return answer.json()["revision"]

    def batch(self, *operations: dict[str, Any]) -> dict[str, Any]:
        base = self.http.get(f"/api/v1/tasks/{self.task}/annotation").json()["revision"]
        return {
            "client": self.tab,
            "sequence": next(self.sequence),
            "base_revision": base,
            "operations": list(operations),
        }

    def decide(self, region: str, decision: str, **by: Any) -> Any:
        body = {"region": region, "decision": decision, **by}
        return self.http.post(f"/api/v1/predictions/{self.prediction}/decisions", json=body)

    def first_pass(self, revision: int) -> Any:
        return self.http.post(f"/api/v1/tasks/{self.task}/first-pass", json={"revision": revision})

    def events(self, *names: str) -> list[Any]:
        """The log as a study reads it: all of it, or some members of each event."""
        url = f"/api/v1/projects/{self.project}/suggestion-decisions?format=jsonl"
        rows = [orjson.loads(line) for line in self.client_for(self.manager).get(url).content.splitlines()]
        return [tuple(row[name] for name in names) for row in rows] if names else rows


@pytest.fixture
def world(make_user: Make, make_project: Make, add_task: Make, client_for: Make) -> World:
    return World(make_user, make_project, add_task, client_for)


def test_suggestions_are_seen_from_the_start_unless_a_manager_says_otherwise(world: World) -> None:
    seen = world.seen()
    assert (len(seen["items"]), seen["withheld"]) == (1, None)
    project = world.http.get(f"/api/v1/projects/{world.project}").json()
    assert project["suggestions"] == "shown"
    url = f"/api/v1/projects/{world.project}"
    refused = world.client_for(world.manager).patch(url, json={"suggestions": "later"})
    assert (refused.status_code, refused.json()["field"]) == (422, "suggestions")


@pytest.mark.parametrize("when", ["after_first_pass", "hidden"])
def test_where_they_are_withheld_annotators_get_none_by_any_way_and_others_do(world: World, when: str) -> None:
    region = world.suggested(0)["id"]
    world.save()
    world.http.post(f"/api/v1/tasks/{world.task}/annotation/submit", json={"revision": 1})
    world.set(when)
    seen = world.seen()
    assert (seen["items"], seen["withheld"]["setting"]) == ([], when)
    assert seen["withheld"]["detail"]
    asked = world.http.post(f"/api/v1/tasks/{world.task}/predictions", json={"model": "1"})
    assert (asked.status_code, asked.json()["detail"]) == (403, seen["withheld"]["detail"])
    assert world.decide(region, "rejected").status_code == 404
    assert world.http.post(f"/api/v1/tasks/{world.task}/suggestion-views", json={"shown": True}).status_code == 403
    assert world.http.get(f"/api/v1/projects/{world.project}/predictions").status_code == 403
    assert len(world.seen(world.manager)["items"]) == 1
    assert len(world.seen(world.reviewer)["items"]) == 1


def test_after_the_first_pass_they_are_shown_and_its_revision_is_on_record(world: World) -> None:
    world.set("after_first_pass")
    mine = {"id": "r1", "start": 1.0, "end": 2.0, "label": "speech", "origin": {"kind": "human"}}
    world.save(world.put(mine))
    stale = world.first_pass(0)
    assert (stale.status_code, stale.json()["revision"]) == (409, 1)
    assert world.seen()["items"] == []
    done = world.first_pass(1).json()
    assert len(world.seen()["items"]) == 1
    world.save(world.put({**mine, "start": 1.5}))
    assert world.first_pass(2).json() == done
    (annotation,) = world.client_for(world.manager).get(f"/api/v1/tasks/{world.task}/annotations").json()["items"]
    assert world.events("action", "user", "task", "annotation", "revision")[1:] == [
        ("revealed", "ada", world.task, annotation["id"], 1)
    ]
    url = f"/api/v1/annotations/{annotation['id']}/revisions"
    before, after = (world.client_for(world.manager).get(f"{url}/{number}").json()["document"] for number in (1, 2))
    assert [document["regions"][0]["start"] for document in (before, after)] == [1.0, 1.5]
    assert world.client_for(world.manager).get(f"{url}/3").status_code == 404


def test_a_first_pass_may_find_nothing(world: World) -> None:
    world.set("after_first_pass")
    assert world.first_pass(0).json()["revision"] == 0
    assert len(world.seen()["items"]) == 1
    assert world.events("action", "annotation", "revision")[-1] == ("revealed", None, 0)


@pytest.mark.parametrize("when", ["shown", "hidden"])
def test_no_first_pass_is_declared_where_none_is_asked_for(world: World, when: str) -> None:
    world.set(when)
    refused = world.first_pass(0)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:labelbuddy:invalid-state")


def test_everybody_makes_their_own_first_pass(world: World, make_user: Make) -> None:
    second = make_user("ben")
    memberships.set_member(world.manager, world.project, "ben", ["annotator"])
    tasks.change_task(world.manager, world.task, {"assignees": ["ada", "ben"]})
    world.set("after_first_pass")
    world.first_pass(0)
    assert world.seen(second)["items"] == []


def test_who_manages_and_annotates_is_blind_at_their_own_task(world: World) -> None:
    memberships.set_member(world.manager, world.project, "manager", ["manager", "annotator"])
    tasks.change_task(world.manager, world.task, {"assignees": ["ada", "manager"]})
    world.set("hidden")
    assert world.seen(world.manager)["withheld"]["setting"] == "hidden"
    listed = world.client_for(world.manager).get(f"/api/v1/projects/{world.project}/predictions").json()
    assert len(listed["items"]) == 1


def test_every_acceptance_is_on_record_with_how_and_at_which_threshold(world: World) -> None:
    world.save(world.put(world.suggested(0)))
    everything = {"by": {"how": "all", "threshold": 0.55}}
    world.save(world.put(world.suggested(1), **everything))
    tag = world.seen()["items"][0]["document"]["tags"][0]
    world.save({"op": "put", "collection": "tags", "id": "music", "value": tag})
    rows = world.events()
    told = {"user": "ada", "action": "accepted", "prediction": world.prediction, "model": "tagger", "version": "2"}
    assert all(told.items() <= row.items() for row in rows)
    names = ("region", "label", "score", "edited", "how", "threshold", "revision")
    assert [tuple(row[name] for name in names) for row in rows] == [
        (f"m{world.prediction}_0", "speech", 0.9, False, "one", None, 1),
        (f"m{world.prediction}_1", "speech", 0.6, False, "all", 0.55, 2),
        ("tag:music", "music", 0.8, False, "one", None, 3),
    ]
    assert all(row["at"].endswith("Z") for row in rows)


def test_what_becomes_of_an_accepted_suggestion_is_on_record(world: World) -> None:
    world.save(world.put(world.suggested(0)))
    world.save(world.put(world.suggested(0, end=2.5)))
    world.save(world.put(world.suggested(0, end=2.6)))
    world.save({"op": "delete", "collection": "regions", "id": world.suggested(0)["id"]})
    world.save(world.put(world.suggested(1, start=2.9)))
    assert world.events("action", "revision", "edited") == [
        ("accepted", 1, False),
        ("edited", 2, True),
        ("removed", 4, True),
        ("accepted", 5, True),
    ]


def test_beats_of_a_model_are_on_record_like_regions(world: World) -> None:
    source = {"kind": "model", "prediction": world.prediction, "model": "tagger", "version": "2", "score": 0.7}
    beats = [
        {"id": f"m{world.prediction}_p{place}", "time": 1.0 + place, "kind": "beat", "position": place + 1}
        for place in range(2)
    ]
    beats = [{**beat, "origin": {**source, "region": beat["id"], "edited": False}} for beat in beats]
    together = {"by": {"how": "all", "threshold": 0.0}}
    world.save(*({"op": "put", "collection": "points", "id": one["id"], "value": one, **together} for one in beats))
    moved = {**beats[0], "time": 1.1, "origin": {**beats[0]["origin"], "edited": True}}
    world.save({"op": "put", "collection": "points", "id": moved["id"], "value": moved})
    world.save({"op": "delete", "collection": "points", "id": beats[1]["id"]})
    first, second = (beat["id"] for beat in beats)
    assert world.events("action", "region", "score", "how", "threshold", "revision") == [
        ("accepted", first, 0.7, "all", 0.0, 1),
        ("accepted", second, 0.7, "all", 0.0, 1),
        ("edited", first, 0.7, None, None, 2),
        ("removed", second, 0.7, None, None, 3),
    ]


def test_a_beat_grid_that_is_rejected_stays_so_and_is_on_record_like_regions(world: World) -> None:
    beats = [
        {
            "id": f"m{world.prediction}_p{place}",
            "time": 1.0 + place,
            "kind": "beat",
            "position": place + 1,
            "label": None,
        }
        for place in range(2)
    ]
    with get_database().write() as session:
        prediction = session.get_one(Prediction, int(world.prediction))
        prediction.document = {**prediction.document, "points": [{**one, "origin": {"score": 0.7}} for one in beats]}
    by = {"how": "all", "threshold": 0.0}
    body = {"decisions": [_decision(world, beat["id"], by=by) for beat in beats]}
    assert world.http.post(f"/api/v1/tasks/{world.task}/decisions", json=body).json() == {"changed": 2}
    assert world.seen()["items"][0]["decisions"] == {beat["id"]: "rejected" for beat in beats}
    assert world.events("action", "region", "score", "how", "threshold") == [
        ("rejected", beat["id"], 0.7, "all", 0.0) for beat in beats
    ]


def test_a_repeated_save_is_on_record_once(world: World) -> None:
    batch = world.batch(world.put(world.suggested(0)))
    for _ in range(2):
        world.http.patch(f"/api/v1/tasks/{world.task}/annotation", json=batch)
    assert world.events("action") == [("accepted",)]


def test_rejections_are_on_record_also_when_they_are_taken_back(world: World) -> None:
    world.save()
    low = f"m{world.prediction}_2"
    world.decide(low, "rejected", by={"how": "below", "threshold": 0.5})
    world.decide(low, "undecided")
    world.decide("tag:music", "rejected")
    assert world.events("action", "region", "label", "score", "how", "threshold", "revision") == [
        ("rejected", low, "speech", 0.3, "below", 0.5, 1),
        ("undecided", low, "speech", 0.3, "one", None, 1),
        ("rejected", "tag:music", "music", 0.8, "one", None, 1),
    ]


def test_looking_at_suggestions_and_hiding_them_is_on_record(world: World) -> None:
    url = f"/api/v1/tasks/{world.task}/suggestion-views"
    world.http.post(url, json={"shown": True, "predictions": [world.prediction], "threshold": 0.4})
    world.http.post(url, json={"shown": False})
    assert world.events("action", "predictions", "threshold") == [
        ("shown", [world.prediction], 0.4),
        ("hidden", [], None),
    ]


def test_what_claims_to_come_from_no_prediction_of_the_task_is_no_acceptance(world: World, add_task: Make) -> None:
    elsewhere = world.predict(add_task(world.project))
    for number in (elsewhere, "999", "x", "²"):
        region = world.suggested(0)
        region["origin"] = {**region["origin"], "prediction": number}
        world.save(world.put({**region, "id": f"r{ord(number[0])}"}))
    assert world.events() == []


def test_the_setting_itself_is_on_record(world: World) -> None:
    world.set("hidden")
    world.set("hidden")
    world.set("shown")
    assert world.events("action", "user", "setting") == [("set", "manager", "hidden"), ("set", "manager", "shown")]


def test_the_log_is_read_by_pandas_and_by_nobody_but_managers(world: World) -> None:
    world.save(world.put(world.suggested(0)), world.put(world.suggested(1), by={"how": "all", "threshold": 0.5}))
    url = f"/api/v1/projects/{world.project}/suggestion-decisions"
    frame = pd.read_csv(io.BytesIO(world.client_for(world.manager).get(url).content))
    assert list(frame["score"]) == [0.9, 0.6]
    assert list(frame["threshold"].fillna(-1)) == [-1, 0.5]
    assert world.http.get(url).status_code == 403
    assert world.client_for(world.manager).get(f"{url}?format=xml").json()["field"] == "format"


def test_a_long_log_is_read_whole_and_in_order(world: World) -> None:
    with get_database().write() as session:
        events = [Event("prediction.rejected", "prediction:1", {"region": f"r{number}"}) for number in range(2500)]
        record_all(session, world.manager, events, project_id=int(world.project))
    assert world.events("region") == [(f"r{number}",) for number in range(2500)]


def test_an_accepted_region_keeps_its_origin_from_the_model_to_the_export(world: World) -> None:
    world.save(world.put(world.suggested(0)), world.put(world.suggested(1)))
    revision = world.save(world.put(world.suggested(1, start=3.25)))
    world.http.post(f"/api/v1/tasks/{world.task}/annotation/submit", json={"revision": revision})
    url = f"/api/v1/projects/{world.project}/export?format="
    (line,) = world.client_for(world.manager).get(f"{url}jsonl").content.splitlines()
    kept = [region["origin"] for region in orjson.loads(line)["document"]["regions"]]
    assert [
        (one["prediction"], one["region"], one["model"], one["version"], one["score"], one["edited"]) for one in kept
    ] == [
        (world.prediction, f"m{world.prediction}_0", "tagger", "2", 0.9, False),
        (world.prediction, f"m{world.prediction}_1", "tagger", "2", 0.6, True),
    ]
    frame = pd.read_csv(io.BytesIO(world.client_for(world.manager).get(f"{url}csv").content))
    columns = ["model", "version", "score", "prediction", "edited"]
    assert frame[columns].to_numpy().tolist() == [
        ["tagger", 2, 0.9, int(world.prediction), False],
        ["tagger", 2, 0.6, int(world.prediction), True],
    ]


def test_a_split_suggestion_is_accepted_once(world: World) -> None:
    region = world.suggested(0)
    world.save(world.put(region))
    edited = {**region["origin"], "edited": True}
    first, second = {**region, "end": 1.5, "origin": edited}, {**region, "id": "half", "start": 1.5, "origin": edited}
    world.save(world.put(first), world.put(second))
    assert world.events("action") == [("accepted",), ("edited",)]


def test_a_split_suggestion_is_removed_with_its_last_part(world: World) -> None:
    region = world.suggested(0)
    world.save(world.put(region))
    edited = {**region["origin"], "edited": True}
    first, second = {**region, "end": 1.5, "origin": edited}, {**region, "id": "half", "start": 1.5, "origin": edited}
    world.save(world.put(first), world.put(second))
    world.save(_removal(first["id"]))
    assert world.events("action") == [("accepted",), ("edited",)]
    world.save(world.put(first))
    assert world.events("action") == [("accepted",), ("edited",)]
    world.save(_removal(first["id"]), _removal("half"))
    assert world.events("action") == [("accepted",), ("edited",), ("removed",)]


def test_an_accepted_region_that_is_cut_and_pasted_was_moved_and_not_removed(world: World) -> None:
    world.save(world.put(world.suggested(0)))
    cut = {**_removal(world.suggested(0)["id"]), "by": {"how": "cut"}}
    world.save(cut)
    world.save(world.put(world.suggested(0, start=1.2, end=2.2), by={"how": "paste"}))
    assert world.events("action", "how", "revision", "edited") == [
        ("accepted", "one", 1, False),
        ("cut", None, 2, False),
        ("accepted", "paste", 3, True),
    ]


def test_a_copy_of_an_accepted_region_is_no_acceptance_and_is_exported_with_what_it_was_made_from(world: World) -> None:
    region = world.suggested(0)
    world.save(world.put(region))
    names = ("prediction", "region", "model", "version")
    origin = {"kind": "human", **{name: region["origin"][name] for name in names}}
    revision = world.save(world.put({**region, "id": "copy", "start": 7.0, "end": 8.0, "origin": origin}))
    assert world.events("action") == [("accepted",)]
    world.http.post(f"/api/v1/tasks/{world.task}/annotation/submit", json={"revision": revision})
    url = f"/api/v1/projects/{world.project}/export?format=csv"
    row = pd.read_csv(io.BytesIO(world.client_for(world.manager).get(url).content)).set_index("id").loc["copy"]
    assert (row["origin"], row["model"], row["prediction"]) == ("human", "tagger", int(world.prediction))
    assert row[["score", "edited"]].isna().all()


def test_handing_in_and_taking_back_answer_without_the_document(world: World) -> None:
    revision = world.save(world.put(world.suggested(0)))
    url = f"/api/v1/tasks/{world.task}/annotation"
    handed_in = world.http.post(f"{url}/submit", json={"revision": revision}).json()
    taken_back = world.http.post(f"{url}/withdraw").json()
    assert (handed_in["state"], taken_back["state"]) == ("submitted", "draft")
    assert "document" not in {*handed_in, *taken_back}
    assert len(world.http.get(url).json()["document"]["regions"]) == 1


def starts(document: dict[str, Any]) -> list[float]:
    return [region["start"] for region in document["regions"] if region["label"] == "speech"]


def test_a_prediction_of_a_stretch_hides_older_suggestions_only_there(world: World) -> None:
    world.predict(world.task, {"start": 2.5, "stop": 4.5})
    _, older = (item["document"] for item in world.seen()["items"])
    assert starts(older) == [1.0, 5.0]
    assert [tag["label"] for tag in older["tags"]] == ["music"]


def test_tags_and_caption_of_a_stretch_are_offered_for_the_stretch(world: World) -> None:
    prediction = world.predict(world.task, {"start": 2.5, "stop": 4.5}, caption="A street")
    document = world.seen()["items"][0]["document"]
    assert document["tags"] == []
    assert (document["caption"]["start"], document["caption"]["end"]) == (2.5, 4.5)
    tag = next(region for region in document["regions"] if region["label"] == "music")
    assert (tag["id"], tag["start"], tag["end"]) == (f"m{prediction}_t0", 2.5, 4.5)
    world.prediction = prediction
    assert world.decide(tag["id"], "rejected").status_code == 200
    world.save(world.put(tag))


def test_what_was_decided_is_not_offered_again_by_the_next_prediction(world: World) -> None:
    world.save(world.put(world.suggested(0)), world.put(world.suggested(1, end=4.4)))
    world.decide(f"m{world.prediction}_2", "rejected")
    world.predict(world.task)
    assert starts(world.seen()["items"][0]["document"]) == []


def test_many_suggestions_are_rejected_at_once_and_again_changes_nothing(world: World) -> None:
    url = f"/api/v1/tasks/{world.task}/decisions"
    regions = [f"m{world.prediction}_{place}" for place in range(3)]
    by = {"how": "below", "threshold": 0.95}
    body = {"decisions": [_decision(world, region, by=by) for region in regions]}
    assert [world.http.post(url, json=body).json()["changed"] for _ in range(2)] == [3, 0]
    assert world.seen()["items"][0]["decisions"] == dict.fromkeys(regions, "rejected")
    assert world.events("action", "how", "threshold") == [("rejected", "below", 0.95)] * 3


def test_one_wrong_decision_among_many_changes_nothing(world: World) -> None:
    body = {"decisions": [_decision(world, f"m{world.prediction}_0"), _decision(world, "none")]}
    answer = world.http.post(f"/api/v1/tasks/{world.task}/decisions", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, "decisions.1.region")
    assert world.seen()["items"][0]["decisions"] == {}


def _decision(world: World, region: str, **more: Any) -> dict[str, Any]:
    return {"prediction": world.prediction, "region": region, "decision": "rejected", **more}


def _removal(region: str) -> dict[str, Any]:
    return {"op": "delete", "collection": "regions", "id": region}


def test_annotations_of_a_task_are_listed_with_what_they_say(world: World) -> None:
    region, tag = world.suggested(0), world.seen()["items"][0]["document"]["tags"][0]
    world.save(world.put(region), {"op": "put", "collection": "tags", "id": "music", "value": tag})
    mine = world.http.get(f"/api/v1/tasks/{world.task}/annotation").json()
    page = world.client_for(world.manager).get(f"/api/v1/tasks/{world.task}/annotations").json()
    assert page == {"items": [mine], "next_cursor": None}
    assert [one["id"] for one in mine["document"]["regions"]] == [region["id"]]
