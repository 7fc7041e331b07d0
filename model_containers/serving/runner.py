"""Serve a model on the Unix socket `LABELBUDDY_SOCKET`, or on TCP port `PORT` (8080) of `HOST` (127.0.0.1).

With `LABELBUDDY_TLS_CERTIFICATE` and `LABELBUDDY_TLS_KEY` (PEM files) it speaks TLS.
"""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from model_containers.serving.model import Model
from model_containers.serving.server import create_app

_THREADS = 4
_GRACE_SECONDS = 3
_PR_SET_PDEATHSIG = 1
_KEPT_BYTES = 64 * 1024**2
_MAPPED_FROM_BYTES = 8 * 1024**2
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - only the heartbeat file of the worker


class _Server(BaseApplication):
    """One worker process (weights are loaded once) with a few threads, so that `/health` answers while it predicts."""

    def __init__(self, model: Model, options: dict[str, Any]) -> None:
        self._model = model
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        assert self.cfg is not None
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self._model)


def serve(model: Model) -> None:
    """Serve a model until the process is told to stop (SIGTERM). The weights load in the worker, after binding."""
    spend_less_on_memory()
    socket = os.environ.get("LABELBUDDY_SOCKET")
    address = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8080')}"
    options: dict[str, Any] = {
        "bind": f"unix:{socket}" if socket else address,
        "workers": 1,
        "threads": _THREADS,
        "worker_class": "gthread",
        "timeout": 0,  # an hour of audio takes minutes
        "graceful_timeout": _GRACE_SECONDS,
        "accesslog": None,
        "loglevel": "warning",
        "worker_tmp_dir": str(_SHARED_MEMORY) if _SHARED_MEMORY.is_dir() else None,
        "umask": 0o077,  # the socket is for its owner
        "post_fork": _die_with_parent,
        "certfile": os.environ.get("LABELBUDDY_TLS_CERTIFICATE") or None,
        "keyfile": os.environ.get("LABELBUDDY_TLS_KEY") or None,
    }
    _Server(model, options).run()


def spend_less_on_memory() -> None:
    """Save the time that the system takes to hand out the same pages of memory again and again (Linux).

    PyTorch asks for huge pages, which halves the time of musicnn on a processor (virtual machine, PyTorch 2.13; an
    environment that says otherwise is heeded), and what is freed is kept for the next request instead of given back.
    """
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        library.mallopt(_M_MMAP_THRESHOLD, _MAPPED_FROM_BYTES)


def _die_with_parent(_server: Any, _worker: Any) -> None:
    """The worker must not outlive its arbiter, not even when that is killed (Linux)."""
    if hasattr(ctypes.CDLL(None), "prctl"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
