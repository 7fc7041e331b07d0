"""What a browser needs before anything can be drawn, from memory: the shell, and Streamlit's own files, compressed.

A first visit asks for about a hundred files of Streamlit. Its server reads each from the disk and sends it as it is,
more than three megabytes in all; from here they are a third of that, and the server needs far less time for them.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from labelbuddy_core.web.shell import Shell

_PAGE = re.compile(r"^/[\w-]*$")
_NO_PAGES = frozenset({"/api", "/_stcore", "/media", "/component", "/static", "/lb-assets", "/auth", "/oauth2callback"})
_FOR_EVER = "public, immutable, max-age=31536000"
_COMPRESSED = frozenset({".woff2", ".png", ".gif"})
_LEVEL = 6


@dataclass(frozen=True)
class _File:
    body: bytes
    headers: dict[str, str]


class StaticFiles:
    """Streamlit's files whose names change with their content, kept in memory once somebody asked for them."""

    def __init__(self, folder: Path) -> None:
        found = (path for path in (folder / "static").rglob("*") if path.is_file())
        self._paths = {path.relative_to(folder).as_posix(): path for path in found}
        self._kept: dict[str, _File] = {}
        self._lock = Lock()

    def __contains__(self, name: str) -> bool:
        return name in self._paths

    def kept(self, name: str) -> _File | None:
        """A file that is in memory."""
        return self._kept.get(name)

    def load(self, name: str) -> _File:
        """Read a file and compress it where that helps; nobody else compresses meanwhile."""
        with self._lock:
            if name in self._kept:
                return self._kept[name]
            path = self._paths[name]
            body = path.read_bytes()
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            headers = {"Cache-Control": _FOR_EVER, "Content-Type": kind}
            if path.suffix not in _COMPRESSED:
                body = gzip.compress(body, _LEVEL, mtime=0)
                headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            self._kept[name] = _File(body, headers)
            return self._kept[name]


class FrontDoor:
    """Pure ASGI middleware: answers addresses of pages and Streamlit's files; everything else is passed on."""

    def __init__(self, app: ASGIApp, shell: Shell, files: StaticFiles, base: str) -> None:
        self.app = app
        self._page = shell.page.encode()
        self._small_page = gzip.compress(self._page, _LEVEL, mtime=0)
        self._files = files
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is known here."""
        answer = await self._answer(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (answer or self.app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        path = scope["path"]
        if not path.startswith(self._base):
            return None
        path = path[len(self._base) :]
        if path.startswith("/static/"):
            return await self._file(path[1:], Headers(scope=scope))
        if not _PAGE.match(path) or path in _NO_PAGES:
            return None
        headers = Headers(scope=scope)
        if "text/html" not in headers.get("accept", ""):
            return None
        kept = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if "gzip" not in headers.get("accept-encoding", ""):
            return Response(self._page, headers=kept, media_type="text/html")
        return Response(self._small_page, headers={**kept, "Content-Encoding": "gzip"}, media_type="text/html")

    async def _file(self, name: str, headers: Headers) -> Response | None:
        if name not in self._files or "gzip" not in headers.get("accept-encoding", "") or "range" in headers:
            return None
        file = self._files.kept(name) or await run_in_threadpool(self._files.load, name)
        return Response(file.body, headers=file.headers)
