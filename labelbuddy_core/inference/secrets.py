"""Secrets by name: in files of the data folder that only this account reads, or in the environment.

`LABELBUDDY_SECRET_<NAME>` comes before `data/secrets/<name>`. A value that was read here is blotted out of every log
line of the process from then on.
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from typing import Any

from labelbuddy_core.errors import Invalid, ModelProblem, NotFound
from labelbuddy_core.inference.secret_names import NAME, SecretReference
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import Settings

FOLDER = "secrets"
MAX_BYTES = 16 * 1024
_PREFIX = "LABELBUDDY_SECRET_"
_BLOT = "[secret]"
_SHORTEST_BLOTTED = 4

_read: set[str] = set()
_lock = threading.Lock()


def read_secret(settings: Settings, name: str) -> str:
    """The value of a secret. Raises `ModelProblem` that says how to set it; the value is in no message."""
    value = os.environ.get(_variable(name)) or _in_file(settings, name)
    if not value:
        raise ModelProblem(
            f"The secret {name!r} is not set on the server. The administrator sets it with "
            f"`labelbuddy secret set {name}`, or as {_variable(name)} in the environment."
        )
    _keep_out_of_logs(value)
    return value


def has_secret(settings: Settings, name: str) -> bool:
    """Whether a secret is set."""
    return bool(os.environ.get(_variable(name))) or _file(settings, name).exists()


def missing_secrets(settings: Settings, specification: Specification) -> list[str]:
    """The names of the secrets that a model needs and that are not set."""
    named = [value.secret for value in specification.environment.values() if isinstance(value, SecretReference)]
    wanted = [*([specification.token] if specification.token else []), *named]
    return [name for name in dict.fromkeys(wanted) if not has_secret(settings, name)]


def container_environment(settings: Settings, specification: Specification) -> dict[str, str]:
    """The environment of a model's container, with its secrets filled in. Raises `ModelProblem` for one not set."""
    return {
        key: read_secret(settings, value.secret) if isinstance(value, SecretReference) else value
        for key, value in specification.environment.items()
    }


def write_secret(settings: Settings, name: str, value: str) -> None:
    """Keep a secret in the data folder, readable by this account only. Raises `Invalid` for a bad name or value."""
    value = value.strip()
    if not value or len(value.encode()) > MAX_BYTES or "\n" in value or "\0" in value:
        raise Invalid(f"The value of a secret is one line of 1 to {MAX_BYTES} bytes.", field="value")
    path = _file(settings, name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(value)
    part.replace(path)


def secret_names(settings: Settings) -> list[tuple[str, str]]:
    """The names of all secrets, and where each is: `file` or `environment`. Never a value."""
    folder = settings.data / FOLDER
    files = [path.name for path in folder.iterdir() if NAME.match(path.name)] if folder.is_dir() else []
    found = dict.fromkeys(files, "file")
    for variable, value in os.environ.items():
        if variable.startswith(_PREFIX) and value:
            name = variable.removeprefix(_PREFIX).lower()
            same = [one for one in files if _variable(one) == variable]
            found.update(dict.fromkeys(same or [name], "environment"))
    return sorted(found.items())


def remove_secret(settings: Settings, name: str) -> None:
    """Forget a secret of the data folder. Raises `NotFound` when there is none."""
    try:
        _file(settings, name).unlink()
    except FileNotFoundError:
        raise NotFound(f"There is no secret {name!r} in the data folder.") from None


def blotted(written: bytes) -> bytes:
    """What a model wrote, without the secrets that it was given."""
    for value in sorted(_read.copy(), key=len, reverse=True):
        written = written.replace(value.encode(), _BLOT.encode())
    return written


def _variable(name: str) -> str:
    return _PREFIX + name.upper().replace("-", "_")


def _file(settings: Settings, name: str) -> Path:
    if not NAME.match(name):
        raise Invalid(
            "The name of a secret begins with a letter and has at most 40 letters, digits, hyphens and underscores.",
            field="name",
        )
    return settings.data / FOLDER / name.lower()


def _in_file(settings: Settings, name: str) -> str | None:
    try:
        return _file(settings, name).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelProblem(f"The secret {name!r} cannot be read: {error.strerror}.") from None


def _keep_out_of_logs(value: str) -> None:
    if len(value) < _SHORTEST_BLOTTED:
        return
    with _lock:
        if not _read:
            _blot_log_records()
        _read.add(value)


def _blot_log_records() -> None:
    """Clean log records when they are made: whatever logger or handler they go through."""
    make = logging.getLogRecordFactory()

    def clean(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = str(record.msg)  # the handler complains about what does not fit
        if _holds_a_secret(message):
            record.msg, record.args = _without_secrets(message), None
        if record.exc_info and record.exc_info[0] is not None:
            trace = logging.Formatter().formatException(record.exc_info)
            if _holds_a_secret(trace):
                record.exc_info, record.exc_text = None, _without_secrets(trace)
        return record

    logging.setLogRecordFactory(clean)


def _holds_a_secret(text: str) -> bool:
    return any(value in text for value in _read.copy())


def _without_secrets(text: str) -> str:
    for value in sorted(_read.copy(), key=len, reverse=True):
        text = text.replace(value, _BLOT)
    return text
