"""The app behind nginx and Caddy as `deploy/` configures them: HTTPS, at the root and under a base path.

One installation is started for each base path, and both proxies are put in front of it with a certificate made here.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from labelbuddy_core.settings import ROOT

pytestmark = pytest.mark.long

HOST = "labels.example.org"
PERSON = {"username": "mona", "name": "Mona", "email": "mona@example.org", "password": "correct horse battery"}
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CADDY = shutil.which("caddy")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for HOST that signs itself, and its key."""
    paths = folder / "certificate.pem", folder / "key.pem"
    made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(["openssl", *made, *names, *files], check=True, capture_output=True)
    return paths


def environment(**named: str) -> dict[str, str]:
    return {**os.environ, "LABELBUDDY_MIN_FREE_BYTES": "0", **named}


class Installation:
    """The app under its supervisor, reached at `https://HOST:port` + base through a proxy on that port."""

    def __init__(self, folder: Path, base: str, **more: str) -> None:
        self.base = base
        self.port = free_port()
        self.public_port = self.port if more else free_port()
        self.origin = f"https://{HOST}:{self.public_port}"
        self.console = folder / "console"
        place = ["--port", str(self.port), "--data", str(folder / "data")]
        named = environment(LABELBUDDY_PUBLIC_URL=self.origin + base, **more)
        with self.console.open("ab") as console:
            command = [sys.executable, "-m", "labelbuddy_core.supervisor", *place]
            self.process = subprocess.Popen(command, cwd=ROOT, env=named, stdout=console, stderr=console)
        for _ in range(600):
            if "token: " in self.console.read_text():
                break
            assert self.process.poll() is None, self.console.read_text()
            time.sleep(0.1)
        self.token = self.console.read_text().split("token: ")[1].split()[0]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


class Browser:
    """What a browser sends to the public address, over TLS that is verified; names are resolved to this machine."""

    def __init__(self, app: Installation, authority: Path) -> None:
        self.app = app
        self.trust = ssl.create_default_context(cafile=str(authority))
        self.client = httpx.Client(verify=self.trust, timeout=30, headers={"Origin": app.origin})

    def ask(self, method: str, path: str, **named: Any) -> httpx.Response:
        url = f"https://127.0.0.1:{self.app.public_port}{self.app.base}{path}"
        headers = {"Host": f"{HOST}:{self.app.public_port}", **named.pop("headers", {})}
        return self.client.request(method, url, headers=headers, extensions={"sni_hostname": HOST}, **named)

    def websocket(self, origin: str, cookie: str = "") -> Any:
        return connect(
            f"wss://{HOST}:{self.app.public_port}{self.app.base}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", self.app.public_port), timeout=10),
            ssl=self.trust,
            origin=origin,  # pyright: ignore[reportArgumentType] - its own string type
            additional_headers={"Cookie": cookie} if cookie else {},
            max_size=None,
        )


def nginx_configuration(app: Installation, folder: Path, files: tuple[Path, Path]) -> list[str]:
    """`deploy/nginx.conf` with its names, ports and files changed as its first lines say; nginx's command line."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    text = text.replace("listen 443", f"listen 127.0.0.1:{app.public_port}").replace("labels.example.org", HOST)
    text = text.replace("127.0.0.1:8501", f"127.0.0.1:{app.port}")
    text = text.replace("/etc/ssl/labelbuddy/fullchain.pem", str(files[0]))
    text = text.replace("/etc/ssl/labelbuddy/privkey.pem", str(files[1]))
    if app.base:
        text = text.replace("location / {", f"location {app.base}/ {{")
    kept = "".join(f"{name}_temp_path {folder};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    head = f"daemon off; pid {folder}/pid; error_log stderr; events {{}}"
    path = folder / "nginx.conf"
    path.write_text(f"{head}\nhttp {{ access_log off; {kept}\n{text}\n}}\n")
    assert NGINX
    return [NGINX, "-p", str(folder), "-c", str(path), "-e", "stderr"]


def caddy_configuration(app: Installation, folder: Path, files: tuple[Path, Path]) -> list[str]:
    """`deploy/Caddyfile` with a certificate of its own; Caddy's command line."""
    text = (ROOT / "deploy" / "Caddyfile").read_text()
    text = text.replace("{$LABELBUDDY_SITE:labels.example.org}", app.origin)
    text = text.replace("{$LABELBUDDY_UPSTREAM:127.0.0.1:8501}", f"127.0.0.1:{app.port}")
    text = text.replace("\theader Strict", f"\ttls {files[0]} {files[1]}\n\theader Strict")
    if app.base:
        text = text.replace("reverse_proxy 127", f"reverse_proxy {app.base}/* 127")
    path = folder / "Caddyfile"
    path.write_text(
        "{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system " + f"{folder}/kept\n}}\n" + text
    )
    assert CADDY
    return [CADDY, "run", "--adapter", "caddyfile", "--config", str(path)]


