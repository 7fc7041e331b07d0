"""Models that run elsewhere: a URL that the settings allow, TLS checked, the token from a named secret."""

from __future__ import annotations

import fnmatch
from urllib.parse import urlsplit

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.runtimes.interface import Progress
from labelbuddy_core.inference.runtimes.waiting import wait_until_ready
from labelbuddy_core.inference.secrets import read_secret
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import get_settings


class RemoteRuntime:
    """Reaches servers by URL. `allowed` are patterns of hosts, `certificates` a PEM file of authorities to trust."""

    def __init__(self, allowed: list[str], certificates: str = "") -> None:
        self._allowed = allowed
        self._certificates = certificates

    def ensure_running(self, key: str, specification: Specification, on_progress: Progress) -> Endpoint:
        """Check that the server may be used and is ready."""
        url = (specification.endpoint or "").rstrip("/")
        host = urlsplit(url).hostname or ""
        if not any(fnmatch.fnmatch(host, pattern) for pattern in self._allowed):
            raise ModelProblem(
                f"The host {host!r} is not among LABELBUDDY_ALLOWED_ENDPOINTS; ask the administrator to allow it."
            )
        headers = {}
        if specification.token:
            headers["Authorization"] = f"Bearer {read_secret(get_settings(), specification.token)}"
        endpoint = Endpoint(
            url=url,
            headers=headers,
            timeout_seconds=specification.resources.timeout_seconds,
            digest=url,
            certificates=self._certificates,
        )
        on_progress(f"Contacting {host}")
        wait_until_ready(endpoint, on_progress, lambda: None)
        return endpoint

    def status(self, key: str) -> str:
        return "remote"

    def stop(self, key: str) -> None:
        """Nothing of ours runs there."""
