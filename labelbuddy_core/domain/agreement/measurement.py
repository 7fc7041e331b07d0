"""What was measured so far: sums over recordings, of those of whole projects also their bootstrap replicates."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from labelbuddy_core.domain.agreement.replicates import Key, ReplicatedSums
from labelbuddy_core.domain.agreement.tallies import Kind, Sums

_WITHOUT_REPLICATES = frozenset({Kind.PAIR_TAGS, Kind.PAIR_TIME, Kind.PAIR_EVENTS, Kind.PAIR_TASKS, Kind.LATENESS})
"""Kinds with a key for each pair or person: replicates of these would take more memory than they are worth."""


@dataclass
class Measurement:
    """Sums that recordings are added to one after the other."""

    replicates: int = 1000
    seed: int = 1
    level: float = 0.95
    sums: ReplicatedSums = field(init=False)
    plain: dict[Key, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sums = ReplicatedSums(self.replicates, self.seed)

    def add(self, recording: Sums) -> None:
        """Add the sums of all tasks of one recording."""
        replicated = {}
        for key, vector in recording.items():
            if key[0] not in _WITHOUT_REPLICATES:
                replicated[key] = vector
            elif key in self.plain:
                self.plain[key] += vector
            else:
                self.plain[key] = np.array(vector, dtype=float)
        self.sums.add(replicated)

    @property
    def recordings(self) -> int:
        """How many recordings were added."""
        return self.sums.recordings
