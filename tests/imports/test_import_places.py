"""Only what the settings name is imported from, whatever a list, a link or a server says."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from labelbuddy_core.audio import import_places
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.recordings import imports, recordings
from labelbuddy_core.settings import Settings, get_settings
from tests.imports.conftest import Place, RunImport, files, upload
from tests.imports.test_importing import Tone, zipped


@pytest.fixture
def allowed(lab: Path) -> Settings:
    return get_settings()


@pytest.mark.parametrize("address", ["/etc/passwd", "../secret.wav", "a/../../secret.wav", "", "x\0y", "link/passwd"])
def test_a_path_outside_the_allowed_folders_is_refused(allowed: Settings, lab: Path, address: str) -> None:
    (lab.parent / "secret.wav").write_bytes(b"x")
    (lab / "link").symlink_to("/etc")
    with pytest.raises(Invalid):
        import_places.resolve(allowed, address)


def test_a_link_that_changes_after_it_was_checked_leads_nowhere(allowed: Settings, lab: Path) -> None:
    (lab / "a.wav").write_bytes(b"x")
    address = import_places.resolve(allowed, "a.wav")
    (lab / "a.wav").unlink()
    (lab / "a.wav").symlink_to("/etc/passwd")
    with pytest.raises(Invalid, match="may be imported from"), import_places.open_file(allowed, address):
        pass


def test_what_is_no_file_is_not_opened(allowed: Settings, lab: Path) -> None:
    os.mkfifo(lab / "a.wav")
    with pytest.raises(Invalid, match="is not a file"), import_places.open_file(allowed, str(lab / "a.wav")):
        pass


def test_without_allowed_folders_the_setting_is_named(settings: Settings) -> None:
    with pytest.raises(Invalid, match="LABELBUDDY_IMPORT_FOLDERS"):
        import_places.resolve(settings, "/tmp")


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("https://lab.example/audio/a.wav", True),
        ("https://lab.example:443/audio/deep/a%20b.wav", True),
        ("s3://bucket/set/a.wav", True),
        ("https://lab.example/audio-of-others/a.wav", False),
        ("https://lab.example/audio/../secret", False),
        ("https://lab.example/audio/%2e%2e/secret", False),
        ("https://lab.example/audio/..%5csecret", False),
        ("http://lab.example/audio/a.wav", False),
        ("https://lab.example:8443/audio/a.wav", False),
        ("https://lab.example.evil.org/audio/a.wav", False),
        ("https://lab.example@evil.org/audio/a.wav", False),
        ("https://user:word@lab.example/audio/a.wav", False),
        ("https://lab.example/audio/a.wav\n", False),
        ("file:///etc/passwd", False),
        ("s3://other/set/a.wav", False),
        ("https://lab.example:notaport/audio/a.wav", False),
    ],
)
def test_a_url_is_imported_only_below_the_allowed_ones(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, address: str, fine: bool
) -> None:
    monkeypatch.setenv("LABELBUDDY_IMPORT_URLS", "https://lab.example/audio/, s3://bucket")
    get_settings.cache_clear()
    try:
        import_places.resolve(get_settings(), address)
    except Invalid:
        assert not fine
    else:
        assert fine


class _Files(BaseHTTPRequestHandler):
    """Serves what the test puts into `server.files`."""

    def do_GET(self) -> None:
        status, data, headers = self.server.files.get(self.path, (404, b"", {}))  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def served(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict]]:
    """The address of an allowed web server and the files it has."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    server.files = {}  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("LABELBUDDY_IMPORT_URLS", f"{address}/audio")
    get_settings.cache_clear()
    yield address, server.files  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def test_a_list_of_urls_is_imported_and_each_trouble_is_told(
    place: Place, served: tuple[str, dict], run_import: RunImport, tone: Tone
) -> None:
    address, offered = served
    offered["/audio/a%20b.wav"] = (200, tone(1), {})
    offered["/audio/moved.wav"] = (302, b"", {"Location": "http://169.254.169.254/latest"})
    offered["/audio/short.wav"] = (200, tone(2), {"Content-Length": "99999"})
    rows = ["a%20b.wav", "moved.wav", "short.wav", "none.wav"]
    text = "url,title\n" + "".join(f"{address}/audio/{name},T\n" for name in rows) + f"{address}/other.wav,T\n"
    begun = upload(place, "list.csv", text.encode())["import"]
    assert run_import(begun) == {"added": 1, "failed": 3, "ignored": 1}
    found = {name.removeprefix(address): one for name, one in files(place, begun).items()}
    assert "it was moved to http://169.254.169.254/latest" in found["/audio/moved.wav"]["reason"]
    assert "broke off" in found["/audio/short.wav"]["reason"]
    assert "answered 404" in found["/audio/none.wav"]["reason"]
    assert "LABELBUDDY_IMPORT_URLS" in found["/other.wav"]["reason"]
    assert recordings.list_recordings(*place)["items"][0]["name"] == "a b.wav"


def test_what_failed_at_a_url_is_tried_again(
    place: Place, served: tuple[str, dict], run_import: RunImport, tone: Tone
) -> None:
    address, offered = served
    begun = upload(place, "list.csv", f"url\n{address}/audio/late.wav\n".encode())["import"]
    assert run_import(begun) == {"failed": 1}
    offered["/audio/late.wav"] = (200, tone(1), {})
    assert run_import(imports.resume_import(place[0], begun["id"])) == {"added": 1}


def test_an_archive_at_a_url_is_imported(
    place: Place, served: tuple[str, dict], run_import: RunImport, tone: Tone
) -> None:
    address, offered = served
    offered["/audio/all.zip"] = (200, zipped({"a.wav": tone(1)}), {})
    assert run_import(imports.begin_import(*place, f"{address}/audio/all.zip")) == {"added": 1}
