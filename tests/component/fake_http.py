"""How the server that stands in for LabelBuddy talks HTTP: pages, the bundle, ranges of audio, answers as JSON."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from host_page import HOST_PAGE

DIST = Path(__file__).resolve().parents[2] / "components" / "wavesurfer_component" / "dist"


class Handler(BaseHTTPRequestHandler):
    app: Any
    """The `FakeLabelBuddy` that answers."""
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if self.path.startswith("/page"):
            manifest = json.loads((DIST / "manifest.json").read_text())
            return self._bytes(200, "text/html; charset=utf-8", HOST_PAGE.format(**manifest).encode())
        if self.path.startswith("/lb-assets/"):
            kind = "text/css" if self.path.endswith(".css") else "text/javascript"
            return self._bytes(200, kind, (DIST / urlsplit(self.path).path.rsplit("/", 1)[1]).read_bytes())
        if self.path.startswith("/files/"):
            return self._part(*self.app.files[self.path.removeprefix("/files/")])
        if self.app.down or (self.app.cut and self.path.endswith(self.app.cut)):
            self.close_connection = True
            self.connection.close()
            return None
        app, path = self.app.behind(self.path.removeprefix("/api/v1"))
        if path.startswith("/projects/1/uploads/"):
            name = parse_qs(urlsplit(path).query)["name"][0]
            app.uploaded[name] = app.uploaded.get(name, b"") + raw
            answer = {"offset": len(app.uploaded[name]), "complete": True, "duplicate": False}
            return self._bytes(200, "application/json", json.dumps(answer).encode())
        if path == "/tasks/t1/audio":
            return self._part("audio/wav", b"refused" if app.refused else app.audio)
        if path == "/tasks/t1/audio?as=compatible":
            return self._part("audio/wav", app.audio)
        if path == "/tasks/t1/peaks":
            return self._part("application/octet-stream", app.peaks)
        sound = app.sound_of(path)
        if sound is not None:
            return self._bytes(200, *sound)
        status, answer = app.answer(self.command, path, json.loads(raw) if raw else None)
        return self._bytes(status, "application/json", b"" if answer is None else json.dumps(answer).encode())

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _part(self, kind: str, content: bytes) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if not asked:
            return self._bytes(200, kind, content, {"Accept-Ranges": "bytes"})
        first, last = int(asked[1]), min(int(asked[2] or len(content) - 1), len(content) - 1)
        headers = {"Content-Range": f"bytes {first}-{last}/{len(content)}", "Accept-Ranges": "bytes"}
        return self._bytes(206, kind, content[first : last + 1], headers)

    def _bytes(self, status: int, kind: str, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the console."""
