"""Folders in which a model opens its Unix socket: only its own user can enter one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_PLACE = "/tmp"  # noqa: S108 (folders in it are made with mode 0700 and a random name)
"""Not TMPDIR, which lies in the data folder: the path of a socket must stay below 100 bytes."""

CONTAINER_PREFIX = "lb-model-"
_NOBODY = 65534


def socket_folder(prefix: str = "lb-") -> Path:
    """A new folder that only this user can enter."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_PLACE))


def container_user() -> tuple[int, int]:
    """User and group of containers: ours, so that both ends can use the socket; nobody where we are root."""
    return (os.getuid(), os.getgid()) if os.getuid() != 0 else (_NOBODY, _NOBODY)


def container_socket_folder() -> Path:
    """A new folder for the socket of a container, owned by the user that it runs as."""
    folder = socket_folder(CONTAINER_PREFIX)
    os.chown(folder, *container_user())
    return folder
