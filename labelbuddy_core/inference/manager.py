"""Which runtime a model needs, which models are warm, and stopping those nobody used for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from labelbuddy_core.inference.client import Client, client_for
from labelbuddy_core.inference.runtimes.docker_engine import DockerRuntime
from labelbuddy_core.inference.runtimes.interface import Progress, Runtime
from labelbuddy_core.inference.runtimes.process import ProcessRuntime
from labelbuddy_core.inference.runtimes.remote import RemoteRuntime
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import Settings


class ModelManager:
    """Keeps the running models of one worker process."""

    def __init__(self, settings: Settings) -> None:
        self._idle_seconds = settings.model_idle_seconds
        self._runtimes: dict[str, Runtime] = {
            "process": ProcessRuntime(settings.models_folder),
            "image": DockerRuntime(
                settings.docker_host, str(settings.data.resolve()), _patterns(settings.allowed_images)
            ),
            "endpoint": RemoteRuntime(_patterns(settings.allowed_endpoints)),
        }
        self._used: dict[str, tuple[str, float]] = {}
        self._busy: dict[str, int] = {}
        self._lock = threading.Lock()

    @contextmanager
    def running(self, key: str, specification: Specification, on_progress: Progress) -> Iterator[tuple[Client, str]]:
        """A client of the model, started if needed, and the digest of what runs; it is not stopped meanwhile."""
        kind = "image" if specification.image else "process" if specification.process else "endpoint"
        with self._lock:
            self._busy[key] = self._busy.get(key, 0) + 1
        try:
            endpoint = self._runtimes[kind].ensure_running(key, specification, on_progress)
            client = client_for(specification, endpoint)
            try:
                yield client, endpoint.digest
            finally:
                client.close()
        finally:
            with self._lock:
                self._busy[key] -= 1
                self._used[key] = (kind, time.monotonic())

    def stop_idle(self) -> None:
        """Stop what was not used for the time the settings say."""
        with self._lock:
            idle = [
                (key, kind)
                for key, (kind, at) in self._used.items()
                if not self._busy.get(key) and time.monotonic() - at > self._idle_seconds
            ]
        for key, kind in idle:
            self._runtimes[kind].stop(key)
            self._used.pop(key, None)

    def close(self) -> None:
        """Stop everything."""
        for key, (kind, _) in list(self._used.items()):
            self._runtimes[kind].stop(key)


def _patterns(setting: str) -> list[str]:
    return [pattern.strip() for pattern in setting.split(",") if pattern.strip()]
