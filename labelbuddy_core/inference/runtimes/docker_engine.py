"""Models in containers, hardened: no capabilities, read-only root, no network where a Unix socket serves, limits on
memory, processes and processor; labeled, so that what a crash left behind is found and removed."""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.types import DeviceRequest, LogConfig, Ulimit

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.runtimes.interface import Progress
from labelbuddy_core.inference.runtimes.waiting import wait_until_ready
from labelbuddy_core.inference.specification import Specification

OWNER_LABEL = "labelbuddy.owner"
INSTANCE_LABEL = "labelbuddy.instance"
PID_LABEL = "labelbuddy.pid"
BOOT_LABEL = "labelbuddy.boot"
MODEL_LABEL = "labelbuddy.model"
SOCKET_LABEL = "org.labelbuddy.socket"
"""An image with this label listens on `LABELBUDDY_SOCKET`."""

NETWORK = "labelbuddy-models"
_NOBODY = 65534
_PIDS = 256
_LOG_LINES = 5


@dataclass
class _Running:
    container: Any
    folder: Path | None
    endpoint: Endpoint
    ready: bool = False


class DockerRuntime:
    """Runs images on a Docker engine. `instance` tells this installation's containers from others'."""

    def __init__(self, host: str, instance: str, allowed_images: list[str]) -> None:
        self._host = host
        self._instance = instance
        self._allowed = allowed_images
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()
        self._client: Any = None

    def ensure_running(self, key: str, specification: Specification, on_progress: Progress) -> Endpoint:
        """Find or pull the image, start its container and wait until it is ready."""
        with self._lock:
            running = self._running.get(key)
            if running is not None and self._state(running.container).get("Running"):
                if not running.ready:  # somebody gave up waiting for it
                    self._wait(key, running, specification, on_progress)
                return running.endpoint
            if running is not None:
                self._forget(key)
            engine = self._engine()
            self.reap()
            image = self._image(engine, specification, on_progress)
            on_progress("Starting the container")
            running = self._start(engine, key, image, specification)
            self._running[key] = running
            self._wait(key, running, specification, on_progress)
            return running.endpoint

    def _wait(self, key: str, running: _Running, specification: Specification, on_progress: Progress) -> None:
        try:
            wait_until_ready(
                running.endpoint, on_progress, lambda: self._cause_of_death(running.container, specification)
            )
        except ModelProblem:
            self._forget(key)
            raise
        running.ready = True

    def status(self, key: str) -> str:
        running = self._running.get(key)
        return "running" if running is not None and self._state(running.container).get("Running") else "stopped"

    def stop(self, key: str) -> None:
        with self._lock:
            self._forget(key)

    def reap(self) -> int:
        """Remove containers whose owner (a worker of this installation) is gone; returns how many."""
        found = self._engine().containers.list(
            all=True, filters={"label": [f"{OWNER_LABEL}=labelbuddy", f"{INSTANCE_LABEL}={self._instance}"]}
        )
        gone = [container for container in found if not _owner_lives(container.labels)]
        for container in gone:
            container.remove(force=True, v=True)
        return len(gone)

    def _engine(self) -> Any:
        if self._client is None:
            try:
                self._client = (
                    docker.DockerClient(base_url=self._host or None, timeout=120)
                    if self._host
                    else (docker.from_env(timeout=120))
                )
                self._client.ping()
            except (DockerException, requests.RequestException) as error:
                self._client = None
                raise ModelProblem(
                    f"No Docker engine answers ({type(error).__name__}). Start Docker, or use a model that runs as a "
                    "process."
                ) from None
        return self._client

    def _image(self, engine: Any, specification: Specification, on_progress: Progress) -> Any:
        name = specification.image or ""
        if not any(fnmatch.fnmatch(name, pattern) for pattern in self._allowed):
            raise ModelProblem(f"The image {name!r} is not among LABELBUDDY_ALLOWED_IMAGES; ask the administrator.")
        try:
            return engine.images.get(name)
        except ImageNotFound:
            on_progress(f"Pulling {name}")
        try:
            for line in engine.api.pull(name, stream=True, decode=True):
                if "error" in line:
                    raise ModelProblem(f"The image {name!r} could not be pulled: {line['error'][:300]}")
                layer, state = line.get("id", ""), line.get("progress") or line.get("status", "")
                on_progress(f"Pulling {name}: {layer} {state}".strip())
            return engine.images.get(name)
        except (APIError, ImageNotFound) as error:
            raise ModelProblem(
                f"The image {name!r} is not on this machine and could not be pulled: {_said(error)}. "
                "Check its name, or build it with model_containers/build.sh."
            ) from None

    def _start(self, engine: Any, key: str, image: Any, specification: Specification) -> _Running:
        labels = {
            OWNER_LABEL: "labelbuddy",
            INSTANCE_LABEL: self._instance,
            PID_LABEL: str(os.getpid()),
            BOOT_LABEL: _boot(),
            MODEL_LABEL: key,
        }
        by_socket = specification.transport == "socket" or (
            specification.transport is None and image.labels.get(SOCKET_LABEL) == "1" and self._is_local(engine)
        )
        folder: Path | None = None
        settings = _hardened(specification)
        if by_socket:
            folder = Path(tempfile.mkdtemp(prefix="lb-model-"))
            user = os.getuid() or _NOBODY
            os.chown(folder, user, user if os.getuid() == 0 else os.getgid())
            settings["user"] = f"{user}:{user if os.getuid() == 0 else os.getgid()}"
            settings["network_mode"] = "none"
            settings["volumes"] = {str(folder): {"bind": "/run/labelbuddy", "mode": "rw"}}
            settings["environment"]["LABELBUDDY_SOCKET"] = "/run/labelbuddy/s"
        else:
            settings["network"] = _internal_network(engine)
            settings["environment"]["PORT"] = str(specification.port)
        try:
            container = engine.containers.run(image.id, labels=labels, **settings)
        except APIError as error:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            raise ModelProblem(_why_not_started(error)) from None
        timeout, digest = specification.resources.timeout_seconds, _digest(image)
        if folder is not None:
            return _Running(
                container, folder, Endpoint(socket=str(folder / "s"), timeout_seconds=timeout, digest=digest)
            )
        container.reload()
        networks = container.attrs["NetworkSettings"]["Networks"]
        address = next(iter(networks.values()))["IPAddress"]
        url = f"http://{address}:{specification.port}"
        return _Running(container, None, Endpoint(url=url, timeout_seconds=timeout, digest=digest))

    def _is_local(self, engine: Any) -> bool:
        return str(engine.api.base_url).startswith("http+docker") and os.name == "posix"

    def _forget(self, key: str) -> None:
        running = self._running.pop(key, None)
        if running is None:
            return
        try:
            running.container.stop(timeout=5)
            running.container.remove(force=True, v=True)
        except (NotFound, APIError, requests.RequestException):
            running.container = None
        if running.folder is not None:
            shutil.rmtree(running.folder, ignore_errors=True)

    def _state(self, container: Any) -> dict[str, Any]:
        try:
            container.reload()
        except (NotFound, requests.RequestException):
            return {}
        return container.attrs["State"]

    def _cause_of_death(self, container: Any, specification: Specification) -> str | None:
        state = self._state(container)
        if state.get("Running"):
            return None
        if state.get("OOMKilled"):
            memory = specification.resources.memory // 1024**2
            return f"The model needs more than {memory} MB of memory: raise resources.memory in its file."
        if not state:
            return "The container was removed while it started."
        said = container.logs(tail=_LOG_LINES).decode("utf-8", "replace").strip().replace("\n", " / ")
        return (
            f"The container ended while it started (status {state.get('ExitCode')}): {said[-500:] or 'it said nothing'}"
        )


