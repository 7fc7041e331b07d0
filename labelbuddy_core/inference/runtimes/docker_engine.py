"""Models in containers on a Docker engine: found or pulled, hardened, started, watched, explained and removed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.errors import NotFound

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.model_logs import BoundedLog, log_path
from labelbuddy_core.inference.runtimes import data_volumes, deaths, ownership
from labelbuddy_core.inference.runtimes.containers import (
    ENGINE_TROUBLE,
    follow_log,
    last_words,
    remove_container,
    why_not_started,
)
from labelbuddy_core.inference.runtimes.engine_connection import Engine, connect
from labelbuddy_core.inference.runtimes.hardening import hardened
from labelbuddy_core.inference.runtimes.images import digest_of, find_or_pull
from labelbuddy_core.inference.runtimes.interface import ModelEnded, Progress, Status, Usage
from labelbuddy_core.inference.runtimes.locks import KeyedLocks
from labelbuddy_core.inference.runtimes.transports import Transport, Way, choose, endpoint_of, prepare
from labelbuddy_core.inference.runtimes.waiting import PATIENCE_SECONDS, wait_until_ready
from labelbuddy_core.inference.specification import Specification

log = logging.getLogger(__name__)

_LAST_WORDS = 20
_BELIEVED_SECONDS = 1.0


@dataclass
class _Running:
    container: Any
    way: Way
    endpoint: Endpoint
    specification: Specification
    volume: str
    ready: bool = False
    seen_alive: float = 0.0


class DockerRuntime:
    """Runs images on a Docker engine. `instance` tells this installation's containers from others'; what models write
    goes to files in `logs`; `patience` is how many seconds a model may take to become ready."""

    def __init__(
        self,
        host: str,
        instance: str,
        allowed_images: list[str],
        *,
        certificates: Path | None = None,
        ssh_configuration: str = "",
        logs: Path | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._host = host
        self._instance = instance
        self._allowed = allowed_images
        self._certificates = certificates
        self._ssh_configuration = ssh_configuration
        self._logs = logs
        self._patience = patience
        self._running: dict[str, _Running] = {}
        self._left: list[Any] = []
        self._locks = KeyedLocks()
        self._connecting = threading.Lock()
        self._connected: Engine | None = None

    def ensure_running(self, key: str, specification: Specification, on_progress: Progress) -> Endpoint:
        """Find or pull the image, start its container and wait until it is ready."""
        with self._locks.of(key):
            running = self._running.get(key)
            if running is not None and running.specification == specification and self._alive(running):
                if not running.ready:  # somebody gave up waiting for it
                    self._wait(key, running, on_progress)
                return running.endpoint
            if running is not None:
                self._forget(key)
            engine = self._engine()
            self.reap()
            image = find_or_pull(engine.client, specification.image or "", self._allowed, on_progress)
            on_progress("Starting the container")
            running = self._start(engine, key, image, specification)
            self._running[key] = running
            self._wait(key, running, on_progress)
            return running.endpoint

    def endpoint(self, key: str) -> Endpoint | None:
        running = self._running.get(key)
        return running.endpoint if running is not None and running.ready else None

    def transport(self, key: str) -> Transport | None:
        """How we talk to the model's container, or None when it does not run."""
        running = self._running.get(key)
        return None if running is None else running.way.transport

    def status(self, key: str) -> Status:
        running = self._running.get(key)
        if running is None:
            return Status("stopped")
        cause = self._cause_of_death(running)
        return Status("running") if cause is None else Status("ended", cause)

    def usage(self, key: str) -> Usage | None:
        running, engine = self._running.get(key), self._connected
        if running is None or engine is None:
            return None
        try:
            stats = running.container.stats(stream=False, one_shot=True)
            kept = data_volumes.bytes_in_volume(engine.client, running.volume, same_machine=engine.same_machine)
        except ENGINE_TROUBLE:
            return None
        memory = stats.get("memory_stats") or {}
        parts = memory.get("stats") or {}
        unused = parts.get("total_inactive_file", parts.get("inactive_file", 0))
        processor = (stats.get("cpu_stats") or {}).get("cpu_usage") or {}
        return Usage(
            memory=max(0, int(memory.get("usage") or 0) - int(unused)),
            cpu_seconds=float(processor.get("total_usage") or 0) / 1e9,
            processes=(stats.get("pids_stats") or {}).get("current"),
            data=kept,
        )

    def logs(self, key: str, lines: int) -> str:
        running = self._running.get(key)
        return "" if running is None else last_words(running.container, lines)

    def stop(self, key: str) -> None:
        with self._locks.of(key):
            self._forget(key)

    def reap(self) -> int:
        """Remove containers whose owner (a worker of this installation) is gone, and ours that the engine could not be
        told to remove; returns how many."""
        engine = self._engine()
        self._left = [container for container in self._left if not remove_container(container)]
        return ownership.reap(engine.client, self._instance)

    def put_data(self, key: str, specification: Specification, folder: Path, on_progress: Progress) -> None:
        """Copy a folder under its name into the model's `/data`. Raises `ModelProblem` when that fails."""
        engine = self._engine()
        image = find_or_pull(engine.client, specification.image or "", self._allowed, on_progress)
        try:
            volume = data_volumes.data_volume(engine.client, image, self._instance, key)
            labels = ownership.labels_for(self._instance, key)
            data_volumes.put_folder(engine.client, image, volume, labels, folder)
        except ENGINE_TROUBLE as error:
            raise ModelProblem(f"The folder could not be copied into /data: {error}") from None

    def remove_data(self, key: str) -> None:
        """Stop the model and remove what it keeps in `/data`."""
        with self._locks.of(key):
            self._forget(key)
            try:
                # a worker that was killed may have run it: its container would hold the volume
                engine = self._engine()
                ownership.reap(engine.client, self._instance)
                data_volumes.empty_volume(engine.client, data_volumes.volume_name(self._instance, key))
            except (*ENGINE_TROUBLE, ModelProblem) as error:  # no engine, or the volume is still held: a later look
                log.info("what %s kept is not removed now: %s", key, error)

    def remove_data_of_others(self, wanted: Callable[[str], bool]) -> int:
        """Remove what was kept under keys that are not wanted any more."""
        engine = self._connected
        return 0 if engine is None else data_volumes.remove_volumes_of_others(engine.client, self._instance, wanted)

    def close(self) -> None:
        """Hang up where the engine is reached by ssh."""
        if self._connected is not None and self._connected.tunnel is not None:
            self._connected.tunnel.close()

    def _engine(self) -> Engine:
        with self._connecting:
            if self._connected is None:
                self._connected = connect(self._host, self._certificates, self._ssh_configuration)
            if self._connected.tunnel is not None:
                self._connected.tunnel.ensure_open()
            return self._connected

    def _start(self, engine: Engine, key: str, image: Any, specification: Specification) -> _Running:
        way = prepare(choose(specification, image.labels, engine), specification, engine)
        container = None
        try:
            settings = hardened(specification, engine.processors)
            volume = data_volumes.data_volume(engine.client, image, self._instance, key)
            settings["environment"].update(way.environment)
            settings.update(way.settings)
            settings["volumes"] = {**settings.get("volumes", {}), volume: {"bind": data_volumes.PLACE, "mode": "rw"}}
            labels = ownership.labels_for(self._instance, key)
            container = engine.client.containers.create(image.id, labels=labels, **settings)
            container.start()
            self._keep_log(key, container)
            endpoint = endpoint_of(way, container, specification, engine, digest_of(image))
        except (*ENGINE_TROUBLE, ModelProblem) as error:
            if container is not None:
                self._remove(container)
            way.discard()
            raise error if isinstance(error, ModelProblem) else ModelProblem(why_not_started(error)) from None
        return _Running(container, way, endpoint, specification, volume, seen_alive=time.monotonic())

    def _wait(self, key: str, running: _Running, on_progress: Progress) -> None:
        try:
            wait_until_ready(running.endpoint, on_progress, lambda: self._cause_of_death(running), self._patience)
        except ModelEnded:
            self._forget(key)
            raise
        running.ready = True

    def _keep_log(self, key: str, container: Any) -> None:
        if self._logs is None:
            return
        log = BoundedLog(log_path(self._logs, key))

        def runs() -> bool:
            running = self._running.get(key)
            return (
                running is not None and running.container.id == container.id and self._cause_of_death(running) is None
            )

        threading.Thread(
            target=follow_log, args=(container, log.write, runs), name=f"log of {key}", daemon=True
        ).start()

    def _forget(self, key: str) -> None:
        running = self._running.pop(key, None)
        if running is None:
            return
        self._remove(running.container)
        running.way.discard()
        tunnel = self._connected.tunnel if self._connected is not None else None
        if tunnel is not None and running.endpoint.socket is not None:
            tunnel.drop(Path(running.endpoint.socket))

    def _remove(self, container: Any) -> None:
        """Remove a container; one that the engine cannot be told of now goes with the next look for orphans."""
        if not remove_container(container):
            self._left.append(container)

    def _alive(self, running: _Running) -> bool:
        if time.monotonic() - running.seen_alive < _BELIEVED_SECONDS:
            return True
        return self._cause_of_death(running) is None

    def _cause_of_death(self, running: _Running) -> str | None:
        try:
            self._engine()  # a tunnel that broke is opened again, and the container goes on
            running.container.reload()
        except NotFound:
            return "The container was removed by somebody else; it starts again when it is needed."
        except ModelProblem as problem:
            return f"The Docker engine cannot be reached any more. {problem.detail}"
        except ENGINE_TROUBLE:
            return "The Docker engine does not answer any more. Check that Docker runs."
        state = running.container.attrs["State"]
        if state.get("Running"):
            running.seen_alive = time.monotonic()
            return None
        if state.get("OOMKilled"):
            return deaths.needs_memory(running.specification.resources.memory)
        said = last_words(running.container, _LAST_WORDS)
        return deaths.ended(state.get("ExitCode"), said, starting=not running.ready)
