"""Saving an annotation: revisions, repeats, conflicts, refusals; nothing acknowledged is lost or doubled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelbuddy_core.domain.documents import Region, applied_operations, parse_document
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.projects import projects

HUMAN = {"kind": "human"}
ATTRIBUTES = [
    {"name": name, "kind": "text"} for name in ("low", "high", "channel", "label", "tier", "text", "attributes")
] + [{"name": "yes", "kind": "yes-no"}]
"""Of the first label: named like members of regions."""


def put(identity: str, start: float = 1.0, end: float = 2.0, label: str = "speech", **more: Any) -> dict[str, Any]:
    value = {"id": identity, "start": start, "end": end, "label": label, "origin": HUMAN, **more}
    return {"op": "put", "collection": "regions", "id": identity, "value": value}


@pytest.fixture
def editor(
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    client_for: Callable[..., Any],
) -> Any:
    """Sends saves of one annotator to one task of 60 s."""
    manager, annotator = make_user(), make_user()
    project = make_project(managers=(manager,), annotators=(annotator,))
    labels = projects.get_project(manager, project)["labels"]
    labels[0]["attributes"] = ATTRIBUTES
    projects.update_project(manager, project, {"labels": labels})
    task = add_task(project, duration=60.0, annotators=(annotator,))
    http = client_for(annotator)

    class Editor:
        client = str(uuid4())
        url = f"/api/v1/tasks/{task}/annotation"

        def save(self, base: int, sequence: int, *operations: dict[str, Any], client: str | None = None) -> Any:
            body = {
                "client": client or self.client,
                "sequence": sequence,
                "base_revision": base,
                "operations": list(operations),
            }
            return http.patch(self.url, json=body)

        def get(self, query: str = "") -> dict[str, Any]:
            return http.get(self.url + query).json()

        def submit(self, revision: int) -> Any:
            return http.post(f"{self.url}/submit", json={"revision": revision})

        def http(self) -> Any:
            return http

    return Editor()


def test_the_first_save_makes_revision_one(editor: Any) -> None:
    assert editor.get()["revision"] == 0
    assert editor.save(0, 1, put("a")).json()["revision"] == 1
    assert [region["id"] for region in editor.get()["document"]["regions"]] == ["a"]


AWKWARD = (
    put("e", 5.0, 6.0, text='he said ","text":null,"attributes":{},"confidence":null,"origin":{'),
    put("d", 5.0, 6.0, attributes=dict.fromkeys(("low", "high", "channel", "label", "tier", "text"))),
    put("c", 0.0, 1e-06, low=20.0, high=20_000.5, channel=1, tier="Ada", confidence=0.0),
    put("b", 5.0, 5.5, origin={"kind": "model", "model": "m", "version": "2", "score": 0.0, "edited": True}),
    put("a", 30, 40, text="", attributes={"attributes": "{}", "yes": False}),
    {"op": "put", "collection": "points", "id": "p", "value": {"id": "p", "time": 3.0, "kind": "beat"}},
    {"op": "put", "collection": "caption", "id": "caption", "value": {"text": "Rain", "origin": HUMAN}},
)


def test_a_document_is_read_in_order_of_time_and_complete(editor: Any) -> None:
    editor.save(0, 1, *AWKWARD)
    document = editor.get()["document"]
    assert [region["id"] for region in document["regions"]] == ["c", "b", "d", "e", "a"]
    for operation in AWKWARD[:5]:
        region = next(one for one in document["regions"] if one["id"] == operation["id"])
        assert region.keys() == Region.model_fields.keys()
        assert {name: region[name] for name in operation["value"] if name != "origin"} == {
            name: value for name, value in operation["value"].items() if name != "origin"
        }
    assert document["points"][0]["time"] == 3.0
    assert document["caption"]["text"] == "Rain"


def test_a_compact_document_says_the_same_in_fewer_words(editor: Any) -> None:
    editor.save(0, 1, *AWKWARD)
    compact, complete = editor.get("?compact=true"), editor.get()
    assert parse_document(compact["document"]) == parse_document(complete["document"])
    assert compact["document"]["regions"][2] == {**AWKWARD[1]["value"], "label": "speech"}
    assert {**compact, "document": None} == {**complete, "document": None}


def test_a_repeated_save_is_answered_as_before_and_changes_nothing(editor: Any) -> None:
    editor.save(0, 1, put("a"))
    again = editor.save(0, 1, put("a", end=9.0))
    assert (again.status_code, again.json()["revision"]) == (200, 1)
    assert editor.get()["document"]["regions"][0]["end"] == 2.0


def test_a_stale_save_is_refused_and_returns_the_newer_document(editor: Any) -> None:
    editor.save(0, 1, put("a"))
    stale = editor.save(0, 2, put("b"), client=str(uuid4()))
    assert stale.status_code == 409
    body = stale.json()
    assert body["type"] == "urn:labelbuddy:stale"
    assert body["revision"] == 1
    assert [region["id"] for region in body["document"]["regions"]] == ["a"]


def test_a_stale_save_says_who_saved_the_newer_document(
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    client_for: Callable[..., Any],
) -> None:
    manager, annotator = make_user("rosa"), make_user("ada")
    project = make_project(managers=(manager,), annotators=(annotator,))
    task = add_task(project, annotators=(annotator,))
    url = f"/api/v1/tasks/{task}/annotation"
    body = {"client": str(uuid4()), "sequence": 1, "base_revision": 0, "operations": [put("a")]}
    client_for(annotator).patch(url, json=body)
    mine = client_for(annotator).get(url).json()["id"]
    client_for(manager).post(f"/api/v1/annotations/{mine}/restore", json={"revision": 1})
    stale = client_for(annotator).patch(url, json={**body, "sequence": 2, "base_revision": 1})
    assert (stale.status_code, stale.json()["saved_by"]) == (409, "rosa")


def test_a_submitted_annotation_refuses_saves_until_it_is_withdrawn(editor: Any) -> None:
    editor.save(0, 1, put("a"))
    assert editor.submit(1).json()["state"] == "submitted"
    assert editor.submit(1).status_code == 200
    refused = editor.save(1, 2, put("b"))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:labelbuddy:invalid-state")
    editor.http().post(f"{editor.url}/withdraw")
    assert editor.save(1, 2, put("b")).status_code == 200


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        (put("a", start=3.0, end=2.0), "operations.0.value"),
        (put("a", end=60.006), "operations.0.value.end"),
        (put("a", start=-1.0), "operations.0.value.start"),
        (put("a", label="cat"), "operations.0.value.label"),
        (put("a", colour="red"), "operations.0.value.colour"),
        (put("a", start="soon"), "operations.0.value.start"),
        ({"op": "put", "collection": "regions", "id": "b", "value": put("a")["value"]}, "operations.0.value"),
        ({"op": "erase", "collection": "regions", "id": "b"}, "operations.0.op"),
        ({"op": "put", "collection": "drawings", "id": "b", "value": {}}, "operations.0.collection"),
    ],
)
def test_a_wrong_item_is_refused_naming_its_field_and_nothing_is_saved(
    editor: Any, operation: dict[str, Any], field: str
) -> None:
    refused = editor.save(0, 1, operation)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["field"] == field
    assert editor.get()["revision"] == 0


def test_times_are_rounded_to_a_microsecond_and_the_answer_says_so(editor: Any) -> None:
    answer = editor.save(0, 1, put("a", start=0.12345678, end=60.004)).json()
    (stored,) = answer["values"]["regions"]
    assert (stored["start"], stored["end"]) == (0.123457, 60.0)


def test_any_earlier_revision_can_be_restored(editor: Any) -> None:
    for number in range(1, 106):
        assert editor.save(number - 1, number, put(f"r{number}")).status_code == 200
    identity = editor.get()["id"]
    restored = editor.http().post(f"/api/v1/annotations/{identity}/restore", json={"revision": 102}).json()
    assert len(restored["document"]["regions"]) == 102
    assert restored["revision"] == 106
    revisions = editor.http().get(f"/api/v1/annotations/{identity}/revisions").json()["items"]
    assert [revisions[0]["kind"], revisions[1]["kind"]] == ["replace", "save"]


def test_many_savers_at_once_lose_nothing_and_double_nothing(editor: Any) -> None:
    """Twenty tabs save until accepted; each accepted operation is there once, revisions are consecutive."""
    accepted: list[int] = []

    def work(number: int) -> None:
        client, base = str(uuid4()), 0
        for attempt in range(200):
            answer = editor.save(base, attempt, put(f"tab{number}"), client=client)
            if answer.status_code == 200:
                accepted.append(answer.json()["revision"])
                return
            base = answer.json()["revision"]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(accepted) == list(range(1, 21))
    assert len(editor.get()["document"]["regions"]) == 20


Edits = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["put", "delete"]), st.integers(0, 50), st.booleans()),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=Edits)
def test_the_document_is_always_the_replay_of_the_accepted_operations(editor: Any, edits: Any) -> None:
    """Two clients save in turns with stale bases and repeats; the document is what the accepted saves make."""
    present = editor.get()
    revision = present["revision"]
    items = {("regions", region["id"]): region for region in present["document"]["regions"]}
    for number, (identity, op, start, repeat) in enumerate(edits):
        operation = put(identity, start=float(start), end=float(start) + 1.0)
        if op == "delete":
            operation = {"op": "delete", "collection": "regions", "id": identity}
        client = str(uuid4())
        assert editor.save(revision + 1, number, operation, client=client).status_code == 409
        answer = editor.save(revision, number, operation, client=client)
        revision = answer.json()["revision"]
        if repeat:
            assert editor.save(revision - 1, number, operation, client=client).json()["revision"] == revision
        applied_operations(items, [operation])
    shown = {region["id"]: region["start"] for region in editor.get()["document"]["regions"]}
    assert shown == {identity: value["start"] for (_, identity), value in items.items()}


def test_an_item_that_was_only_completed_with_usual_values_is_not_reported_as_corrected(editor: Any) -> None:
    assert "values" not in editor.save(0, 1, put("r1")).json()
    assert editor.save(1, 2, put("r1", start=1.00000049)).json()["values"]["regions"][0]["start"] == 1.0
