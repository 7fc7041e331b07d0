"""How far boundaries lie from those of others: counted in narrow bins, from which the usual deviation is read.

Positive is late. The counts of a project of any size take the same memory; quantiles are exact to half a bin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

BIN = 0.01
"""Seconds."""
FARTHEST = 1.0
"""Seconds; what lies farther away is counted in the outermost bins."""
SHOWN = 0.05
"""Seconds; width of the bins of a histogram that is drawn."""
FEW = 10
"""With fewer events nobody has a habit yet."""
NOTICEABLE = 0.01
"""Seconds; less is nothing."""
_MIDDLE = round(FARTHEST / BIN)
"""The bin around zero: a deviation of less than half a bin is neither late nor early."""
_AT_ONCE = 4096

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Habit:
    """How an annotator's onsets or offsets lie: quartiles in seconds, and `late`, the share of those that are late."""

    rater: int
    edge: str
    events: int
    low: float
    median: float
    high: float
    late: float
    histogram: tuple[int, ...]


@dataclass
class Deviations:
    """Deviations by annotator and edge (onset or offset)."""

    counts: dict[tuple[int, str], Counts] = field(default_factory=dict)
    waiting: dict[tuple[int, str], list[float]] = field(default_factory=dict)

    def add(self, rater: int, edge: str, seconds: Sequence[float]) -> None:
        """Count deviations of one annotator."""
        values = self.waiting.setdefault((rater, edge), [])
        values.extend(seconds)
        if len(values) > _AT_ONCE:
            self._count((rater, edge))

    def habits(self) -> list[Habit]:
        """What is usual of each annotator, onsets before offsets."""
        for key in list(self.waiting):
            self._count(key)
        order = ("onset", "offset")
        keys = sorted(self.counts, key=lambda key: (key[0], order.index(key[1])))
        return [_habit(rater, edge, self.counts[rater, edge]) for rater, edge in keys]

    def _count(self, key: tuple[int, str]) -> None:
        values = np.asarray(self.waiting.pop(key))
        places = np.clip(np.rint(values / BIN).astype(int) + _MIDDLE, 0, 2 * _MIDDLE)
        counted = np.bincount(places, minlength=2 * _MIDDLE + 1)
        self.counts[key] = self.counts[key] + counted if key in self.counts else counted


def bin_centers() -> list[float]:
    """The middles of the bins of `Habit.histogram`, in seconds; the outermost also hold what is farther away."""
    many = round(FARTHEST / SHOWN)
    return [round(number * SHOWN, 6) for number in range(-many, many + 1)]


def in_words(habit: Habit, others: str = "those of others") -> str:
    """The habit in a sentence, in milliseconds."""
    edge = f"{habit.edge.capitalize()}s"
    if habit.events < FEW:
        return f"{edge}: only {habit.events} events in common, too few to speak of a habit."
    if abs(habit.median) < NOTICEABLE:
        usual = f"{edge} usually lie where {others} do"
    else:
        usual = f"{edge} are usually {_ms(habit.median)} {'late' if habit.median > 0 else 'early'} beside {others}"
    half = f"half of them lie between {_signed(habit.low)} and {_signed(habit.high)}"
    return f"{usual}; {half}, {round(100 * habit.late)} % are late."


def _ms(seconds: float) -> str:
    return f"{abs(1000 * seconds):.0f} ms"


def _signed(seconds: float) -> str:
    if abs(seconds) < 0.0005:
        return "0 ms"
    return f"{_ms(seconds)} {'late' if seconds > 0 else 'early'}"


def _habit(rater: int, edge: str, counts: Counts) -> Habit:
    events = int(counts.sum())
    low, median, high = (_quantile(counts, share) for share in (0.25, 0.5, 0.75))
    late = float(counts[_MIDDLE + 1 :].sum() / events)
    return Habit(rater, edge, events, low, median, high, late, _shown(counts))


def _quantile(counts: Counts, share: float) -> float:
    """The middle of the bin in which the share of deviations is reached."""
    place = int(np.searchsorted(np.cumsum(counts), share * counts.sum()))
    return round((place - _MIDDLE) * BIN, 6)


def _shown(counts: Counts) -> tuple[int, ...]:
    each = round(SHOWN / BIN)
    padded = np.pad(counts, each // 2)
    return tuple(int(one) for one in padded.reshape(-1, each).sum(axis=1))
