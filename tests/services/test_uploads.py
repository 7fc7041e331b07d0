"""Uploads: resumed, stored once, safe names, limits."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.domain.file_names import MAX_LENGTH, safe_name
from labelbuddy_core.errors import Conflict, DiskFull, Invalid, NotFound, TooLarge
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import incoming_files, recordings, uploads
from labelbuddy_core.settings import get_settings

BYTES = bytes(range(256)) * 400


@pytest.fixture
def place(make_user: Callable[..., Actor], make_project: Callable[..., str]) -> tuple[Actor, str]:
    manager = make_user()
    return manager, make_project(managers=(manager,))


def send(place: tuple[Actor, str], identity: str, data: bytes, *, name: str = "a.wav", size: int | None = None) -> None:
    manager, project = place
    with uploads.begin_upload(manager, project, identity, name=name, size=size or len(data)) as incoming:
        incoming.write(data)


def test_an_upload_continues_where_a_killed_server_left_it(place: tuple[Actor, str]) -> None:
    manager, project = place
    send(place, "u", BYTES[:50_000], size=len(BYTES))
    assert uploads.upload_offset(manager, project, "u")["offset"] == 50_000
    with uploads.begin_upload(manager, project, "u", name="a.wav", size=len(BYTES)) as incoming:
        with pytest.raises(Conflict) as caught:
            incoming_files.check_offset(incoming, 0)
        assert caught.value.extra["offset"] == 50_000
        incoming.write(BYTES[50_000:])
    added = uploads.finish_upload(manager, project, "u", incoming)
    assert added["recording"]["size"] == len(BYTES)
    again = uploads.completed(manager, project, "u", size=len(BYTES))
    assert again is not None
    assert again["recording"]["id"] == added["recording"]["id"]


def test_the_same_bytes_twice_are_one_recording(place: tuple[Actor, str]) -> None:
    manager, project = place
    for identity, name in (("u1", "one.wav"), ("u2", "two.wav")):
        with uploads.begin_upload(manager, project, identity, name=name, size=len(BYTES)) as incoming:
            incoming.write(BYTES)
        answer = uploads.finish_upload(manager, project, identity, incoming)
    assert answer["duplicate"]
    assert recordings.list_recordings(manager, project)["total"] == 1


def test_more_bytes_than_announced_are_refused(place: tuple[Actor, str]) -> None:
    with pytest.raises(TooLarge):
        send(place, "u", BYTES, size=10)


def test_a_full_disk_is_told_before_anything_is_written(
    place: tuple[Actor, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELBUDDY_MIN_FREE_BYTES", str(10**18))
    get_settings.cache_clear()
    with pytest.raises(DiskFull, match="must stay free"):
        send(place, "u", BYTES)
    assert list(get_settings().incoming.iterdir()) == []


def test_a_quota_limits_what_a_project_holds(place: tuple[Actor, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_QUOTA_BYTES", "1000")
    get_settings.cache_clear()
    with pytest.raises(TooLarge, match="may hold"):
        send(place, "u", BYTES)


@given(st.text(max_size=500))
def test_a_name_is_never_a_path_and_never_too_long(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert "/" not in safe
    assert "\\" not in safe
    assert "\0" not in safe
    assert safe not in (".", "..")
    assert len(safe) <= MAX_LENGTH
    assert safe_name(safe) == safe


def test_a_long_name_keeps_its_suffix_and_emoji_stay() -> None:
    assert safe_name("x" * 300 + ".flac").endswith(".flac")
    assert safe_name("../../🎻 solo.wav") == "🎻 solo.wav"
    assert io.BytesIO(safe_name("a\r\nb.wav").encode()).read() == b"a b.wav"


def test_two_requests_never_write_one_upload_at_once(place: tuple[Actor, str]) -> None:
    manager, project = place
    with (
        uploads.begin_upload(manager, project, "u", name="a.wav", size=10),
        pytest.raises(Conflict, match="Another request"),
        uploads.begin_upload(manager, project, "u", name="a.wav", size=10),
    ):
        pass


def test_what_grew_behind_a_request_is_not_stored_under_its_hash(place: tuple[Actor, str]) -> None:
    manager, project = place
    with uploads.begin_upload(manager, project, "u", name="a.wav", size=5) as incoming:
        incoming.write(b"12345")
    with incoming.path.open("ab") as other:
        other.write(b"678")
    with pytest.raises(Conflict, match="Another request"):
        uploads.finish_upload(manager, project, "u", incoming)


def test_a_finished_uploads_id_is_not_taken_for_another_file(place: tuple[Actor, str]) -> None:
    manager, project = place
    with uploads.begin_upload(manager, project, "u", name="a.wav", size=5) as incoming:
        incoming.write(b"12345")
    uploads.finish_upload(manager, project, "u", incoming)
    with pytest.raises(Invalid, match="another file"):
        uploads.completed(manager, project, "u", size=7)


def test_nobody_leaves_bytes_in_a_project_that_is_not_theirs(
    place: tuple[Actor, str], make_user: Callable[..., Actor]
) -> None:
    with pytest.raises(NotFound):
        send((make_user(), place[1]), "u", BYTES, name="a.zip")
    folder = get_settings().data
    assert not [path for name in ("storage", "incoming") for path in (folder / name).rglob("*") if path.is_file()]
