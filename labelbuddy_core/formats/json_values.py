"""Values of JSON and Parquet checked: what is no text, or one that no database keeps, is `Invalid` with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from labelbuddy_core.errors import Invalid

_UNKEPT = re.compile("[\0\ud800-\udfff]")
"""NUL, and halves of pairs of code units that stand alone, as JSON can say them."""


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


def shown(value: object) -> str:
    """A value in a message, not longer than fits."""
    return "nothing" if value is None else repr(value)[:40]
