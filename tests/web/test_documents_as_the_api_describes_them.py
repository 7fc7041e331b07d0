"""A script learns from the API's description, from the docs and from refusals what an annotation document is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from labelbuddy_core.domain.documents import Document, items_of, parse_document
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.settings import ROOT
from labelbuddy_core.web.application import api

SCHEMA = "labelbuddy/annotation@1"
REGION = {"id": "r1", "start": 1.0, "end": 2.0, "label": "speech", "origin": {"kind": "human"}}


@pytest.fixture
def put(
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    client_for: Callable[..., Any],
) -> Callable[[Any], Any]:
    """Replaces an annotator's document of a task of 60 s."""
    annotator = make_user()
    task = add_task(
        make_project(managers=(make_user(),), annotators=(annotator,)), duration=60.0, annotators=(annotator,)
    )
    http = client_for(annotator)

    def send(document: Any) -> Any:
        body = {"client": str(uuid4()), "sequence": 1, "base_revision": 0, "document": document}
        return http.put(f"/api/v1/tasks/{task}/annotation", json=body)

    return send


def example() -> dict[str, Any]:
    """The document in docs/api.md."""
    text = (ROOT / "docs/api.md").read_text(encoding="utf-8").partition("## The annotation document")[2]
    return json.loads(text.partition("```json")[2].partition("```")[0])


def test_the_description_of_the_api_has_every_member_of_a_document() -> None:
    parts = api().openapi()["components"]["schemas"]
    for name in ("Replacement", "ConsensusBody"):
        described = parts[name]["properties"]["document"]
        assert set(described["properties"]) == set(Document.model_json_schema()["properties"])
        assert described["properties"]["regions"]["items"] == {"$ref": "#/components/schemas/Region"}
        assert described["required"] == ["schema"]
    items = {one.get("$ref", "").rpartition("/")[2] for one in parts["Operation"]["properties"]["value"]["anyOf"]}
    assert items > {"Region", "Point", "Tag", "Caption", "Answer", "Tier"}
    assert {"id", "start", "end", "label", "origin"} == set(parts["Region"]["required"])


def test_the_example_in_the_docs_is_a_document_with_every_kind_of_item() -> None:
    document = parse_document(example())
    assert {collection.value for collection, _ in items_of(document)} == {
        "regions", "points", "tags", "caption", "answers", "tiers",
    }  # fmt: skip


def test_a_document_is_saved_as_the_description_says(put: Callable[[Any], Any]) -> None:
    assert put({"schema": SCHEMA, "regions": [REGION]}).json()["revision"] == 1


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "document.schema: must be 'labelbuddy/annotation@1'"),
        ({"schema": "x"}, "document.schema: must be 'labelbuddy/annotation@1'"),
        (
            {"schema": SCHEMA, "regions": [{name: REGION[name] for name in ("id", "start", "end", "label")}]},
            'document.regions.0.origin: is missing; say where the item comes from, {"kind": "human"} for what a '
            "person marked",
        ),
        ({"schema": SCHEMA, "tiers": [{"name": "Ada"}]}, "document.tiers.0.position: is missing"),
        (
            {"schema": SCHEMA, "tiers": [{"name": "Ada", "position": 0, "color": "red"}]},
            "document.tiers.0.color: is not known here; there are name, position",
        ),
        (
            {"schema": SCHEMA, "caption": {"text": "a", "origin": {"kind": "human", "by": "ada"}}},
            "document.caption.origin.by: is not known here; there are kind, prediction, region, model, version, score, "
            "edited, annotation",
        ),
    ],
)
def test_a_refusal_says_where_and_how_to_repair_it(put: Callable[[Any], Any], document: Any, told: str) -> None:
    answer = put(document)
    assert answer.status_code == 422
    assert (answer.json()["detail"], answer.json()["field"]) == (told, told.partition(":")[0])
