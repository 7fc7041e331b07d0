"""Those who can do something about a full disk hear of it before uploads are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation.disk_space import disk_space
from labelbuddy_core.settings import get_settings
from labelbuddy_core.web.application import api

ALL_OF_IT = str(10**18)


@pytest.fixture
def reserve(data_folder: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the limits, in bytes."""

    def change(**limits: str) -> None:
        for name, value in limits.items():
            monkeypatch.setenv(f"LABELBUDDY_{name.upper()}", value)
        get_settings.cache_clear()

    return change


def test_a_manager_is_warned_and_an_annotator_is_not(
    app: Callable[..., AppTest],
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    reserve: Callable[..., None],
) -> None:
    mona, ada = make_user("mona"), make_user("ada")
    make_project(managers=(mona,), annotators=(ada,))
    assert not app(mona).run().warning
    reserve(warn_free_bytes=ALL_OF_IT, min_free_bytes="1048576")
    (warning,) = app(mona).run().warning
    assert "Below 1" in warning.value
    assert "storage gc" in warning.value
    assert not app(ada).run().warning


def test_below_the_reserve_it_says_what_is_refused(reserve: Callable[..., None]) -> None:
    reserve(min_free_bytes=ALL_OF_IT)
    assert "Uploads and imports are refused" in (disk_space().warning or "")


def test_monitoring_finds_the_free_bytes_beside_the_warning(reserve: Callable[..., None]) -> None:
    client = TestClient(api())
    assert client.get("/v1/ready").json()["disk"] == "ok"
    reserve(warn_free_bytes=ALL_OF_IT)
    said = client.get("/v1/ready").json()
    assert "free" in said["disk"]
    assert 0 < said["disk_free_bytes"] <= said["disk_total_bytes"]
