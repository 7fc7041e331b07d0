"""Serve an application on the Unix socket `LABELBUDDY_SOCKET`, or on TCP port `PORT` (8080)."""

from __future__ import annotations

import ctypes
import os
import signal
from typing import Any

from gunicorn.app.base import BaseApplication

from model_containers.serving.model import Model
from model_containers.serving.server import create_app

_THREADS = 4
_PR_SET_PDEATHSIG = 1


class _Server(BaseApplication):
    """One worker process (weights are loaded once) with a few threads, so that `/health` answers while it predicts."""

    def __init__(self, model: Model, options: dict[str, Any]) -> None:
        self._model = model
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        app = create_app(self._model, load_now=False)
        app.extensions["loader"].start()
        return app


def serve(model: Model) -> None:
    """Serve a model until the process is told to stop (SIGTERM)."""
    socket = os.environ.get("LABELBUDDY_SOCKET")
    host = os.environ.get("HOST", "0.0.0.0")  # noqa: S104 - inside a container nothing else is reachable
    options: dict[str, Any] = {
        "bind": f"unix:{socket}" if socket else f"{host}:{os.environ.get('PORT', '8080')}",
        "workers": 1,
        "threads": _THREADS,
        "worker_class": "gthread",
        "timeout": 0,
        "graceful_timeout": 3,
        "accesslog": None,
        "loglevel": "warning",
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: PTH112, S108
        "umask": 0o177 if socket else 0,
        "post_fork": _die_with_parent,
    }
    _Server(model, options).run()


def _die_with_parent(_server: Any, _worker: Any) -> None:
    """The worker must not outlive its arbiter, not even when that is killed."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return
