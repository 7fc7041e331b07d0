"""The path under which everything is served (`/labels` of `https://host/labels`), taken away from what is ours.

Streamlit knows the path itself. The API and the editor's files are mounted at the root, where the protection looks for
them; they are reached there as well, which a proxy that only passes the path on never lets anybody do. Whoever asks
for `/` itself, past the proxy, is sent to the path.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_OURS = ("/api/", "/lb-assets/")


class BasePath:
    """Pure ASGI middleware, outside all others: they see addresses of the API without the base path."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the shorter path where it is one of ours; lead from the root to the base path."""
        if self._base and scope["type"] == "http" and scope["path"] == "/" and scope["method"] in ("GET", "HEAD"):
            await self._to_base(scope)(scope, receive, send)
            return
        if self._base and scope["type"] in ("http", "websocket") and scope["path"].startswith(self._base + "/"):
            path = scope["path"][len(self._base) :]
            if path.startswith(_OURS):
                raw = scope.get("raw_path")
                scope = {**scope, "path": path, "raw_path": raw and raw[len(self._base) :]}
        await self.app(scope, receive, send)

    def _to_base(self, scope: Scope) -> RedirectResponse:
        query = scope["query_string"].decode("latin-1")
        # without a host, so that it holds behind any proxy; kept by nobody, as the path is a setting
        address = f"{self._base}/{'?' if query else ''}{query}"
        return RedirectResponse(address, status_code=307, headers={"Cache-Control": "no-store"})
