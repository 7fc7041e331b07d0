"""Many recordings at once: every file comes in once, or has a reason why not."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from labelbuddy_core.errors import Conflict, DiskFull, Invalid, InvalidState, NotFound, TooLarge
from labelbuddy_core.jobs.context import JobCancelled
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.recordings import (
    adding_recordings,
    import_reports,
    importing,
    imports,
    recordings,
    uploads,
)
from labelbuddy_core.settings import get_settings
from tests.imports.conftest import Place, RunImport, context, end_job, files, upload

Tone = Callable[[int], bytes]


def names(place: Place) -> list[str]:
    return sorted(one["name"] for one in recordings.list_recordings(*place)["items"])


def zipped(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(entries: dict[str, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.wav")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return buffer.getvalue()


def test_an_uploaded_zip_becomes_recordings_and_says_what_it_left_out(
    place: Place, run_import: RunImport, tone: Tone, tmp_path: Path
) -> None:
    entries = {
        "deep/../../../etc/x.wav": tone(1),
        "band/🎵 song.wav": tone(2),
        "again.wav": tone(2),
        "notes.txt": b"hi",
        "__MACOSX/a.wav": b"x",
    }
    begun = upload(place, "all.zip", zipped(entries))["import"]
    assert run_import(begun) == {"added": 2, "known": 1, "ignored": 2}
    assert names(place) == ["x.wav", "🎵 song.wav"]
    assert not (tmp_path / "etc").exists()
    found = files(place, begun)
    assert found["notes.txt"]["reason"] == "not an audio file by its name"
    assert found["__MACOSX/a.wav"]["reason"] == "a file of the operating system"
    assert found["again.wav"]["recording"] == found["band/🎵 song.wav"]["recording"]


@pytest.mark.parametrize(
    ("name", "mode"), [("a.tar", "w:"), ("a.tgz", "w:gz"), ("a.tar.bz2", "w:bz2"), ("a.txz", "w:xz")]
)
def test_an_uploaded_tar_of_each_kind_becomes_recordings_without_its_links(
    place: Place, run_import: RunImport, tone: Tone, name: str, mode: str
) -> None:
    begun = upload(place, name, tarred({"./one.wav": tone(1), "two.wav": tone(2)}, mode))["import"]
    assert run_import(begun) == {"added": 2, "ignored": 1}
    assert files(place, begun)["link.wav"]["reason"] == "a link or a device, not a file"


def test_the_folder_in_the_archive_and_the_list_at_its_top_become_attributes(
    place: Place, run_import: RunImport, tone: Tone
) -> None:
    said = "File;Title;Artist;License;Mood\ncd 1/a.wav;Ovčáci;Antonín Dvořák;CC BY 4.0;calm\n"
    begun = upload(place, "a.zip", zipped({"recordings.csv": said.encode(), "cd 1/a.wav": tone(1)}))["import"]
    run_import(begun)
    (one,) = recordings.list_recordings(*place)["items"]
    assert one["attributes"] == {
        "folder": "cd 1",
        "title": "Ovčáci",
        "artist": "Antonín Dvořák",
        "license": "CC BY 4.0",
        "mood": "calm",
    }


def test_an_archive_is_not_kept_when_all_its_files_are_in(
    place: Place, run_import: RunImport, tone: Tone, data_folder: Path
) -> None:
    run_import(upload(place, "a.zip", zipped({"a.wav": tone(1)}))["import"])
    assert not list((data_folder / "storage" / "imports").glob("*/*"))


def test_a_bomb_is_refused_before_it_is_unpacked(place: Place, run_import: RunImport) -> None:
    for name, data in (
        ("b.zip", zipped({"zeros.wav": bytes(200_000_000)})),
        ("b.tgz", tarred({"zeros.wav": bytes(200_000_000)})),
    ):
        with pytest.raises(TooLarge, match="would unpack"):
            run_import(upload(place, name, data)["import"])
    assert names(place) == []


def test_a_tar_whose_extended_header_would_fill_the_memory_is_refused(place: Place, run_import: RunImport) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 32
    data = gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(1 << 20))
    with pytest.raises(Invalid, match="damaged"):
        run_import(upload(place, "h.tgz", data)["import"])


@pytest.mark.parametrize("data", [b"PK\x03\x04 nothing", b"", b"\x1f\x8b\x08 no gzip", b"plain text"])
def test_a_damaged_archive_says_so(place: Place, run_import: RunImport, data: bytes) -> None:
    with pytest.raises(Invalid, match="damaged, encrypted or of an unknown kind"):
        run_import(upload(place, "bad.zip", data)["import"])


def test_a_damaged_entry_fails_alone(place: Place, run_import: RunImport, tone: Tone) -> None:
    data = bytearray(zipped({"bad.wav": bytes(range(256)) * 40, "good.wav": tone(1)}))
    data[60:90] = bytes(30)
    begun = upload(place, "a.zip", bytes(data))["import"]
    assert run_import(begun) == {"added": 1, "failed": 1}
    assert "damaged in the archive" in files(place, begun)["bad.wav"]["reason"]


def test_a_folder_of_the_server_is_imported_with_its_subfolders(
    place: Place, lab: Path, run_import: RunImport, tone: Tone
) -> None:
    (lab / "set" / "day 1").mkdir(parents=True)
    (lab / "set" / "day 1" / "a.wav").write_bytes(tone(1))
    (lab / "set" / "b.flac").write_bytes(tone(2))
    (lab / "set" / ".hidden.wav").write_bytes(tone(3))
    (lab / "outside.wav").symlink_to("/etc/passwd")
    begun = imports.begin_import(*place, str(lab / "set"))
    assert run_import(begun) == {"added": 2}
    assert recordings.list_recordings(*place, query="day 1")["total"] == 1


def test_a_list_names_files_beside_it_and_says_what_is_wrong_with_the_others(
    place: Place, lab: Path, run_import: RunImport, tone: Tone
) -> None:
    (lab / "audio").mkdir()
    (lab / "audio" / "a.wav").write_bytes(tone(1))
    (lab / "list.csv").write_text("file,title\naudio/a.wav,One\naudio/none.wav,Two\n../../etc/passwd,Three\n")
    begun = imports.begin_import(*place, str(lab / "list.csv"))
    assert run_import(begun) == {"added": 1, "ignored": 2}
    found = files(place, begun)
    assert found["audio/none.wav"]["reason"] == "Line 3: There is no audio/none.wav on the server."
    assert "is not in a folder that may be imported from" in found["../../etc/passwd"]["reason"]
    assert recordings.list_recordings(*place)["items"][0]["attributes"] == {"title": "One"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("title,artist\nx,y\n", "one of them file, path, url"),
        ("", "found: nothing"),
        ("file,title\na.wav,x,y\n", "Line 2 of the list has 3 cells, but the first line names 2 columns"),
        ("file,title\n,x\n", "Line 2 of the list names no file"),
        ('file,title\n"a.wav,x\n', "cannot be read"),
        ("file,title\na.wav," + "x" * 3000 + "\n", "Line 2 of the list: The attribute 'title' is longer"),
    ],
)
def test_a_mistake_in_a_list_is_told_with_its_line(place: Place, run_import: RunImport, text: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        run_import(upload(place, "list.csv", text.encode())["import"])
    assert reason in caught.value.detail


def test_a_list_in_another_encoding_is_told(place: Place, run_import: RunImport) -> None:
    with pytest.raises(Invalid, match="not UTF-8"):
        run_import(upload(place, "list.csv", "file,title\na.wav,Dvořák\n".encode("iso-8859-2"))["import"])


def test_the_same_upload_sent_again_is_not_imported_again(place: Place, tone: Tone) -> None:
    data = zipped({"a.wav": tone(1)})
    begun = upload(place, "a.zip", data)["import"]
    again = uploads.completed(*place, "u-a-zip", size=len(data))
    assert again is not None
    assert again["import"]["id"] == begun["id"]


def test_a_cancelled_import_leaves_whole_recordings_and_is_resumed(
    place: Place, lab: Path, run_import: RunImport, tone: Tone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        (lab / f"{number}.wav").write_bytes(tone(number))
    begun = imports.begin_import(*place, str(lab))
    job = context(begun["job"]["id"])
    add_file, added = adding_recordings.add_file, []

    def cancel_before_the_third(*arguments: object) -> object:
        if len(added) == 2:
            jobs.cancel_job(place[0], job.id)
        added.append(arguments)
        return add_file(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(adding_recordings, "add_file", cancel_before_the_third)
        with pytest.raises(JobCancelled):
            importing.run(job)
    assert names(place) == ["0.wav", "1.wav"]
    assert list(get_settings().incoming.iterdir()) == []
    assert import_reports.get_import(place[0], begun["id"])["files"]["cancelled"] == 2
    resumed = imports.resume_import(place[0], begun["id"])
    assert run_import(resumed) == {"added": 4}
    assert names(place) == ["0.wav", "1.wav", "2.wav", "3.wav"]


def test_a_job_that_was_killed_goes_on_with_the_file_it_was_at(
    place: Place, lab: Path, run_import: RunImport, tone: Tone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (lab / f"{number}.wav").write_bytes(tone(number))
    begun = imports.begin_import(*place, str(lab))
    add_file = adding_recordings.add_file

    def die_after(*arguments: object) -> object:
        add_file(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(adding_recordings, "add_file", die_after)
        with pytest.raises(KeyboardInterrupt):
            importing.run(context(begun["job"]["id"]))
    assert run_import(begun) == {"added": 3}
    assert names(place) == ["0.wav", "1.wav", "2.wav"]


def test_a_full_disk_stops_the_import_and_nothing_counts_as_failed(
    place: Place, lab: Path, tone: Tone, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lab / "a.wav").write_bytes(tone(1))
    begun = imports.begin_import(*place, str(lab))
    monkeypatch.setenv("LABELBUDDY_MIN_FREE_BYTES", str(10**18))
    get_settings.cache_clear()
    with pytest.raises(DiskFull):
        importing.run(context(begun["job"]["id"]))
    assert import_reports.get_import(place[0], begun["id"])["files"]["waiting"] == 1


def test_a_quota_stops_the_import(place: Place, lab: Path, tone: Tone, monkeypatch: pytest.MonkeyPatch) -> None:
    (lab / "a.wav").write_bytes(tone(1))
    begun = imports.begin_import(*place, str(lab))
    monkeypatch.setenv("LABELBUDDY_QUOTA_BYTES", "100")
    get_settings.cache_clear()
    with pytest.raises(TooLarge, match="may hold"):
        importing.run(context(begun["job"]["id"]))


def test_a_file_that_is_too_large_is_left_out_with_the_reason(
    place: Place, lab: Path, run_import: RunImport, tone: Tone, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lab / "a.wav").write_bytes(tone(1))
    monkeypatch.setenv("LABELBUDDY_MAX_UPLOAD_BYTES", "1000")
    get_settings.cache_clear()
    begun = imports.begin_import(*place, str(lab))
    assert run_import(begun) == {"ignored": 1}
    assert files(place, begun)["a.wav"]["reason"] == "larger than 1.0 kB"


def test_the_message_tells_file_bytes_rate_and_time_left(
    place: Place, lab: Path, tone: Tone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labelbuddy_core.services.recordings import import_progress

    monkeypatch.setattr(import_progress, "_TELL_SECONDS", 0.0)
    for number in range(3):
        (lab / f"{number}.wav").write_bytes(tone(number) + bytes(3_000_000))
    messages: list[str] = []
    importing.run(context(imports.begin_import(*place, str(lab))["job"]["id"], messages=messages))
    assert any(
        message.startswith("Adding 1.wav (") and "2 of 3 files" in message and "MB/s" in message and " left" in message
        for message in messages
    )


def test_only_managers_import_and_see_imports(
    place: Place, lab: Path, make_user: Callable[..., Actor], tone: Tone
) -> None:
    (lab / "a.wav").write_bytes(tone(1))
    begun = imports.begin_import(*place, str(lab))
    stranger = make_user()
    for action in (
        lambda: imports.begin_import(stranger, place[1], str(lab)),
        lambda: import_reports.get_import(stranger, begun["id"]),
        lambda: import_reports.list_files(stranger, begun["id"]),
        lambda: imports.resume_import(stranger, begun["id"]),
        lambda: imports.remove_import(stranger, begun["id"]),
    ):
        with pytest.raises(NotFound):
            action()


def test_an_import_that_is_done_cannot_be_resumed_but_forgotten(
    place: Place, lab: Path, run_import: RunImport, tone: Tone
) -> None:
    (lab / "a.wav").write_bytes(tone(1))
    begun = imports.begin_import(*place, str(lab))
    with pytest.raises(InvalidState, match="cancel its job first"):
        imports.remove_import(place[0], begun["id"])
    run_import(begun)
    with pytest.raises(InvalidState, match="Every file"):
        imports.resume_import(place[0], begun["id"])
    imports.remove_import(place[0], begun["id"])
    assert import_reports.list_imports(*place)["items"] == []
    assert names(place) == ["a.wav"]


def test_a_file_that_grows_while_it_is_read_is_not_taken_half(
    place: Place, lab: Path, run_import: RunImport, tone: Tone
) -> None:
    (lab / "a.wav").write_bytes(tone(1))
    begun = imports.begin_import(*place, str(lab))
    importing.plan(int(begun["id"]), context(begun["job"]["id"]))
    with (lab / "a.wav").open("ab") as file:
        file.write(b"more")
    assert run_import(begun) == {"failed": 1}
    end_job(begun, "succeeded")
    assert names(place) == []


def test_the_bytes_of_a_conflicting_request_are_never_stored(place: Place) -> None:
    with uploads.begin_upload(*place, "u", name="a.zip", size=5) as incoming:
        incoming.write(b"12345")
    with incoming.path.open("ab") as other:
        other.write(b"678")
    with pytest.raises(Conflict, match="Another request"):
        uploads.finish_upload(*place, "u", incoming)
