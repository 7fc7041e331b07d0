"""Models that run elsewhere: a URL that the settings allow, TLS checked, the token from a named secret."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.runtimes.interface import Progress, Status, Usage
from labelbuddy_core.inference.runtimes.waiting import PATIENCE_SECONDS, wait_until_ready
from labelbuddy_core.inference.secrets import read_secret
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import get_settings

_BELIEVED_SECONDS = 5.0
SILENCE_SECONDS = 30.0


@dataclass
class _Known:
    endpoint: Endpoint
    specification: Specification
    answered: float


class RemoteRuntime:
    """Reaches servers by URL. `allowed` are patterns of hosts, `certificates` a PEM file of authorities to trust; a
    server that gives no answer for `silence` seconds is given up, one that loads after `patience`."""

    def __init__(
        self,
        allowed: list[str],
        certificates: str = "",
        *,
        patience: float = PATIENCE_SECONDS,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        self._allowed = allowed
        self._certificates = certificates
        self._patience = patience
        self._silence = silence
        self._known: dict[str, _Known] = {}

    def ensure_running(self, key: str, specification: Specification, on_progress: Progress) -> Endpoint:
        """Check that the server may be used and is ready; what it said a moment ago is believed."""
        known = self._known.get(key)
        recent = known is not None and time.monotonic() - known.answered < _BELIEVED_SECONDS
        if known is not None and recent and known.specification == specification:
            return known.endpoint
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
            shared=True,
        )
        on_progress(f"Contacting {host}")
        wait_until_ready(endpoint, on_progress, lambda: None, self._patience, silence=self._silence)
        self._known[key] = _Known(endpoint, specification, time.monotonic())
        return endpoint

    def endpoint(self, key: str) -> Endpoint | None:
        known = self._known.get(key)
        return None if known is None else known.endpoint

    def status(self, key: str) -> Status:
        """Whether we are in contact with it; whether it runs is not ours to know."""
        return Status("running" if key in self._known else "stopped")

    def usage(self, key: str) -> Usage | None:
        """Not known here."""
        return None

    def logs(self, key: str, lines: int) -> str:
        """They are on the other machine."""
        return ""

    def stop(self, key: str) -> None:
        """Nothing of ours runs there; the next prediction contacts it anew."""
        self._known.pop(key, None)

    def reap(self) -> int:
        """Nothing of ours runs there."""
        return 0

    def remove_data(self, key: str) -> None:
        """Stop the model; it keeps nothing."""
        self.stop(key)

    def remove_data_of_others(self, wanted: Callable[[str], bool]) -> int:
        """They keep nothing."""
        return 0

    def close(self) -> None:
        """Nothing is left."""
