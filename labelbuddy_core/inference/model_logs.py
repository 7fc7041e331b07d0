"""What models write, kept in one bounded file each: `data/model-logs/<name>.log`, and the file before it."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from pathlib import Path

from labelbuddy_core.inference.secrets import blotted

MAX_FILE_BYTES = 1024**2
MAX_BYTES_PER_SECOND = 256 * 1024
_MAX_LINES = 5000


def log_path(folder: Path, model: str) -> Path:
    """The file of a model; names that make no file name get a mark that keeps them apart."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", model)[:60]
    if plain != model:
        plain += "-" + hashlib.sha256(model.encode()).hexdigest()[:8]
    return folder / f"{plain}.log"


class BoundedLog:
    """Takes what a model writes. A file that is full becomes `.1`; what comes too fast is left out and counted."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_FILE_BYTES, per_second: int = MAX_BYTES_PER_SECOND) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._per_second = per_second
        self._second = 0.0
        self._taken = 0
        self._left_out = 0
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, data: bytes) -> None:
        """Append, without secrets; never more than the limits."""
        data = blotted(data)
        with self._lock:
            if time.monotonic() - self._second >= 1.0:
                self._second, self._taken = time.monotonic(), 0
                self._tell_what_is_missing()
            room = self._per_second - self._taken
            taken = data[: max(0, room)]
            self._left_out += len(data) - len(taken)
            self._taken += len(taken)
            if taken:
                self._append(taken)

    def line(self, text: str) -> None:
        """Append a line of ours, marked with the time."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with self._lock:
            self._append(f"[{stamp} LabelBuddy] {text}\n".encode())

    def _tell_what_is_missing(self) -> None:
        if self._left_out:
            self._append(f"\n[{self._left_out} bytes came too fast and were left out]\n".encode())
            self._left_out = 0

    def _append(self, data: bytes) -> None:
        try:
            if self._path.exists() and self._path.stat().st_size + len(data) > self._max_bytes:
                self._path.replace(self._path.with_name(self._path.name + ".1"))
            with self._path.open("ab") as file:
                file.write(data[-self._max_bytes :])
        except OSError:  # a full disk must not end the model's output, which would block the model
            self._left_out += len(data)


def tail(path: Path, lines: int) -> str:
    """The last lines of a model's log, from the file before the present one too; without control characters."""
    wanted = max(1, min(lines, _MAX_LINES))
    held = b""
    for file in (path.with_name(path.name + ".1"), path):
        try:
            held += file.read_bytes()
        except OSError:
            continue
    text = "\n".join(held.decode("utf-8", "replace").splitlines()[-wanted:])
    return "".join(character for character in text if character in "\n\t" or character.isprintable())
