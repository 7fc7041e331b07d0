"""Tiers: named strands of regions that annotators lay out themselves, in projects that want them instead of labels.

A region names its tier. An annotation that lists tiers of its own has those, in their order; else it has the project's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.errors import Invalid

MAX_NAME: Final = 80
MAX_TIERS: Final = 100
NAME: Final = r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$"
"""No spaces around it, on one line, without control characters."""


class Lanes(StrEnum):
    """What the lanes of the editor are."""

    LABELS = "labels"
    TIERS = "tiers"


def checked_tiers(names: Iterable[object]) -> list[str]:
    """The names of a project's tiers as they are kept; empty ones are left out.

    Raises `Invalid` for one that is too long or appears twice, and for too many of them.
    """
    kept: list[str] = []
    for place, given in enumerate(names):
        name = one_line(" ".join(str(given).split()), f"tiers.{place}")
        if not name:
            continue
        if len(name) > MAX_NAME or not re.match(NAME, name):
            raise Invalid(f"A tier has a name of 1 to {MAX_NAME} characters.", field=f"tiers.{place}")
        if name in kept:
            raise Invalid(f"The tier {name!r} appears twice.", field=f"tiers.{place}")
        kept.append(name)
    if len(kept) > MAX_TIERS:
        raise Invalid(f"A project has at most {MAX_TIERS} tiers.", field="tiers")
    return kept