def _hardened(specification: Specification) -> dict[str, Any]:
    resources = specification.resources
    settings: dict[str, Any] = {
        "detach": True,
        "init": True,
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "pids_limit": _PIDS,
        "mem_limit": resources.memory,
        "memswap_limit": resources.memory,
        "nano_cpus": int(min(resources.cpus, os.cpu_count() or 1) * 1e9),
        "shm_size": resources.shm,
        "tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=256m,mode=1777"},  # noqa: S108 - inside the container
        "user": f"{_NOBODY}:{_NOBODY}",
        "ipc_mode": "private",
        "ulimits": [Ulimit(name="nofile", soft=1024, hard=1024)],
        "log_config": LogConfig(type="json-file", config={"max-size": "1m", "max-file": "2"}),
        "environment": dict(specification.environment),
    }
    if resources.gpu:
        settings["device_requests"] = [DeviceRequest(count=-1, capabilities=[["gpu"]])]
    return settings


def _internal_network(engine: Any) -> str:
    """A network without a way out; the host reaches the containers in it by their address."""
    try:
        engine.networks.get(NETWORK)
    except NotFound:
        engine.networks.create(
            NETWORK,
            driver="bridge",
            internal=True,
            labels={OWNER_LABEL: "labelbuddy"},
            options={"com.docker.network.bridge.enable_icc": "false"},
        )
    return NETWORK


def _why_not_started(error: APIError) -> str:
    said = _said(error)
    if re.search(r"could not select device driver|capabilities: \[\[gpu", said):
        return "The model asks for a GPU and this Docker engine offers none: set resources.gpu to false, or add one."
    return f"The container could not be started: {said}"


def _said(error: Exception) -> str:
    return str(getattr(error, "explanation", None) or error)[:300]


def _digest(image: Any) -> str:
    digests = image.attrs.get("RepoDigests") or []
    return digests[0] if digests else image.id


def _owner_lives(labels: dict[str, str]) -> bool:
    return labels.get(BOOT_LABEL) == _boot() and Path(f"/proc/{labels.get(PID_LABEL, '0')}").exists()


def _boot() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else str(int(time.time() - time.monotonic()))
