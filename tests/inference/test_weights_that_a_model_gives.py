"""Weights that are fetched from a model: what it announces is not believed, and a full disk is told as one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from labelbuddy_core.errors import DiskFull, ModelGone, ModelProblem
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.endpoint import Endpoint


@contextmanager
def giving(length: str, body: bytes) -> Iterator[ModelClient]:
    """A client of a server that answers everything with a body and a Content-Length of its own."""

    class Giver(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Giver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = ModelClient(Endpoint(f"http://127.0.0.1:{server.server_port}"))
    try:
        yield client
    finally:
        client.close()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("length", "words"),
    [
        ("abc", "Content-Length that is no number: 'abc'"),
        ("-5", "no number"),
        ("", "no number"),
        ("5, 5", "no number"),
        (str(4 * 1024**3 + 1), "larger than 4096 MB"),
        ("9" * 5000, "larger than 4096 MB"),
    ],
)
def test_a_length_that_cannot_be_is_refused_before_anything_is_kept(tmp_path: Path, length: str, words: str) -> None:
    with giving(length, b"short") as client, pytest.raises(ModelProblem, match=words):
        client.fetch_weights("one", tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_a_full_disk_is_no_fault_of_the_model() -> None:
    with giving("5", b"12345") as client, pytest.raises(DiskFull, match="No space left on device"):
        client.fetch_weights("one", Path("/dev/full"))


def test_a_model_that_ends_while_it_gives_is_gone(tmp_path: Path) -> None:
    with giving("50", b"12345") as client, pytest.raises(ModelGone):
        client.fetch_weights("one", tmp_path / "weights")
