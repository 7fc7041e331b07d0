"""Files that go to a model, or come from one: as they are read, whatever their size."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from flask import Flask, Response, request, send_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.serving import make_server
from werkzeug.test import EnvironBuilder

from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.upload import Upload

MB = 1024**2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300), version=st.text(max_size=20), sizes=st.lists(st.integers(1, 90), min_size=1))
def test_a_form_read_in_pieces_says_what_was_put_in(
    tmp_path: Path, content: bytes, version: str, sizes: list[int]
) -> None:
    file = tmp_path / "d.zip"
    file.write_bytes(content)
    with Upload("dataset", file, "application/zip", {"version": version.encode()}) as form:
        pieces = [form.read(size) for size in sizes] + [form.read()]
        assert (len(b"".join(pieces)), form.read(5)) == (len(form), b"")
        sent = EnvironBuilder(method="POST", data=b"".join(pieces), content_type=form.content_type).get_request()
    assert sent.form["version"] == version
    assert (sent.files["dataset"].filename, sent.files["dataset"].read()) == ("d.zip", content)


def test_a_file_that_became_shorter_is_not_sent_as_if_it_were_whole(tmp_path: Path) -> None:
    file = tmp_path / "d.zip"
    file.write_bytes(b"x" * 1000)
    with Upload("dataset", file, "application/zip", {}) as form:
        file.write_bytes(b"x" * 10)
        with pytest.raises(OSError, match="shorter"):
            form.read()


@contextmanager
def asked(app: Flask) -> Iterator[ModelClient]:
    """A client of a server; nothing large may lie in memory meanwhile."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = ModelClient(Endpoint(f"http://127.0.0.1:{server.server_port}"))
    tracemalloc.start()
    try:
        yield client
        _, most = tracemalloc.get_traced_memory()
        assert most < 16 * MB
    finally:
        tracemalloc.stop()
        client.close()
        server.shutdown()


def counted(file: IO[bytes]) -> int:
    return sum(len(piece) for piece in iter(lambda: file.read(MB), b""))


def a_file(folder: Path, size: int) -> Path:
    file = folder / "large"
    with file.open("wb") as hole:
        hole.truncate(size)
    return file


def test_a_dataset_goes_to_the_model_without_lying_in_memory(tmp_path: Path) -> None:
    app, received = Flask(__name__), {}

    @app.post("/train")
    def train() -> tuple[dict[str, str], int]:
        received.update(request.form, bytes=counted(request.files["dataset"].stream))
        return {"run": request.form["run"]}, 202

    with asked(app) as client:
        run = client.begin_training(a_file(tmp_path, 48 * MB), {}, "tuned-1", "00112233445566aa")
    assert (run, received["version"], received["bytes"]) == ("00112233445566aa", "tuned-1", 48 * MB)


def test_weights_come_and_go_without_lying_in_memory(tmp_path: Path) -> None:
    app, received = Flask(__name__), {}
    weights = a_file(tmp_path, 80 * MB)  # more than other answers may have

    @app.get("/weights/one")
    def give() -> Response:
        return send_file(weights)

    @app.put("/weights/one")
    def take() -> dict[str, str]:
        received.update(bytes=counted(request.stream))
        return {"version": "one"}

    with asked(app) as client:
        assert client.fetch_weights("one", tmp_path / "fetched")
        assert not client.fetch_weights("two", tmp_path / "none")
        client.put_weights("one", tmp_path / "fetched")
    assert (received["bytes"], (tmp_path / "none").exists()) == (80 * MB, False)
