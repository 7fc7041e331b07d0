"""Whose container is it: labels with installation, process and boot, by which what a crash left behind is removed."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

from docker.errors import APIError, NotFound

from labelbuddy_core.inference.runtimes.socket_folders import CONTAINER_PREFIX

OWNER_LABEL = "labelbuddy.owner"
INSTANCE_LABEL = "labelbuddy.instance"
PID_LABEL = "labelbuddy.pid"
STARTED_LABEL = "labelbuddy.started"
BOOT_LABEL = "labelbuddy.boot"
MODEL_LABEL = "labelbuddy.model"


def labels_for(instance: str, model: str) -> dict[str, str]:
    """Labels of a container that this process starts."""
    return {
        OWNER_LABEL: "labelbuddy",
        INSTANCE_LABEL: instance,
        PID_LABEL: str(os.getpid()),
        STARTED_LABEL: _started(os.getpid()) or "",
        BOOT_LABEL: _boot(),
        MODEL_LABEL: model,
    }


def reap(client: Any, instance: str) -> int:
    """Remove the containers of this installation whose process is gone, with their sockets; returns how many."""
    found = client.containers.list(
        all=True,
        ignore_removed=True,
        filters={"label": [f"{OWNER_LABEL}=labelbuddy", f"{INSTANCE_LABEL}={instance}"]},
    )
    removed = 0
    for container in found:
        if _owner_lives(container.labels):
            continue
        folders = [Path(mount.get("Source", "")) for mount in container.attrs.get("Mounts", ())]
        try:
            container.remove(force=True, v=True)
        except NotFound:
            continue
        except APIError as error:
            if error.status_code != 409:  # somebody else is removing it
                raise
            continue
        removed += 1
        for folder in folders:
            if folder.name.startswith(CONTAINER_PREFIX):
                shutil.rmtree(folder, ignore_errors=True)
    return removed


def instance_of(data: Path) -> str:
    """The name of this installation among others on one engine: made once, and kept in the data folder."""
    path = data / "instance-id"
    data.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    if not path.exists():
        made.write_text(os.urandom(16).hex())
        try:
            os.link(made, path)
        except FileExistsError:  # another worker was faster: its name counts
            pass
        finally:
            made.unlink()
    return path.read_text().strip()


def _owner_lives(labels: dict[str, str]) -> bool:
    if labels.get(BOOT_LABEL) != _boot():
        return False
    started = _started(int(labels.get(PID_LABEL) or 0))
    return started is not None and labels.get(STARTED_LABEL, started) in ("", started)


def _started(pid: int) -> str | None:
    """When a process began, in ticks since the boot (numbers are used again); None when it is gone."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return status.rpartition(")")[2].split()[19]


def _boot() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else str(int(time.time() - time.monotonic()))
