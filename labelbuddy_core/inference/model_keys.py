"""The key of a running model: its name, and which of its versions and replicas it is."""

from __future__ import annotations

import re

_MARKS = re.compile("[@#]")
"""No name of a model has these."""


def key_of(name: str, version: str | None = None, lane: int | None = None) -> str:
    """`name`, `name@version`, or `name#2` for the second (`lane` 1) of several that run side by side."""
    return name + (f"@{version}" if version else "") + (f"#{lane + 1}" if lane else "")


def name_of(key: str) -> str:
    """The name of the model that runs under a key."""
    return _MARKS.split(key, maxsplit=1)[0]
