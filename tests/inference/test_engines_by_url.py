"""Docker engines by URL, with TLS over TCP; which transport is chosen; and images pulled from a registry."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import socket
import ssl
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.runtimes.docker_engine import DockerRuntime
from labelbuddy_core.inference.runtimes.engine_connection import Engine
from labelbuddy_core.inference.runtimes.images import digest_of, find_or_pull
from labelbuddy_core.inference.runtimes.transports import Transport, choose
from labelbuddy_core.inference.specification import Specification

Model = Callable[..., Specification]
DOCKER_SOCKET = "/var/run/docker.sock"


def openssl(*arguments: str, folder: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    """A folder with an authority, a server's certificate for 127.0.0.1 and a client's."""
    folder = tmp_path / "certificates"
    folder.mkdir()
    new = ("req", "-newkey", "rsa:2048", "-nodes")
    openssl(*new, "-x509", "-keyout", "ca-key.pem", "-out", "ca.pem", "-subj", "/CN=lab", "-days", "2", folder=folder)
    for name, also in (("server", ("-addext", "subjectAltName=IP:127.0.0.1")), ("client", ())):
        asked, made = f"{name}.csr", f"{name}-cert.pem"
        openssl(*new, "-keyout", f"{name}-key.pem", "-out", asked, "-subj", f"/CN={name}", *also, folder=folder)
        signing = ("-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-copy_extensions", "copy", "-days", "2")
        openssl("x509", "-req", "-in", asked, "-out", made, *signing, folder=folder)
    (folder / "client-cert.pem").rename(folder / "cert.pem")
    (folder / "client-key.pem").rename(folder / "key.pem")
    return folder


@pytest.fixture
def remote_engine(misbehaving: Any, certificates: Path) -> Iterator[str]:
    """The engine of this machine behind TLS on TCP, as a remote one would be; its URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "server-cert.pem", certificates / "server-key.pem")
    context.load_verify_locations(certificates / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=relay, args=(plain,), daemon=True).start()

    def relay(plain: socket.socket) -> None:
        try:
            outer = context.wrap_socket(plain, server_side=True)
        except (ssl.SSLError, OSError):
            plain.close()
            return
        inner = socket.socket(socket.AF_UNIX)
        inner.connect(DOCKER_SOCKET)
        threading.Thread(target=pump, args=(inner, outer), daemon=True).start()
        pump(outer, inner)

    def pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            target.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


@pytest.mark.docker
def test_a_model_runs_on_a_remote_engine_by_tls_on_a_published_port(
    remote_engine: str, certificates: Path, instance: str, model: Model, recording: Path
) -> None:
    runtime = DockerRuntime(remote_engine, instance, ["labelbuddy/*"], certificates=certificates)
    endpoint = runtime.ensure_running("far", model("probe"), lambda _: None)
    assert runtime.transport("far") is Transport.PUBLISHED
    assert endpoint.url.startswith("http://127.0.0.1:")
    found = ModelClient(endpoint).predict(recording, {})["probe"]
    assert found["no_new_privileges"] == "1"
    assert "192.0.2.1" not in [target[0] for target in found["reaches"]]
    runtime.stop("far")
    assert runtime.status("far").state == "stopped"


@pytest.mark.docker
def test_certificates_that_do_not_fit_are_told(remote_engine: str, certificates: Path, tmp_path: Path) -> None:
    runtime = DockerRuntime(remote_engine, str(tmp_path), ["*"])
    with pytest.raises(ModelProblem, match=r"No Docker engine answers|trust"):
        runtime.reap()
    (certificates / "key.pem").unlink()
    with pytest.raises(ModelProblem, match=r"LABELBUDDY_DOCKER_CERTIFICATES lacks key\.pem"):
        DockerRuntime(remote_engine, str(tmp_path), ["*"], certificates=certificates).reap()


def test_an_engine_elsewhere_without_tls_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="without TLS"):
        DockerRuntime("tcp://192.0.2.1:2375", str(tmp_path), ["*"]).reap()


def test_an_address_of_another_kind_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match=r"unix://, tcp:// or ssh:// addresses, not ftp://"):
        DockerRuntime("ftp://lab@gpu", str(tmp_path), ["*"]).reap()


@pytest.mark.parametrize(
    ("asked", "listens", "same_machine", "chosen"),
    [
        (None, True, True, Transport.SOCKET),
        (None, False, True, Transport.INTERNAL),
        ("tcp", True, True, Transport.INTERNAL),
        ("socket", False, True, Transport.SOCKET),
        (None, True, False, Transport.PUBLISHED),
        ("tcp", False, False, Transport.PUBLISHED),
    ],
)
def test_the_most_isolated_transport_that_image_and_engine_allow_is_chosen(
    asked: str | None, listens: bool, same_machine: bool, chosen: Transport
) -> None:
    engine = Engine(client=None, same_machine=same_machine, address="127.0.0.1", processors=1)
    specification = Specification.model_validate({"image": "a", "transport": asked})
    assert choose(specification, {"org.labelbuddy.socket": "1"} if listens else {}, engine) is chosen


def test_a_socket_on_another_machine_is_refused() -> None:
    engine = Engine(client=None, same_machine=False, address="192.0.2.1", processors=1)
    with pytest.raises(ModelProblem, match="leave `transport` out"):
        choose(Specification.model_validate({"image": "a", "transport": "socket"}), {}, engine)


class Registry:
    """Just enough of a registry to pull one image of two layers from."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        layers = [self._layer(f"file{number}", os.urandom(3_000_000)) for number in range(2)]
        rootfs = {"type": "layers", "diff_ids": [plain for _, _, plain in layers]}
        config = json.dumps(
            {"architecture": "amd64", "os": "linux", "config": {"Cmd": ["/none"]}, "rootfs": rootfs}
        ).encode()
        kind = "application/vnd.docker.distribution.manifest.v2+json"
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": kind,
                "config": self._blob(config, "application/vnd.docker.container.image.v1+json"),
                "layers": [
                    {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "digest": name, "size": size}
                    for name, size, _ in layers
                ],
            }
        ).encode()
        self.digest = self._blob(manifest, kind)["digest"]
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                last = self.path.rsplit("/", 1)[-1]
                body = outer.blobs.get(outer.digest if "manifests" in self.path else last, b"{}")
                self.send_response(200)
                self.send_header("Content-Type", kind if "manifests" in self.path else "application/octet-stream")
                self.send_header("Docker-Content-Digest", "sha256:" + hashlib.sha256(body).hexdigest())
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.name = f"127.0.0.1:{self._server.server_address[1]}/lab/tiny:1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _layer(self, name: str, content: bytes) -> tuple[str, int, str]:
        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode="w") as archive:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        packed = gzip.compress(held.getvalue(), 1)
        return self._blob(packed, "")["digest"], len(packed), "sha256:" + hashlib.sha256(held.getvalue()).hexdigest()

    def _blob(self, content: bytes, kind: str) -> dict[str, Any]:
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        self.blobs[digest] = content
        return {"mediaType": kind, "digest": digest, "size": len(content)}


@pytest.mark.docker
def test_an_image_is_pulled_with_its_bytes_counted_and_its_digest_known(misbehaving: Any) -> None:
    registry = Registry()
    said: list[str] = []
    try:
        image = find_or_pull(misbehaving, registry.name, ["127.0.0.1:*"], said.append)
    finally:
        registry.close()
    try:
        assert digest_of(image) == f"{registry.name.removesuffix(':1')}@{registry.digest}"
        assert said[0] == f"Pulling {registry.name}"
        assert "6.0 MB" in said[-1]
    finally:
        misbehaving.images.remove(registry.name, force=True)
