"""Audio over HTTP: byte ranges, revalidation, and only for those who may hear it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import ingestion, uploads
from labelbuddy_core.services.tasks import queues


@pytest.fixture
def place(make_user: Callable[..., Actor], make_project: Callable[..., str], tmp_path: Path) -> dict[str, Any]:
    """A project with a real MP3, whose task the annotator has and the second one has not."""
    people = {name: make_user(name) for name in ("manager", "annotator", "second", "reviewer", "foreign")}
    project = make_project(
        managers=(people["manager"],),
        annotators=(people["annotator"], people["second"]),
        reviewers=(people["reviewer"],),
    )
    source = tmp_path / "tone.mp3"
    encode([np.sin(np.arange(44_100, dtype=np.float32) / 20)[np.newaxis] * 0.3], 44_100, source)
    size = source.stat().st_size
    with uploads.begin_upload(people["manager"], project, "u", name="tone.mp3", size=size) as incoming:
        incoming.write(source.read_bytes())
    added = uploads.finish_upload(people["manager"], project, "u", incoming)
    ingestion.ingest_recording(int(added["recording"]["id"]), lambda _: None)
    task = queues.next_task(people["annotator"], project)
    return {**people, "task": task, "original": source.read_bytes()}


@pytest.mark.parametrize("what", ["audio", "peaks", "original"])
def test_only_those_who_may_open_the_task_hear_and_see_it(
    what: str, place: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    url = f"/api/v1/tasks/{place['task']}/{what}"
    expected = {"manager": 200, "annotator": 200, "second": 404, "reviewer": 404, "foreign": 404}
    assert {name: client_for(place[name]).get(url).status_code for name in expected} == expected
    assert client_for(None).get(url).status_code == 401


def test_a_byte_range_is_answered_exactly_and_never_kept_by_the_browser(
    place: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    client, url = client_for(place["annotator"]), f"/api/v1/tasks/{place['task']}/original"
    part = client.get(url, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == place["original"][100:200]
    assert part.headers["content-range"] == f"bytes 100-199/{len(place['original'])}"
    assert part.headers["cache-control"] == "private, no-cache"
    assert client.get(url, headers={"Range": "bytes=-10"}).content == place["original"][-10:]
    assert client.get(url, headers={"Range": "bytes=999999999-"}).status_code == 416
    tag = client.get(url).headers["etag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304


def test_what_is_played_is_the_remuxed_copy_and_not_the_upload(
    place: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    answer = client_for(place["annotator"]).get(f"/api/v1/tasks/{place['task']}/audio")
    assert answer.headers["content-type"] == "audio/mp4"
    assert answer.content[4:8] == b"ftyp"
    assert b"moov" in answer.content[:4096]
