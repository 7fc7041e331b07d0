"""Whether the parts of an installation work: database, storage, worker, and the optional Docker engine."""

from __future__ import annotations

import logging
import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import WorkerHeartbeat
from labelbuddy_core.services.installation.disk_space import disk_space
from labelbuddy_core.settings import get_settings

log = logging.getLogger(__name__)

_WORKER_SILENCE = timedelta(seconds=40)
_DOCKER_SOCKET = "/var/run/docker.sock"


def readiness() -> dict[str, Any]:
    """{ready, database, storage, worker, docker, disk}: each `ok` or what is wrong, and the free bytes of the disk.

    Docker and the disk do not count for `ready`: without them people can still work.
    """
    found = {"database": _database(), "storage": _storage(), "worker": _worker()}
    space = disk_space()
    return {
        "ready": all(value == "ok" for value in found.values()),
        **found,
        "docker": _docker(),
        "disk": space.warning or "ok",
        "disk_free_bytes": space.free,
        "disk_total_bytes": space.total,
    }


def _database() -> str:
    try:
        with get_database().read() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        log.exception("the database does not answer")
        return "does not answer"
    return "ok"


def _storage() -> str:
    try:
        open_store(get_settings()).exists("audio/readiness")
    except Exception:
        log.exception("the storage does not answer")
        return "does not answer"
    return "ok"


def _worker() -> str:
    try:
        with get_database().read() as session:
            seen = session.scalar(select(func.max(WorkerHeartbeat.seen_at)))
    except SQLAlchemyError:
        return "unknown"
    if seen is None or now() - seen > _WORKER_SILENCE:
        return "no sign of life; uploads and predictions wait until it is back"
    return "ok"


def _docker() -> str:
    host = get_settings().docker_host
    if host and not host.startswith("unix://"):
        return "remote"
    path = host.removeprefix("unix://") or _DOCKER_SOCKET
    if not Path(path).exists() or not os.access(path, os.W_OK):
        return "not available; bundled models run as processes"
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(0.5)
        try:
            connection.connect(path)
        except OSError:
            return "not available; bundled models run as processes"
    return "ok"
