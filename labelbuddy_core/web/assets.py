"""The editor's bundle, under names that change with its content."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from labelbuddy_core.settings import ROOT
from labelbuddy_core.web.problems import problem

FOLDER = ROOT / "components" / "wavesurfer_component" / "dist"
_NAME = re.compile(r"^(index-[0-9a-f]{12}\.(js|css)|chunk-[A-Z0-9]{8}\.js)$")
_TYPES = {".js": "text/javascript", ".css": "text/css"}


def asset(request: Request) -> Response:
    """A file of the bundle; it may be kept for ever."""
    name = request.path_params["name"]
    path = FOLDER / name if _NAME.match(name) else None
    if path is None or not path.is_file():
        return problem(404, "not-found", "Not found", "There is no such asset.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(path, media_type=_TYPES[Path(name).suffix], headers=headers)
