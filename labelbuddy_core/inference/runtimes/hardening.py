"""How little a model's container may do: no capabilities, a read-only root, limits on memory, processes, processor and
what it writes."""

from __future__ import annotations

from typing import Any

from docker.types import DeviceRequest, LogConfig, Ulimit

from labelbuddy_core.inference.runtimes.socket_folders import container_user
from labelbuddy_core.inference.secrets import container_environment
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import get_settings

MAX_PROCESSES = 256
_TEMPORARY = "rw,noexec,nosuid,nodev,size=256m,mode=1777"


def hardened(specification: Specification, processors: int) -> dict[str, Any]:
    """Settings of the container, but for network and mounts."""
    resources = specification.resources
    user, group = container_user()
    settings: dict[str, Any] = {
        "init": True,
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "pids_limit": MAX_PROCESSES,
        "mem_limit": resources.memory,
        "memswap_limit": resources.memory,
        "nano_cpus": int(min(resources.cpus, processors) * 1e9),
        "shm_size": resources.shm,
        "tmpfs": {"/tmp": _TEMPORARY},  # noqa: S108 - inside the container
        "user": f"{user}:{group}",
        "ipc_mode": "private",
        "ulimits": [Ulimit(name="nofile", soft=1024, hard=1024), Ulimit(name="core", soft=0, hard=0)],
        "log_config": LogConfig(type="json-file", config={"max-size": "1m", "max-file": "2"}),
        "environment": container_environment(get_settings(), specification),
    }
    if resources.gpu:
        settings["device_requests"] = [DeviceRequest(count=-1, capabilities=[["gpu"]])]
    return settings
