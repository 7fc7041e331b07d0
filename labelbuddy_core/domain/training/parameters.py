"""The numbers of a run, checked against what the model's file allows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from labelbuddy_core.errors import Invalid


@dataclass(frozen=True)
class Bounds:
    """What may be chosen for a parameter; it is a whole number where all three are."""

    default: float
    least: float
    most: float

    @property
    def whole(self) -> bool:
        return all(float(value).is_integer() for value in (self.default, self.least, self.most))


def checked(given: Mapping[str, float], allowed: Mapping[str, Bounds]) -> dict[str, float]:
    """The value of every parameter, the default where none is given. Raises `Invalid` naming the parameter."""
    for name in given:
        if name not in allowed:
            known = ", ".join(allowed) or "none"
            raise Invalid(
                f"The model has no parameter {name!r}; its file declares {known}.", field=f"parameters.{name}"
            )
    return {name: _checked(name, given.get(name, bounds.default), bounds) for name, bounds in allowed.items()}


def _checked(name: str, value: float, bounds: Bounds) -> float:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not bounds.least <= number <= bounds.most:
        wanted = f"a number from {bounds.least:g} to {bounds.most:g}"
        raise Invalid(f"{name} must be {wanted}.", field=f"parameters.{name}")
    if not bounds.whole:
        return float(number)
    if not float(number).is_integer():
        raise Invalid(f"{name} must be a whole number.", field=f"parameters.{name}")
    return int(number)
