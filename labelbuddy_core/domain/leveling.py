"""Loudness leveling: what a player needs to know of a recording to play it as loud as all others.

The gain itself is worked out where it is heard (`playback/leveling.ts` of the editor), for it depends on what a person
set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NEEDED = ("loudness", "peak", "true_peak", "problem")


def measured_level(statistics: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Of a recording's statistics: loudness (LUFS), peaks of the samples and between them (dBFS, dBTP, by channel), or
    the problem with measuring it; None before it is measured."""
    return None if statistics is None else {name: statistics[name] for name in _NEEDED if name in statistics}
