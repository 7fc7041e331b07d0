"""Who may ask: with `LABELBUDDY_TOKEN` set, whoever sends it as `Authorization: Bearer …`; `/health` is open to all."""

from __future__ import annotations

import hmac
import os

from flask import Flask, request

OPEN = frozenset({"/health"})


def require_token(app: Flask, refuse: type[Exception]) -> None:
    """Refuse requests without the token of the environment; `refuse(status, detail)` is raised."""
    token = os.environ.get("LABELBUDDY_TOKEN", "")
    if not token:
        return

    @app.before_request
    def check() -> None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if request.path not in OPEN and not hmac.compare_digest(given.encode(), token.encode()):
            raise refuse(401, "The token is missing or wrong: send it as `Authorization: Bearer …`.")
