"""Everything the app does with audio works on a local folder and on an S3-compatible server alike."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.errors import NotFound
from labelbuddy_core.services.accounts.tokens import create_token
from labelbuddy_core.services.recordings import analyses, recordings
from labelbuddy_core.settings import get_settings
from labelbuddy_core.web.application import api


@pytest.fixture
def client(place: dict[str, Any]) -> TestClient:
    token = create_token(place["annotator"], name="test")["token"]
    return TestClient(api(), headers={"Authorization": f"Bearer {token}"})


def test_ranges_of_the_original_are_the_uploaded_bytes(client: TestClient, place: dict[str, Any]) -> None:
    url = f"/v1/tasks/{place['task']}/original"
    assert client.get(url).content == place["original"]
    part = client.get(url, headers={"Range": "bytes=1000-1999"})
    assert part.status_code == 206
    assert part.content == place["original"][1000:2000]
    assert client.get(url, headers={"Range": "bytes=99999999-"}).status_code == 416


@pytest.mark.parametrize("what", ["audio", "peaks", "pcm?start=1000&stop=2000", "spectrogram/2/1"])
def test_what_the_editor_needs_is_served(what: str, client: TestClient, place: dict[str, Any]) -> None:
    answer = client.get(f"/v1/tasks/{place['task']}/{what}")
    assert answer.status_code == 200
    assert len(answer.content) > 500


def test_the_analysis_is_stored_and_read_again(client: TestClient, place: dict[str, Any]) -> None:
    assert analyses.analyze_recording(int(place["recording"]["id"]), lambda _: None)
    found = client.get(f"/v1/tasks/{place['task']}/snap-points?start=0&stop=8").json()
    assert found["onset"]


def test_the_same_bytes_are_stored_once(place: dict[str, Any]) -> None:
    keys = [key for key, _ in open_store(get_settings()).keys("audio")]
    assert keys == [original_key(place["recording"]["sha256"])]


def test_deleting_the_recording_empties_the_storage(place: dict[str, Any]) -> None:
    recordings.delete_recording(place["manager"], place["recording"]["id"])
    assert list(open_store(get_settings()).keys()) == []


def test_a_blob_that_is_not_there_is_said_to_be_missing(place: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        open_store(get_settings()).size("audio/00/nothing")
