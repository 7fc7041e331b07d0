"""Weights are fetched from a hub that hangs up again and again: resumed, checked, and never half there."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.cli import main
from model_containers import downloads
from model_containers.audio_language import fetch
from model_containers.audio_language.checkpoints import FACTS, find_checkpoint, license_of
from model_containers.downloads import DownloadError, Wanted

CONTENT = bytes(range(256)) * 2_000
CONFIG = b'{"model_type": "qwen2_audio"}'
COMMIT = "c" * 40


def blob(content: bytes) -> str:
    """The checksum that git gives a file."""
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()


class Hub(http.server.ThreadingHTTPServer):
    """A repository lab/tiny in Hugging Face's form; after `piece` bytes of a file the connection ends."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {"config.json": CONFIG, "model.safetensors": CONTENT}
        self.promised = dict(self.files)
        self.piece, self.ranges, self.status = 200_000, True, 0
        self.asked: list[tuple[str, str | None, str | None]] = []
        self.elsewhere = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def about(self) -> dict[str, Any]:
        large = self.promised["model.safetensors"]
        named = [
            {"rfilename": "config.json", "size": len(CONFIG), "blobId": blob(CONFIG)},
            {
                "rfilename": "model.safetensors",
                "size": len(large),
                "blobId": "0" * 40,
                "lfs": {"sha256": hashlib.sha256(large).hexdigest(), "size": len(large)},
            },
        ]
        others = [
            "pytorch_model.bin",
            "think/adapter.safetensors",
            "think/../think/adapter_config.json",
            "../out.json",
            ".gitattributes",
        ]
        ignored = [{"rfilename": name, "size": 1, "blobId": "1" * 40} for name in others]
        return {
            "sha": COMMIT,
            "siblings": [*named, *ignored],
            "cardData": {"license": "other", "license_name": "lab-1"},
        }


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        hub, wanted = self.server, self.headers.get("Range")
        hub.asked.append((self.path, wanted, self.headers.get("Authorization")))
        if hub.status:
            self.send_error(hub.status)
        elif self.path == "/api/models/lab/tiny/revision/main?blobs=true":
            self.send(json.dumps(hub.about()).encode(), 0)
        elif (name := self.path.removeprefix(f"/lab/tiny/resolve/{COMMIT}/")) not in hub.files:
            self.send_error(404)
        elif hub.elsewhere:
            self.send_response(302)
            self.send_header("Location", f"{hub.elsewhere}{self.path}")
            self.end_headers()
        else:
            self.send(hub.files[name], int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and hub.ranges else 0)

    def send(self, content: bytes, first: int) -> None:
        if first >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(content) - first))
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        self.wfile.write(content[first : first + self.server.piece])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def hubs() -> Iterator[list[Hub]]:
    made = [Hub(), Hub()]
    for hub in made:
        threading.Thread(target=hub.serve_forever, daemon=True).start()
    yield made
    for hub in made:
        hub.shutdown()
        hub.server_close()


@pytest.fixture
def hub(hubs: list[Hub]) -> Hub:
    return hubs[0]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads.time, "sleep", lambda _: None)


def got(hub: Hub, target: Path, **options: Any) -> bool:
    return fetch.fetch(fetch.listing("lab/tiny", hub=hub.url, **options), target, "lab-1", **options)


def test_a_checkpoint_comes_whole_however_often_the_hub_hangs_up(hub: Hub, tmp_path: Path) -> None:
    hub.piece = 40_000
    assert got(hub, tmp_path / "tiny")
    assert (tmp_path / "tiny" / "model.safetensors").read_bytes() == CONTENT
    assert sorted(path.name for path in (tmp_path / "tiny").iterdir()) == ["config.json", FACTS, "model.safetensors"]
    ranges = [wanted for path, wanted, _ in hub.asked if path.endswith("model.safetensors")]
    assert ranges[:3] == [None, "bytes=40000-", "bytes=80000-"]
    assert find_checkpoint(tmp_path, "") == tmp_path / "tiny"
    assert license_of(tmp_path / "tiny") == "lab-1"


def test_what_is_there_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    got(hub, tmp_path / "tiny")
    hub.asked.clear()
    assert not got(hub, tmp_path / "tiny")
    assert len(hub.asked) == 1


def test_a_download_that_was_given_up_goes_on_later_and_is_no_checkpoint_until_then(hub: Hub, tmp_path: Path) -> None:
    found = fetch.listing("lab/tiny", hub=hub.url)
    hub.piece = 0
    with pytest.raises(DownloadError, match="run it again to go on"):
        fetch.fetch(found, tmp_path / "tiny", "")
    coming = tmp_path / ".tiny.coming"
    (coming / "config.json").write_bytes(CONFIG)
    (coming / ".model.safetensors.part").write_bytes(CONTENT[:300_000])
    with pytest.raises(FileNotFoundError, match="There is no checkpoint"):
        find_checkpoint(tmp_path, "")
    hub.piece = 1_000_000
    hub.asked.clear()
    assert got(hub, tmp_path / "tiny")
    assert [wanted for _, wanted, _ in hub.asked] == [None, "bytes=300000-"]