@pytest.fixture(scope="module", params=["", "/lab/labels"], ids=["at the root", "under a base path"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    served = Installation(tmp_path_factory.mktemp("served"), request.param)
    yield served
    served.stop()


@pytest.fixture(params=["nginx", "caddy"])
def browser_outside(request: pytest.FixtureRequest, app: Installation, tmp_path: Path) -> Iterator[Browser]:
    """A browser that reaches the app through the proxy only."""
    if {"nginx": NGINX, "caddy": CADDY}[request.param] is None:
        pytest.skip(f"SKIPPED HTTPS behind {request.param}: it is not installed")
    files = certificate(tmp_path)
    make = {"nginx": nginx_configuration, "caddy": caddy_configuration}[request.param]
    log = tmp_path / "log"
    with log.open("ab") as output:
        proxy = subprocess.Popen(make(app, tmp_path, files), stdout=output, stderr=output)
    wait_until_open(app.public_port, proxy, log)
    yield Browser(app, files[0])
    proxy.terminate()
    proxy.wait(timeout=30)


def sound(folder: Path, seed: int) -> bytes:
    path = folder / "noise.wav"
    soundfile.write(path, np.random.default_rng(seed).uniform(-0.3, 0.3, 16000 * 20), 16000)
    return path.read_bytes()


def test_everything_that_an_annotator_needs_works_over_https(browser_outside: Browser, tmp_path: Path) -> None:
    """One test for what takes seconds to start: page, sign-in, websocket, upload, byte ranges, and who is refused."""
    ask, app = browser_outside.ask, browser_outside.app
    ask("POST", "/api/v1/setup", json={"token": app.token, "user": PERSON})  # the second proxy finds it done

    page = ask("GET", "/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert f'location.origin+"{app.base}/"' in page.text
    for address in re.findall(r'(?:modulepreload|script)[^>]*(?:href|src)="([^"]+)"', page.text):
        assert address.startswith(app.base + "/")
        assert ask("GET", address.removeprefix(app.base)).status_code == 200, address

    sign_in = {"username": PERSON["username"], "password": PERSON["password"]}
    assert ask("POST", "/api/v1/session", json=sign_in, headers={"Origin": "https://evil.example"}).status_code == 403
    signed_in = ask("POST", "/api/v1/session", json=sign_in)
    assert signed_in.status_code == 200
    set_cookie = signed_in.headers["set-cookie"]
    assert "; Secure" in set_cookie
    assert "HttpOnly" in set_cookie
    assert f"Path={app.base or '/'};" in set_cookie + ";"
    cookie = set_cookie.split(";")[0]
    with_cookie = {"Cookie": cookie}
    assert ask("GET", "/api/v1/me", headers=with_cookie).json()["username"] == PERSON["username"]

    assert b"Signed in as" in pages_of(browser_outside, app.origin, cookie)
    for foreign in ("https://evil.example", "http://localhost:3000"):
        with pytest.raises(InvalidStatus, match="403"):
            browser_outside.websocket(foreign, cookie)

    new = {"name": "Far away", "template": "sound-events"}
    project = ask("POST", "/api/v1/projects", json=new, headers=with_cookie).json()["id"]
    data = sound(tmp_path, app.public_port)
    place = f"/api/v1/projects/{project}/uploads/far?offset=0&name=noise.wav&size={len(data)}"
    refused = ask("PUT", place, content=data, headers={**with_cookie, "Origin": "https://evil.example"})
    assert refused.status_code == 403
    sent = ask("PUT", place, content=data, headers={**with_cookie, "Content-Type": "application/octet-stream"})
    assert sent.status_code in (200, 201, 202), sent.text

    task = first_task(browser_outside, project, with_cookie)
    part = ask("GET", f"/api/v1/tasks/{task}/audio", headers={**with_cookie, "Range": "bytes=1000-1999"})
    assert part.status_code == 206
    assert re.match(r"bytes 1000-1999/\d+", part.headers["content-range"])
    assert len(part.content) == 1000

    other = ask("GET", "/api/v1/health", headers={"Host": "evil.example"})  # whose certificate is not ours
    assert other.status_code in (200, 421)
    assert "version" not in other.text


def pages_of(browser: Browser, origin: str, cookie: str) -> bytes:
    """What Streamlit sends to somebody who opens the first page."""
    message, received = BackMsg(), b""
    message.rerun_script.page_name = ""
    with browser.websocket(origin, cookie) as connection:
        connection.send(message.SerializeToString())
        while b"Signed in as" not in received:
            part = connection.recv(timeout=30)
            received += part if isinstance(part, bytes) else part.encode()
    return received


def first_task(browser: Browser, project: str, headers: dict[str, str]) -> str:
    for _ in range(300):
        found = browser.ask("GET", f"/api/v1/projects/{project}/tasks", headers=headers).json()["items"]
        if found:
            return found[0]["id"]
        time.sleep(0.2)
    raise AssertionError("the worker made no task of the upload")


def test_the_app_serves_https_itself_with_a_certificate(tmp_path: Path) -> None:
    files = certificate(tmp_path)
    app = Installation(tmp_path, "", LABELBUDDY_CERTIFICATE=str(files[0]), LABELBUDDY_CERTIFICATE_KEY=str(files[1]))
    try:
        browser = Browser(app, files[0])
        ask = browser.ask
        assert ask("POST", "/api/v1/setup", json={"token": app.token, "user": PERSON}).status_code == 201
        signed_in = ask(
            "POST", "/api/v1/session", json={"username": PERSON["username"], "password": PERSON["password"]}
        )
        assert "; Secure" in signed_in.headers["set-cookie"]
        cookie = signed_in.headers["set-cookie"].split(";")[0]
        browser.websocket(app.origin, cookie).close()
        with pytest.raises(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{app.port}/api/v1/health", timeout=5)
    finally:
        app.stop()


@pytest.mark.parametrize("half", ["LABELBUDDY_CERTIFICATE", "LABELBUDDY_CERTIFICATE_KEY"])
def test_half_a_certificate_is_refused_with_the_names_of_the_settings(half: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "labelbuddy_core.supervisor", "--port", str(free_port()), "--data", str(tmp_path)]
    tried = subprocess.run(command, cwd=ROOT, env=environment(**{half: "x.pem"}), capture_output=True, text=True)
    assert tried.returncode == 1
    assert "LABELBUDDY_CERTIFICATE and LABELBUDDY_CERTIFICATE_KEY" in tried.stdout + tried.stderr
