"""What the code of a model can do, asked from inside a running container on a real Docker engine."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.runtimes.docker_engine import DockerRuntime
from labelbuddy_core.inference.runtimes.hardening import MAX_PROCESSES
from labelbuddy_core.inference.runtimes.transports import Transport
from labelbuddy_core.inference.secret_names import SecretReference
from labelbuddy_core.inference.secrets import write_secret
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import Settings

pytestmark = pytest.mark.docker

Model = Callable[..., Specification]
NO_CAPABILITIES = ["0000000000000000"] * 5


def inside(instance: str, specification: Specification, recording: Path) -> tuple[DockerRuntime, dict[str, Any]]:
    """A runtime that runs the model, and what the model found out about itself."""
    runtime = DockerRuntime("", instance, ["labelbuddy/*"])
    endpoint = runtime.ensure_running("probe", specification, lambda _: None)
    return runtime, ModelClient(endpoint).predict(recording, {})["probe"]


def test_a_model_has_no_privileges_and_cannot_get_any(instance: str, model: Model, recording: Path) -> None:
    _, found = inside(instance, model("probe"), recording)
    assert found["capabilities"] == NO_CAPABILITIES
    assert found["no_new_privileges"] == "1"
    assert found["seccomp"] == "2"  # filtered
    assert found["user"] == (os.getuid() or 65534)
    assert found["user"] != 0
    assert found["can_mount"] is False


def test_a_model_writes_to_its_data_and_temporary_folder_and_nowhere_else(
    instance: str, model: Model, recording: Path
) -> None:
    _, found = inside(instance, model("probe"), recording)
    assert (found["root_writable"], found["data_writable"], found["temporary_writable"]) == (False, True, True)
    assert found["temporary_executable"] is False


def test_a_model_on_a_socket_has_no_network_at_all(instance: str, model: Model, recording: Path) -> None:
    runtime, found = inside(instance, model("probe"), recording)
    assert runtime.transport("probe") is Transport.SOCKET
    assert "eth0" not in found["network_interfaces"]
    assert found["reaches"] == []


def test_a_model_on_a_port_reaches_nothing_outside_this_machine(instance: str, model: Model, recording: Path) -> None:
    runtime, found = inside(instance, model("probe", transport="tcp"), recording)
    assert runtime.transport("probe") is Transport.INTERNAL
    assert "192.0.2.1" not in [target[0] for target in found["reaches"]]


def test_nothing_of_the_host_is_mounted_but_the_folder_of_the_socket(
    misbehaving: Any, instance: str, model: Model, recording: Path
) -> None:
    _, found = inside(instance, model("probe"), recording)
    (container,) = misbehaving.containers.list(filters={"label": f"labelbuddy.instance={instance}"})
    assert {mount["Destination"]: mount["Type"] for mount in container.attrs["Mounts"]} == {
        "/run/labelbuddy": "bind",
        "/data": "volume",
    }
    assert found["docker_socket"] is False
    assert not [name for name in found["devices"] if name.startswith(("sd", "vd", "nvme", "kmsg", "mem"))]


def test_a_model_sees_its_own_processes_only(instance: str, model: Model, recording: Path) -> None:
    _, found = inside(instance, model("probe"), recording)
    assert found["first_process"] in ("docker-init", "tini")
    assert len(found["processes_seen"]) <= 4
    assert str(os.getpid()) not in found["processes_seen"]


def test_the_kernel_limits_memory_processes_processor_and_files(
    misbehaving: Any, instance: str, model: Model, recording: Path
) -> None:
    _, found = inside(instance, model("probe"), recording)
    (container,) = misbehaving.containers.list(filters={"label": f"labelbuddy.instance={instance}"})
    read = container.exec_run(["sh", "-c", LIMITS]).output.decode().split()
    assert read == [str(128 * 1024**2), str(MAX_PROCESSES), "50000", "100000"]
    assert found["open_files"] == "1024"


LIMITS = """
if [ -f /sys/fs/cgroup/memory.max ]; then
  cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max /sys/fs/cgroup/cpu.max
else
  cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max \
    /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.cfs_period_us
fi
"""


def test_a_named_secret_reaches_the_container_and_no_log(
    settings: Settings, instance: str, model: Model, recording: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_secret(settings, "hf", "hunter2-hunter2")
    plain = model("probe")
    specification = plain.model_copy(
        update={"environment": {**plain.environment, "GIVEN": SecretReference(secret="hf")}}
    )
    with caplog.at_level("DEBUG"):
        runtime, found = inside(instance, specification, recording)
        logging.getLogger("labelbuddy").warning("the container got %s", found["given"])
    assert found["given"] == "hunter2-hunter2"
    assert "hunter2" not in caplog.text
    assert "hunter2" not in runtime.logs("probe", 100)
    assert "hunter2" not in specification.model_dump_json()