def test_a_server_without_ranges_begins_anew(hub: Hub, tmp_path: Path) -> None:
    hub.ranges, hub.piece = False, 1_000_000
    part = tmp_path / ".m.part"
    part.write_bytes(b"x" * 1000)
    wanted = Wanted(
        f"{hub.url}/lab/tiny/resolve/{COMMIT}/model.safetensors", "sha256", hashlib.sha256(CONTENT).hexdigest()
    )
    assert downloads.fetch(wanted, tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == CONTENT


def test_a_file_with_another_checksum_is_not_kept(hub: Hub, tmp_path: Path) -> None:
    hub.files["model.safetensors"] = CONTENT[:-1] + b"?"
    with pytest.raises(DownloadError, match=r"not model\.safetensors: its sha256 differs"):
        got(hub, tmp_path / "tiny")
    hub.files["config.json"] = CONFIG.replace(b"2", b"3")
    (tmp_path / ".tiny.coming" / "config.json").unlink()
    with pytest.raises(DownloadError, match=r"not config\.json: its git differs"):
        got(hub, tmp_path / "tiny")
    assert not (tmp_path / "tiny").exists()
    assert list((tmp_path / ".tiny.coming").iterdir()) == []


def file_of(hub: Hub, name: str = "model.safetensors", size: int | None = None) -> Wanted:
    return Wanted(
        f"{hub.url}/lab/tiny/resolve/{COMMIT}/{name}", "sha256", hashlib.sha256(CONTENT).hexdigest(), size
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "it is a web page, so that a proxy"),
        (CONTENT[:1000], r"it has 1,000 bytes instead of 512,000"),
        (CONTENT[:-1] + b"?", "its sha256 differs"),
    ],
)
def test_what_comes_instead_of_a_file_is_named_and_not_kept(sent: bytes, words: str, hub: Hub, tmp_path: Path) -> None:
    hub.files["model.safetensors"], hub.piece = sent, 1_000_000
    with pytest.raises(DownloadError, match=f"is not m: {words}.*; nothing was kept"):
        downloads.fetch(file_of(hub, size=len(CONTENT)), tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_is_followed_and_one_in_a_circle_is_told(hubs: list[Hub], tmp_path: Path) -> None:
    first, second = hubs
    first.elsewhere, second.piece = second.url, 1_000_000
    assert downloads.fetch(file_of(first), tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == CONTENT
    first.elsewhere = first.url
    with pytest.raises(DownloadError, match=r"answers 302 .*infinite loop"):
        downloads.fetch(file_of(first), tmp_path / "n")


@pytest.mark.parametrize(
    ("status", "words", "times"),
    [(404, "answers 404 Not Found", 1), (429, "answers 429 .*run it again to go on", 5)],
)
def test_a_file_that_is_not_there_is_told_at_once_and_a_busy_server_is_asked_again(
    status: int, words: str, times: int, hub: Hub, tmp_path: Path
) -> None:
    hub.status = status
    with pytest.raises(DownloadError, match=words):
        downloads.fetch(file_of(hub), tmp_path / "m")
    assert len(hub.asked) == times


def test_a_token_is_sent_to_the_hub_and_not_to_where_it_leads(hubs: list[Hub], tmp_path: Path) -> None:
    first, second = hubs
    first.elsewhere, second.piece = second.url.replace("127.0.0.1", "localhost"), 1_000_000
    assert got(first, tmp_path / "tiny", token="secret")
    assert {token for _, _, token in first.asked} == {"Bearer secret"}
    assert {token for _, _, token in second.asked} == {None}


@pytest.mark.parametrize(
    ("status", "message"),
    [(403, "only for those who accepted its terms; set HF_TOKEN"), (404, "has no 'lab/tiny' at 'main'")],
)
def test_a_refusal_says_what_to_do(status: int, message: str, hub: Hub, tmp_path: Path) -> None:
    hub.status = status
    with pytest.raises(DownloadError, match=message):
        got(hub, tmp_path / "tiny")


def test_too_little_room_is_told_before_anything_comes(hub: Hub, tmp_path: Path) -> None:
    found = fetch.listing("lab/tiny", hub=hub.url)
    huge = {**found.files, "model.safetensors": Wanted("http://x/", "sha256", "", 10**18)}
    hub.asked.clear()
    with pytest.raises(DownloadError, match="GB are free"):
        fetch.fetch(fetch.Listing(found.repository, found.commit, "", huge), tmp_path / "tiny", "")
    assert hub.asked == []


def test_a_server_of_something_else_is_named(hub: Hub) -> None:
    with pytest.raises(DownloadError, match="has no 'lab/other'"):
        fetch.listing("lab/other", hub=hub.url)
    hub.promised["model.safetensors"] = b""
    with pytest.raises(DownloadError, match="cannot be reached"):
        fetch.listing("lab/tiny", hub="http://127.0.0.1:9")


def test_the_command_fetches_a_repository_shows_its_license_and_says_where_it_lies(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    assert main(["model", "fetch", "lab/tiny", "--to", str(tmp_path)]) == 0
    said = capfd.readouterr().out
    assert f"lab/tiny at {COMMIT}: 0.00 GB\nLicense: lab-1\n{tmp_path / 'tiny'}" in said
    hub.status = 500
    assert main(["model", "fetch", "lab/tiny", "--to", str(tmp_path)]) == 1
    assert "Run the same command again" in capfd.readouterr().err


def test_an_unknown_name_is_answered_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "fetch", "unheard-of"]) == 1
    assert "there are musicnn, yoho, panns, " in capsys.readouterr().err
    assert main(["model", "fetch", "yoho", "--revision", "x"]) == 1
    assert "--revision is for repositories" in capsys.readouterr().err
