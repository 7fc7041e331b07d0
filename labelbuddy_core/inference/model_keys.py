"""The key of a running model: its name, and which of its versions and replicas it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = re.compile(r"^(?P<name>[^@#]*)(?:@(?P<version>.*?))?(?:#(?P<number>\d+))?$")
_TRAINING = re.compile(r"training-\d+")
_MARKS = re.compile("[@#]")
"""No name of a model has these."""


def key_of(name: str, version: str | None = None, lane: int | None = None) -> str:
    """`name`, `name@version`, or `name#2` for the second (`lane` 1) of several that run side by side."""
    return name + (f"@{version}" if version else "") + (f"#{lane + 1}" if lane else "")


def name_of(key: str) -> str:
    """The name of the model that runs under a key."""
    return _MARKS.split(key, maxsplit=1)[0]


def training_key(name: str, run: int) -> str:
    """What a model runs under while it learns: apart from the one that predicts."""
    return key_of(name, f"training-{run}")


def is_of_training(key: str) -> bool:
    """Whether a model runs under this key while it learns."""
    return _TRAINING.fullmatch(parts_of(key).version or "") is not None


@dataclass(frozen=True)
class Parts:
    """What a key says. `version` is None for the one that the model's file declares now; the first `lane` is 0."""

    name: str
    version: str | None
    lane: int


def parts_of(key: str) -> Parts:
    """The parts that `key_of` made a key of."""
    found = _KEY.match(key)
    if found is None:
        return Parts(key, None, 0)
    return Parts(found["name"], found["version"], int(found["number"] or 1) - 1)
