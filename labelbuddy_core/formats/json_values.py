"""Values of JSON and Parquet checked: a wrong kind, or text that no database keeps, is `Invalid` with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from labelbuddy_core.errors import Invalid

_UNKEPT = re.compile("[\0\ud800-\udfff]")
"""NUL, and halves of pairs of code units that stand alone, as JSON can say them."""
_LONG = 1e12
"""Seconds or Hz that nothing has."""


def text(value: Mapping[str, Any], name: str, where: str, before: str = "") -> str:
    """A member as text, "" where there is none. Raises `Invalid` that names it, with `before` in front of its name."""
    return text_of(value.get(name), where, before + name)


def text_of(found: object, where: str, field: str) -> str:
    """A value as text, "" for none. Raises `Invalid`."""
    if found is None:
        return ""
    if not isinstance(found, str) or _UNKEPT.search(found):
        raise Invalid(f"{where}, {field}: expected text, found {shown(found)}.", field=field)
    return found


def number(value: Mapping[str, Any], name: str, where: str, expected: str = "a number") -> float | None:
    """A member as a number from 0, None where there is none. Raises `Invalid`."""
    found = value.get(name)
    if found is None:
        return None
    if not is_number(found) or found < 0:
        raise Invalid(f"{where}, {name}: expected {expected}, 0 or more, found {shown(found)}.", field=name)
    return float(found)


def whole(value: Mapping[str, Any], name: str, where: str) -> int | None:
    """A member as a whole number from 0, None where there is none. Raises `Invalid`."""
    found = number(value, name, where)
    if found is not None and not found.is_integer():
        raise Invalid(f"{where}, {name}: expected a whole number, found {found:g}.", field=name)
    return None if found is None else int(found)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is one that seconds and Hz can be."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LONG


def shown(value: object) -> str:
    """A value in a message, not longer than fits."""
    return "nothing" if value is None else repr(value)[:40]
