"""The runtimes of this installation, as its settings say."""

from __future__ import annotations

from pathlib import Path

from labelbuddy_core.inference.runtimes.docker_engine import DockerRuntime
from labelbuddy_core.inference.runtimes.interface import Runtime
from labelbuddy_core.inference.runtimes.ownership import instance_of
from labelbuddy_core.inference.runtimes.process import ProcessRuntime
from labelbuddy_core.inference.runtimes.remote import RemoteRuntime
from labelbuddy_core.settings import Settings


def runtimes_of(settings: Settings) -> dict[str, Runtime]:
    """By the key of a specification that says where the model runs: process, image or endpoint."""
    logs, patience = settings.model_logs_folder, settings.model_start_seconds
    return {
        "process": ProcessRuntime(
            settings.models_folder, logs=logs, data=settings.data / "model-data", patience=patience
        ),
        "image": DockerRuntime(
            settings.docker_host,
            instance_of(settings.data),
            _patterns(settings.allowed_images),
            certificates=Path(settings.docker_certificates) if settings.docker_certificates else None,
            ssh_configuration=settings.docker_ssh_config,
            logs=logs,
            patience=patience,
        ),
        "endpoint": RemoteRuntime(
            _patterns(settings.allowed_endpoints), settings.endpoint_certificates, patience=patience
        ),
    }


def _patterns(setting: str) -> list[str]:
    return [pattern.strip() for pattern in setting.split(",") if pattern.strip()]
