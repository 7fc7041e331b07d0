"""Errors as RFC 9457 problem documents, mapped once."""

from __future__ import annotations

import logging
import uuid
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from labelbuddy_core.errors import DiskFull, LabelBuddyError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


def problem(status: int, kind: str, title: str, detail: str, *, field: str | None = None, **extra: Any) -> Response:
    """A response with a problem document."""
    body: dict[str, Any] = {"type": f"urn:labelbuddy:{kind}", "title": title, "status": status, "detail": detail}
    if field is not None:
        body["field"] = field
    headers = {"Cache-Control": "no-store"}
    if "retry_after" in extra:
        headers["Retry-After"] = str(extra["retry_after"])
    return Response(orjson.dumps({**extra, **body}), status, headers, MEDIA_TYPE)


def problem_of(error: LabelBuddyError) -> Response:
    """The problem document of one of our errors."""
    return problem(error.status, error.kind, error.title, error.detail, field=error.field, **error.extra)


def install(app: FastAPI) -> None:
    """Make every error of the API a problem document."""

    @app.exception_handler(LabelBuddyError)
    def expected(_request: Request, error: LabelBuddyError) -> Response:
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
        return problem(422, "invalid", "Please check the input", f"{field or 'body'}: {first['msg']}", field=field)

    @app.exception_handler(HTTPException)
    def framework(_request: Request, error: HTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        return problem(error.status_code, phrase.lower().replace(" ", "-"), phrase, str(error.detail))

    @app.exception_handler(OperationalError)
    def database(request: Request, error: OperationalError) -> Response:
        if "disk is full" not in str(error.orig) and "No space left" not in str(error.orig):
            return unexpected(request, error)
        return problem_of(DiskFull("The database cannot grow: the disk is full. Nothing was saved; free space first."))

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> Response:
        reference = uuid.uuid4().hex[:12]
        log.error("%s %s failed (reference %s)", request.method, request.url.path, reference, exc_info=error)
        return problem(
            500, "internal", "Something went wrong", f"An unexpected error occurred; the log has it as {reference}."
        )
