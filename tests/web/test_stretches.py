"""Stretches of a recording over HTTP: samples, spectrogram tiles and snap points."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import analyses, ingestion, recordings, uploads, windows
from labelbuddy_core.services.tasks import queues
from labelbuddy_core.settings import get_settings

SECONDS = 30.0


@pytest.fixture
def sound() -> synthesis.Sound:
    return synthesis.music(np.random.default_rng(11), SECONDS)


@pytest.fixture
def place(
    make_user: Callable[..., Actor], make_project: Callable[..., str], sound: synthesis.Sound, tmp_path: Path
) -> Iterator[dict[str, Any]]:
    """A project with a stereo MP3 that is ingested; the annotator has its task."""
    people = {name: make_user(name) for name in ("manager", "annotator", "second", "foreign")}
    project = make_project(managers=(people["manager"],), annotators=(people["annotator"], people["second"]))
    source = tmp_path / "music.mp3"
    encode([np.stack([sound, 0.5 * sound])], synthesis.RATE, source)
    with uploads.begin_upload(people["manager"], project, "u", name="a.mp3", size=source.stat().st_size) as incoming:
        incoming.write(source.read_bytes())
    recording = uploads.finish_upload(people["manager"], project, "u", incoming)["recording"]["id"]
    ingestion.ingest_recording(int(recording), lambda _: None)
    task = queues.next_task(people["annotator"], project)
    windows.close()
    yield {**people, "task": f"/api/v1/tasks/{task}", "recording": recording, "project": project}
    windows.close()


@pytest.mark.parametrize(
    "what", ["pcm?start=0&stop=10", "spectrogram", "spectrogram/2/0", "snap-points?start=0&stop=1"]
)
def test_only_those_who_may_open_the_task_get_a_stretch_of_it(
    what: str, place: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    expected = {"manager": 200, "annotator": 200, "second": 404, "foreign": 404}
    url = f"{place['task']}/{what}"
    assert {name: client_for(place[name]).get(url).status_code for name in expected} == expected
    assert client_for(None).get(url).status_code == 401


def test_samples_are_those_of_the_recording(
    place: dict[str, Any], sound: synthesis.Sound, client_for: Callable[..., Any]
) -> None:
    answer = client_for(place["annotator"]).get(f"{place['task']}/pcm?start=500000&stop=501000")
    samples = np.frombuffer(answer.content, "<i2").reshape(-1, 2) / 32767
    assert samples.shape == (1000, 2)
    np.testing.assert_allclose(samples[:, 0], sound[500_000:501_000], atol=0.05)
    np.testing.assert_allclose(samples[:, 1], sound[500_000:501_000] / 2, atol=0.05)


@pytest.mark.parametrize(
    "query", ["start=5&stop=5", "start=-1&stop=5", "start=0&stop=1000000", "start=99999999&stop=999999990"]
)
def test_senseless_windows_are_refused(query: str, place: dict[str, Any], client_for: Callable[..., Any]) -> None:
    answer = client_for(place["annotator"]).get(f"{place['task']}/pcm?{query}")
    assert answer.status_code == 422
    assert answer.json()["field"] in ("start", "stop")


def test_a_tile_is_made_once_and_then_read_from_the_disk(
    place: dict[str, Any], client_for: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = client_for(place["annotator"]), f"{place['task']}/spectrogram/3/1?scale=log"
    first = client.get(url)
    assert first.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(first.content)).size == (512, 256)
    kept = list((get_settings().cache_folder / "spectrograms").rglob("*.webp"))
    assert len(kept) == 1
    windows.close()
    monkeypatch.setattr(windows, "_pool", None)  # nothing decodes any more
    monkeypatch.setattr(windows, "close", lambda: None)
    assert client.get(url).content == first.content
    assert client.get(url, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_the_cache_keeps_to_its_limit(
    place: dict[str, Any], client_for: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELBUDDY_CACHE_BYTES", "60000")
    get_settings.cache_clear()
    client = client_for(place["annotator"])
    for tile in range(12):
        assert client.get(f"{place['task']}/spectrogram/1/{tile}").status_code == 200
    kept = sum(path.stat().st_size for path in get_settings().cache_folder.rglob("*.webp"))
    assert 0 < kept <= 60_000


@pytest.mark.parametrize("what", ["0/99999", "99/0", "-1/0", "3/-1"])
def test_a_tile_outside_the_recording_does_not_exist(
    what: str, place: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    assert client_for(place["annotator"]).get(f"{place['task']}/spectrogram/{what}").status_code == 404


def test_coarse_tiles_snap_points_and_statistics_come_with_the_analysis(
    place: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(place["annotator"])
    described = client.get(f"{place['task']}/spectrogram").json()
    top = len(described["levels"]) - 1
    assert not described["complete"]
    waiting = client.get(f"{place['task']}/spectrogram/{top}/0")
    assert waiting.status_code == 404
    assert "analyzed" in waiting.json()["detail"]
    assert analyses.analyze_recording(int(place["recording"]), lambda _: None)
    assert client.get(f"{place['task']}/spectrogram/{top}/0").status_code == 200
    found = client.get(f"{place['task']}/snap-points?start=5&stop=10").json()
    assert len(found["onset"]) > 5
    assert all(5 <= time <= 10 for time in found["onset"])
    assert [beat["position"] for beat in found["beat"]][:2] in ([1, 2], [2, 3], [3, 4], [4, 1])
    (row,) = recordings.list_recordings(place["manager"], place["project"])["items"]
    assert row["statistics"]["tempo"] == pytest.approx(104.0, rel=0.03)
    assert -60 < row["statistics"]["loudness"] < 0


def test_the_found_grid_is_tapped_moved_and_halved(place: dict[str, Any], client_for: Callable[..., Any]) -> None:
    client = client_for(place["annotator"])
    assert analyses.analyze_recording(int(place["recording"]), lambda _: None)
    found = client.get(f"{place['task']}/beats").json()
    assert found["tempo"] == pytest.approx(104.0, rel=0.05)
    assert found["origin"] == {"kind": "analysis", "model": "librosa", "version": version("librosa")}

    def changed(**change: Any) -> Any:
        body = {"beats": found["beats"], "meter": found["meter"], "change": change}
        return client.post(f"{place['task']}/beats", json=body)

    target = found["beats"][3]["time"] + 0.05
    moved = changed(kind="move", number=3, time=target).json()["beats"]
    assert {"time": round(target, 6), "position": found["beats"][3]["position"], "anchor": True} in moved
    assert changed(kind="halve").json()["tempo"] == pytest.approx(52.0, rel=0.05)
    tapped = changed(kind="taps", times=[1.0, 1.5, 2.0]).json()["beats"]
    assert [(beat["time"], beat["anchor"]) for beat in tapped if 1 <= beat["time"] <= 2] == [
        (1.0, True),
        (1.5, False),
        (2.0, True),
    ]
    assert tapped[-1] == found["beats"][-1]
    body = {"change": {"kind": "taps", "times": [1.0, 1.5, 2.0]}}
    assert client.post(f"{place['task']}/beats", json=body).json()["tempo"] == pytest.approx(120.0)
    waltz = changed(kind="meter_from", number=4, meter=3).json()
    assert [beat["position"] for beat in waltz["beats"][4:8]] == [1, 2, 3, 1]
    assert changed(kind="meter_from", number=4, meter=0).json()["field"] == "meter"
    assert changed(kind="onward", number=8).json()["beats"][8]["anchor"]
    assert changed(kind="move", number=9999, time=1.0).status_code == 422


def test_zero_crossings_lie_between_samples_of_different_sign(
    place: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(place["annotator"])
    found = client.get(f"{place['task']}/snap-points?start=10&stop=10.05&kinds=zero").json()["zero"]
    answer = client.get(f"{place['task']}/pcm?start=441000&stop=443206")
    mono = np.frombuffer(answer.content, "<i2").reshape(-1, 2).sum(axis=1)
    for time in found[2:-2]:
        at = int(time * 44_100) - 441_000
        assert mono[max(0, at - 1) : at + 3].min() <= 0
        assert mono[max(0, at - 1) : at + 3].max() >= 0
    assert len(found) > 5


def test_the_same_bytes_in_another_project_are_not_analyzed_again(
    place: dict[str, Any], make_project: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert analyses.analyze_recording(int(place["recording"]), lambda _: None)
    other = make_project(managers=(place["manager"],))
    data = (tmp_path / "music.mp3").read_bytes()
    with uploads.begin_upload(place["manager"], other, "v", name="b.mp3", size=len(data)) as incoming:
        incoming.write(data)
    twin = uploads.finish_upload(place["manager"], other, "v", incoming)["recording"]["id"]
    ingestion.ingest_recording(int(twin), lambda _: None)
    monkeypatch.setattr(analyses, "analyze_isolated", None)
    assert analyses.analyze_recording(int(twin), lambda _: None)


def test_a_reader_that_is_killed_is_replaced(place: dict[str, Any], client_for: Callable[..., Any]) -> None:
    client, url = client_for(place["annotator"]), f"{place['task']}/pcm?start=0&stop=100"
    assert client.get(url).status_code == 200
    for reader in windows._pool()._idle:
        reader._process.kill()
        reader._process.wait()
    assert client.get(url).status_code == 200


def test_deleting_the_recording_removes_what_is_cached_of_it(
    place: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    assert client_for(place["annotator"]).get(f"{place['task']}/spectrogram/2/0").status_code == 200
    recordings.delete_recording(place["manager"], place["recording"])
    assert not list(get_settings().cache_folder.rglob("*.webp"))
