"""What every request passes first: the origin of unsafe requests, their size, and who sends them, before a body is
read; and the headers that every answer carries."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from labelbuddy_core.errors import Forbidden, LabelBuddyError, NotFound, TooLarge, Unauthenticated
from labelbuddy_core.services.models.models import check_manager
from labelbuddy_core.services.models.weight_files import MAX_BYTES as MAX_WEIGHTS_BYTES
from labelbuddy_core.services.models.weight_files import MAX_FIELD_BYTES
from labelbuddy_core.services.recordings.room_for_recordings import check_space
from labelbuddy_core.settings import get_settings
from labelbuddy_core.web.authentication import bearer_of, cookie_of, find_actor
from labelbuddy_core.web.problems import problem_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN = frozenset({"/api/v1/session", "/api/v1/session/exchange", "/api/v1/setup"})
_SMALL_BODY = 64 * 1024
_FILE_FIELD = "/_stcore/upload_file"
"""Where the file fields of our pages send to: a model's YAML, weights trained elsewhere. Both are for managers."""
_WEIGHTS_PATH = re.compile(r"^/api/v1/projects/[^/]+/models/[^/]+/versions/[^/]+$")
_AUDIO_PATH = re.compile(r"^/api/v1/projects/[^/]+/(recordings|uploads/[^/]+|imports)$")


class Protection:
    """Pure ASGI middleware around the whole server (API, assets and Streamlit)."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"SAMEORIGIN"),
            (b"referrer-policy", b"same-origin"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a problem document, or pass the request on with our headers added to its answer."""
        if scope["type"] == "websocket" and is_foreign(Headers(scope=scope).get("origin"), Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: answered with 403
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(header for header in self._headers if header[0] not in present),
                ]
            await send(message)

        try:
            await self._check(scope)
        except LabelBuddyError as error:
            await problem_of(error)(scope, receive, send_with_headers)
            return
        if not _is_guarded(scope):
            await self.app(scope, receive, send_with_headers)
        else:
            await _within_limit(self.app, scope, receive, send_with_headers)

    async def _check(self, scope: Scope) -> None:
        path = scope["path"]
        if not _is_guarded(scope):
            return
        of_page = _FILE_FIELD in path
        if of_page and scope["method"] not in ("PUT", "DELETE"):
            raise NotFound("Files are only sent and removed here.")
        headers = Headers(scope=scope)
        if of_page or (bearer_of(headers) is None and (cookie_of(headers) or path in OPEN)):
            refuse_foreign_origin(headers)
        limit = body_limit(path)
        length = headers.get("content-length")
        if length is not None and (not length.isdigit() or int(length) > limit):
            raise _too_large(limit)
        if path in OPEN:
            return
        actor = await run_in_threadpool(find_actor, headers)
        if actor is None:
            raise Unauthenticated("Sign in, or send a valid token.")
        scope.setdefault("state", {})["labelbuddy_actor"] = actor
        if of_page:
            await run_in_threadpool(check_manager, actor)
        if _AUDIO_PATH.match(path) or _WEIGHTS_PATH.match(path):
            await run_in_threadpool(check_space, int(length or 0))


def _is_guarded(scope: Scope) -> bool:
    """Whether a request may change something: unsafe ones of the API, and all to the file fields of our pages."""
    path: str = scope["path"]
    return _FILE_FIELD in path or (scope["method"] not in SAFE and path.startswith("/api/"))


async def _within_limit(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Count the body as it comes: a request in chunks does not say beforehand how long it is."""
    limit, received, refused = body_limit(scope["path"]), 0, False

    async def counted() -> Message:
        nonlocal received, refused
        message = await receive()
        received += len(message.get("body", b""))
        if received <= limit or refused:
            return message
        refused = True
        await problem_of(_too_large(limit))(scope, receive, send)
        return {"type": "http.disconnect"}

    async def unless_refused(message: Message) -> None:
        if not refused:
            await send(message)

    try:
        await app(scope, counted, unless_refused)
    except ClientDisconnect:
        if not refused:
            raise


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The request is larger than the {limit} bytes that are allowed here.")


def body_limit(path: str) -> int:
    """Largest body in bytes that a path accepts."""
    settings = get_settings()
    if path in OPEN:
        return _SMALL_BODY
    if _FILE_FIELD in path:
        return MAX_FIELD_BYTES + _SMALL_BODY
    if _WEIGHTS_PATH.match(path):
        return MAX_WEIGHTS_BYTES
    return settings.max_upload_bytes + _SMALL_BODY if _AUDIO_PATH.match(path) else settings.max_json_bytes


def refuse_foreign_origin(headers: Headers) -> None:
    """Raises `Forbidden` for an unsafe request that another site made the browser send."""
    fetched_from = headers.get("sec-fetch-site")
    if fetched_from is not None and fetched_from not in ("same-origin", "none"):
        raise Forbidden("This request came from another site.")
    origin = headers.get("origin")
    if is_foreign(origin, headers):
        raise Forbidden(f"This request came from {origin}, which is not where LabelBuddy is served.")


def is_foreign(origin: str | None, headers: Headers) -> bool:
    """Whether a browser says that a page of another site sent this; programs send no origin."""
    if origin is None:
        return False
    public = get_settings().public_url
    if public:
        return origin != _origin(public)
    host = headers.get("host", "")
    return origin not in (f"http://{host}", f"https://{host}")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def content_security_policy(page: str) -> str:
    """The policy for pages: nothing from other hosts, and no inline script but those of the page around them."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in scripts)
    policy: dict[str, Any] = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {hashes}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' blob:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in policy.items())
