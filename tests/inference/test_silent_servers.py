"""Servers elsewhere that give no answer, and such that load."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from labelbuddy_core.inference.runtimes.interface import ModelEnded
from labelbuddy_core.inference.runtimes.remote import RemoteRuntime
from labelbuddy_core.inference.specification import Specification


def remote(port: int) -> Specification:
    return Specification.model_validate({"endpoint": f"http://127.0.0.1:{port}"})


def test_a_server_that_gives_no_answer_is_told_before_one_that_loads() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    runtime = RemoteRuntime(["127.0.0.1"], patience=60.0, silence=0.3)
    with pytest.raises(ModelEnded, match=r"Nothing answered for 0 s .* Check that the server runs"):
        runtime.ensure_running("away", remote(port), lambda _: None)


def test_a_server_that_says_that_it_loads_is_waited_for() -> None:
    asked: list[str] = []

    class Loading(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps({"status": "ready" if len(asked) > 6 else "starting", "detail": ""}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Loading) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        runtime = RemoteRuntime(["127.0.0.1"], patience=60.0, silence=0.3)
        said: list[str] = []
        runtime.ensure_running("loads", remote(server.server_address[1]), said.append)
        server.shutdown()
    assert "Loading the model" in said
