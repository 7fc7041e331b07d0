"""Versions apart: a server that several people ask holds versions by name, and answers everybody else as before.

Who wants one names it in the address (`?version=`). What is put or taught apart lies in `LABELBUDDY_DATA/apart`: the
files used last are kept, of these a few in memory. Who asks for one that is gone (410) puts it again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from model_containers.serving.model import Model
from model_containers.serving.versions import KeptVersions

KEPT = 32
IN_MEMORY = 4


@runtime_checkable
class Separable(Protocol):
    """What a model with `train` and `use` may offer besides: it holds versions apart, and learns apart."""

    def apart(self) -> Any:
        """Another of this model, which shares what is loaded: what it is given or learns changes nothing here, and is
        kept nowhere."""
        ...


class UnknownVersionError(LookupError):
    """There are no weights of this version here, or not any more."""


class VersionsApart:
    """The versions that a server holds apart, in a folder of data."""

    def __init__(self, model: Separable, data: Path) -> None:
        self._model = model
        self._files = KeptVersions(data / "apart")
        self._loaded: OrderedDict[str, Model] = OrderedDict()
        self._lock = threading.Lock()

    def receive(self, version: str, save: Callable[[Path], None]) -> None:
        """Let `save` write the weights of a version, and keep them if the model takes them. Raises ValueError."""
        other = self._model.apart()
        self._files.receive(version, save, other.use)
        with self._lock:
            self._remember(version, other)
            self._files.forget_old(KEPT)  # one after the other: it looks at every file

    def get(self, version: str) -> Model:
        """The model with the weights of a version. Raises `UnknownVersionError`."""
        with self._lock:
            found = self._loaded.get(version)
            if found is None:
                found = self.pupil(version)
            self._remember(version, found)
        self._files.touch(version)
        return found

    def pupil(self, parent: str) -> Any:
        """Another of the model to teach, with the weights of a version; as everybody is answered where it is "".

        Raises `UnknownVersionError`.
        """
        other = self._model.apart()
        if parent:
            try:
                other.use(self._files.path(parent), parent)
            except (ValueError, OSError):
                raise UnknownVersionError(f"There are no weights of version {parent!r} here.") from None
        return other

    def _remember(self, version: str, model: Model) -> None:
        self._loaded[version] = model
        self._loaded.move_to_end(version)
        while len(self._loaded) > IN_MEMORY:
            self._loaded.popitem(last=False)
