"""Which images and servers the administrator allows (`LABELBUDDY_ALLOWED_IMAGES`, `LABELBUDDY_ALLOWED_ENDPOINTS`)."""

from __future__ import annotations

import fnmatch
from urllib.parse import urlsplit

from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import Settings


def patterns(setting: str) -> list[str]:
    """The glob patterns of a comma-separated setting."""
    return [pattern.strip() for pattern in setting.split(",") if pattern.strip()]


def refusal(settings: Settings, specification: Specification) -> tuple[str, str] | None:
    """The key and the reason why a model may not be declared here, or None when it may."""
    if specification.image:
        images = patterns(settings.allowed_images)
        if not any(fnmatch.fnmatch(specification.image, pattern) for pattern in images):
            return "image", (
                f"The image {specification.image!r} is not allowed here; allowed are {_listed(images)}. "
                "The administrator can add it to LABELBUDDY_ALLOWED_IMAGES."
            )
    hosts = patterns(settings.allowed_endpoints)
    for url in specification.endpoints:
        host = urlsplit(url).hostname or ""
        if not any(fnmatch.fnmatch(host, pattern) for pattern in hosts):
            return "endpoint" if url == specification.endpoint else "further_endpoints", (
                f"The host {host!r} is not allowed here; allowed are {_listed(hosts)}. "
                "The administrator can add it to LABELBUDDY_ALLOWED_ENDPOINTS."
            )
    return None


def _listed(allowed: list[str]) -> str:
    return ", ".join(allowed) or "none"
