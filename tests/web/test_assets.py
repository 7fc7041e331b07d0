"""The editor's bundle is served under names that change with its content, and nothing else of its folder."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from labelbuddy_core.web.assets import FOLDER, asset


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=[Route("/lb-assets/{name}", asset)]))


def test_every_file_that_the_bundle_imports_is_served_and_may_be_kept(client: TestClient) -> None:
    wanted = {path.name for path in FOLDER.glob("index-*.js")}
    seen: set[str] = set()
    while wanted - seen:
        name = (wanted - seen).pop()
        answer = client.get(f"/lb-assets/{name}")
        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["cache-control"]
        seen.add(name)
        wanted |= set(re.findall(r'"\./([^"]+\.js)"', answer.text))
    assert seen == {path.name for path in FOLDER.glob("*.js")} - {path.name for path in FOLDER.glob("alone-*.js")}
    assert len(seen) > 3


@pytest.mark.parametrize("name", ["manifest.json", "chunk-AAAAAAAA.js", "index.js", "chunk-x.js", "..%2f__init__.py"])
def test_anything_else_is_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"/lb-assets/{name}").status_code == 404
