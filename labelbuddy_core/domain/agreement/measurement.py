"""What was measured so far: sums over recordings with their bootstrap replicates, and how boundaries deviate."""

from __future__ import annotations

from dataclasses import dataclass, field

from labelbuddy_core.domain.agreement.deviations import Deviations
from labelbuddy_core.domain.agreement.replicates import ReplicatedSums
from labelbuddy_core.domain.agreement.sums import OF_PEOPLE, Kind, Sums

PEOPLE_REPLICATES = 400
"""Figures of pairs and people have at most so many replicates: there is a key for each label of each pair."""
MOST_KEYS = 8000
"""With more keys of pairs and people (100 MB of replicates) their figures have no intervals."""


@dataclass
class Measurement:
    """Sums that recordings are added to one after the other; those of pairs and people are in `people`."""

    replicates: int = 1000
    seed: int = 1
    level: float = 0.95
    sums: ReplicatedSums = field(init=False)
    people: ReplicatedSums = field(init=False)
    deviations: Deviations = field(default_factory=Deviations)

    def __post_init__(self) -> None:
        self.sums = ReplicatedSums(self.replicates, self.seed)
        self.people = ReplicatedSums(min(self.replicates, PEOPLE_REPLICATES), self.seed)

    def add(self, recording: Sums) -> None:
        """Add the sums of all tasks of one recording."""
        figures: Sums = {}
        people: Sums = {}
        for key, vector in recording.items():
            if key[0] == Kind.DEVIATIONS:
                self.deviations.add(key[1], key[2], vector)
            elif key[0] in OF_PEOPLE:
                people[key] = vector
            else:
                figures[key] = vector
        self.sums.add(figures)
        self.people.add(people)
        if self.people.replicates and self.people.keys > MOST_KEYS:
            self.people.forget_replicates()

    @property
    def recordings(self) -> int:
        """How many recordings were added."""
        return self.sums.recordings
