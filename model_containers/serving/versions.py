"""Weights of versions, one file a version in `LABELBUDDY_DATA/versions`: what runs made, and what was put in."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, runtime_checkable

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,79}$")
_LEFT_SECONDS = 3600.0
"""After so long without a change nobody receives a file any more."""


@runtime_checkable
class Tunable(Protocol):
    """What a model may offer besides: `/weights/{version}` exists for a model that has this method."""

    def use(self, weights: Path, version: str) -> None:
        """Predict with the weights in a file from now on, also after a restart; `information` then has `version` and
        their labels.

        Raises ValueError that says what is wrong with the file.
        """
        ...


class KeptVersions:
    """The files below a folder of data."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "versions"

    def path(self, version: str) -> Path:
        """Where the weights of a version lie, if there are any. Raises ValueError for what is no name."""
        if not _NAME.match(version):
            raise ValueError(f"{version!r} is no name of a version: letters, digits and . _ + - may be in it")
        return self._folder / f"{version}.safetensors"

    def take(self, weights: Path, version: str) -> None:
        """Make a file the weights of a version; it is copied. Raises ValueError for what is no name."""
        target = self.path(version)
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        shutil.copyfile(weights, partial)
        partial.replace(target)

    def remove(self, version: str) -> None:
        """Forget the weights of a version, if there are any."""
        self.path(version).unlink(missing_ok=True)

    def touch(self, version: str) -> None:
        """Note that a version is used now."""
        with contextlib.suppress(OSError):
            os.utime(self.path(version))

    def forget_old(self, most: int) -> None:
        """Remove all but the versions used last."""
        files = sorted(self._folder.glob("*.safetensors"), key=lambda file: file.stat().st_mtime_ns)
        for file in files[: max(0, len(files) - most)]:
            file.unlink(missing_ok=True)

    def receive(
        self,
        version: str,
        save: Callable[[Path], None],
        use: Callable[[Path, str], None],
        turn: AbstractContextManager[object] | None = None,
    ) -> None:
        """Let `save` write a file, `use` it, and keep it. Raises what they raise; then nothing is kept.

        `turn` is held while it is used and kept, not while it is written: who sends may be slow.
        """
        target = self.path(version)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._forget_leftovers()
        # a name of its own: others may put the same version at the same time
        received = target.with_suffix(f".{secrets.token_hex(8)}.received")
        try:
            save(received)
            with turn or contextlib.nullcontext():
                use(received, version)
                received.replace(target)
        finally:
            received.unlink(missing_ok=True)

    def _forget_leftovers(self) -> None:
        """Remove what a process left that was killed while it received."""
        for file in self._folder.glob("*.received"):
            with contextlib.suppress(OSError):
                if time.time() - file.stat().st_mtime > _LEFT_SECONDS:
                    file.unlink()
