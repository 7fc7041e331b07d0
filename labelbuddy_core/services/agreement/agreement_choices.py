"""What a report of agreement is measured with."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from labelbuddy_core.domain.agreement.event_matching import Collar
from labelbuddy_core.domain.agreement.sums import Ruler
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.agreement.handed_in_answers import Period

MOST_GAMMA = 500
"""Tasks on which γ is measured at most: each takes 31 alignments."""


@dataclass(frozen=True)
class Choices:
    """What a report is measured with: seconds, shares from 0 to 1, replicates of the bootstrap and its seed.

    `gamma` is the number of tasks on which γ is measured, drawn with the seed; 0 leaves it out.
    """

    step: float = 0.1
    collar: float = 0.2
    share: float = 0.5
    overlap: float = 0.5
    replicates: int = 1000
    seed: int = 1
    period: Period = field(default_factory=Period)
    gamma: int = 0

    def __post_init__(self) -> None:
        since, until = self.period.since, self.period.until
        if since is not None and until is not None and since >= until:
            raise Invalid("until must be later than since.", field="until")
        for name, least, most in (
            ("step", 0.01, 60.0), ("collar", 0.0, 60.0), ("share", 0.0, 1.0), ("overlap", 0.01, 1.0),
            ("replicates", 0, 10_000), ("seed", 0, 2**32), ("gamma", 0, MOST_GAMMA),
        ):  # fmt: skip
            value = getattr(self, name)
            if not (math.isfinite(value) and least <= value <= most):
                raise Invalid(f"{name} must lie between {least:g} and {most:g}.", field=name)

    @property
    def ruler(self) -> Ruler:
        return Ruler(self.step, Collar(self.collar, self.share), self.overlap)
