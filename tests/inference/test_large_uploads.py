"""Forms with a file that are sent as they are read."""

from __future__ import annotations

import threading
import tracemalloc
from pathlib import Path

import pytest
from flask import Flask, request
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


def test_a_dataset_goes_to_the_model_without_lying_in_memory(tmp_path: Path) -> None:
    app, received = Flask(__name__), {}

    @app.post("/train")
    def train() -> tuple[dict[str, str], int]:
        received.update(request.form)
        received["bytes"] = str(sum(len(piece) for piece in iter(lambda: request.files["dataset"].read(MB), b"")))
        return {"run": request.form["run"]}, 202

    file = tmp_path / "dataset.zip"
    with file.open("wb") as hole:
        hole.truncate(48 * MB)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = ModelClient(Endpoint(f"http://127.0.0.1:{server.server_port}"))
    try:
        tracemalloc.start()
        run = client.begin_training(file, {}, "tuned-1", "00112233445566aa")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        client.close()
        server.shutdown()
    assert (run, received["version"], received["bytes"]) == ("00112233445566aa", "tuned-1", str(48 * MB))
    assert most < 16 * MB
